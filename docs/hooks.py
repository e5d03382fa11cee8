"""What MkDocs does while it builds the site (mkdocs.yml): pages of the repository's root, links between them, its style.

A link to a file of the repository that is no page of the site keeps its text, and is no link.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File
from pygments.formatters import HtmlFormatter

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"

#: Pages that stand in the root of the repository.
OF_ROOT = {
    "index.md": "README.md",
    "architecture.md": "ARCHITECTURE.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
}

#: A block or a span of code, which is left alone, or a link.
_LINK = re.compile(
    r"^```.*?^```$"
    r"|(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"
    r"|(?<!!)\[(?P<text>(?:[^\[\]`]|`[^`]*`)+)\]\((?P<target>[^)\s]+)\)",
    re.M | re.S,
)

_DARK = "[data-bs-theme=dark] .codehilite"

#: On a phone a table is moved, and not the page.
_NARROW = "@media (max-width: 767px) { table.table { display: block; overflow-x: auto; } }"


def on_files(files: Any, *, config: Any) -> Any:
    for uri, name in OF_ROOT.items():
        files.append(File.generated(config, uri, abs_src_path=str(ROOT / name)))
    light = HtmlFormatter(style="default").get_style_defs(".codehilite")
    dark = HtmlFormatter(style="github-dark").get_style_defs(_DARK)
    files.append(File.generated(config, "site.css", content=f"{light}\n{dark}\n{_NARROW}\n"))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Any) -> str:
    uri = page.file.src_uri
    folder = ROOT if uri in OF_ROOT else (DOCS / uri).parent
    pages = {ROOT / name: u for u, name in OF_ROOT.items()}
    pages |= {DOCS / f.src_uri: f.src_uri for f in files if f.src_uri not in OF_ROOT}

    def linked(match: re.Match[str]) -> str:
        target = match["target"]
        if target is None or re.match(r"[a-z]+:|#", target):
            return match[0]
        place, mark, anchor = target.partition("#")
        to = pages.get(Path(os.path.normpath(folder / place)))
        if to is None:
            return match["text"]
        return f"[{match['text']}]({os.path.relpath(to, os.path.dirname(uri) or '.')}{mark}{anchor})"

    return _LINK.sub(linked, markdown)
