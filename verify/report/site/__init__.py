"""The report as a site of HTML pages that are read offline, from a folder, without a server and without a script.

A start page over all documents; in a folder each document a page a case, a page a function, and pictures. The templates escape
all that they are given; what is markup already was made by ``hypertext``, which escapes a stranger's text, too. Same results,
same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from verify.casefile.model import Case
from verify.report import implementations, pictures
from verify.report.contents import Document, Part, documents
from verify.report.place import MARKER, Links, folder, harmless, remove_stale, write_whole
from verify.report.place import page as page_name
from verify.report.words import Item
from verify.results import Implementation, Results
from verify.text import paths

HERE = Path(__file__).parent
INDEX = "index.html"
ASSETS = ("style.css", "site.js")
CLAIMS = "claims.js"
PICTURES = "pictures"


def write(results: Results, cases: Sequence[Case], out: Path) -> list[Path]:
    """Writes the site, and returns the paths of its files, the start page first. Raises OSError."""
    written = []
    for name, text in _Site(list(documents(results, cases)), results.interrupted).files():
        write_whole(out / name, text)
        written.append(out / name)
    for directory in {path.parent for path in written}:
        remove_stale(directory, written, ".html")
    return written


class _Site:
    def __init__(self, found: Sequence[Document], interrupted: bool) -> None:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        from markupsafe import Markup

        self.documents, self.interrupted = found, interrupted
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.globals["marker"] = Markup(MARKER)
        self.drawn: dict[str, str] = {}  # pictures by their paths

    def files(self) -> Iterator[tuple[str, str]]:
        """Path in the site, and text; pictures after the pages that show them."""
        yield INDEX, self._start()
        for name in ASSETS:
            yield name, (HERE / name).read_text(encoding="utf-8")
        for document in self.documents:
            yield from self._pages(document)
        yield from self.drawn.items()
        yield CLAIMS, self._searched()

    def _render(self, name: str, root: str, **values: Any) -> str:
        return str(self.templates.get_template(name).render(root=root, **values))

    def _start(self) -> str:
        from verify.report.site import start
        from verify.report.site.hypertext import HTML

        coverage = [
            made
            for d in self.documents
            for made in self._pictures(d, "coverage", f"{folder(d.name)}/", pictures.of_document, d)
        ]
        named = [i for d in self.documents for i in d.named]
        at = {id(i): f"{folder(d.name)}/{_function(i)}" for d in self.documents for i in d.named}
        listed = implementations.listed(sorted(named, key=implementations.badness), HTML, lambda i: at[id(i)])
        view = start.view(self.documents, self._from_root(), self.interrupted)
        return self._render("start.html", "", coverage=coverage, functions=_marked(listed) if named else "", **view)

    def _searched(self) -> str:
        from verify.report.site import start

        return start.searched(self.documents, self._from_root())

    def _from_root(self) -> dict[str, Links]:
        return {d.name: _links(d, f"{folder(d.name)}/") for d in self.documents}

    def _pages(self, d: Document) -> Iterator[tuple[str, str]]:
        from verify.report.index import heading
        from verify.report.site import casepage

        links, shown = _links(d, ""), [part for part in d.parts if part.has_page]
        beside = [None, *({"address": links.page(p.case.name), "short": heading(p.case)} for p in shown), None]
        for k, part in enumerate(shown):
            name = part.case.name
            view = casepage.view(
                part,
                links,
                _function,
                list(self._pictures(d, name, "", pictures.of_case, part)),
                partial(self._of_claim, d, name),
            )
            made = self._render("case.html", "../", before=beside[k], after=beside[k + 2], **view)
            yield f"{folder(d.name)}/{page_name(name, '.html')}", made
        for part in d.parts:
            for i in part.named:
                yield f"{folder(d.name)}/{_function(i)}", self._of_function(d, part, i)

    def _of_claim(self, d: Document, case: str, item: Item) -> list[dict[str, str]]:
        return list(self._pictures(d, f"{case}-{item.result.id}", "", pictures.of_claim, item))

    def _of_function(self, d: Document, part: Part, i: Implementation) -> str:
        from verify.report.site.hypertext import HTML

        entry = next((e for e in part.case.implementations if e.id == i.id), None)
        off = paths.told(i.paths)
        tables = [
            ("Paths", implementations.paths_table, i.paths),
            ("At kinks", implementations.kinks_table, i.kinks),
            ("Special values", implementations.specials_table, i.specials),
        ]
        return self._render(
            "function.html",
            "../../",
            i=i,
            told=implementations.told(i),
            off=off[:1].upper() + off[1:],
            formulas=[_marked(part) for part in implementations.formula(i, entry, HTML)],
            pictures=list(self._pictures(d, f"run-{i.id}", "../", pictures.of_implementation, i)),
            tables=[(title, _marked(made(i, HTML))) for title, made, there in tables if there],
        )

    def _pictures(self, d: Document, name: str, lead: str, draw: Any, of: Any) -> Iterator[dict[str, str]]:
        """What is drawn of something, with addresses that begin with ``lead``; nothing without a library."""
        if not pictures.available():
            return
        for number, picture in enumerate(draw(of)):
            file = f"{PICTURES}/{harmless(name if not number else f'{name}-{number}')}.svg"
            self.drawn[f"{folder(d.name)}/{file}"] = picture.svg
            yield {"address": f"{lead}{file}", "said": picture.said}


def _marked(made: str) -> Any:
    from markupsafe import Markup

    return Markup(made)


def _function(i: Implementation) -> str:
    """The address of a function's page, in the folder of its document."""
    return f"{implementations.FOLDER}/run-{harmless(i.id)}.html"


def _links(d: Document, lead: str) -> Links:
    from verify.report.site.hypertext import HTML

    shown = frozenset(part.case.name for part in d.parts if part.has_page)
    return Links(shown, d.claims, HTML, lambda case: f"{lead}{page_name(case, '.html')}", findings=True)
