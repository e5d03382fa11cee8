"""The documents of this repository: links lead somewhere, the site has every page, the gallery says what cases pin."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from tests import ROOT
from verify.casefile import load

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
LINK_OF = re.compile(r"\[([^\]]+)\]\((\S+\.yaml)\)")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")


def prose(path: Path) -> str:
    """Without blocks and spans of code, in which brackets are no links."""
    text = re.sub(r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
    return re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "`", text)


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ +(.+)$", prose(path), re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(prose(page)):
        place, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        to = (page.parent / place).resolve() if place else page
        assert to.exists(), target
        assert not anchor or anchor in anchors(to), target


def test_on_a_package_index_no_link_of_the_readme_is_dead() -> None:
    """What pyproject.toml substitutes leaves the names of files, and links to the web alone."""
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    text = prose(ROOT / "README.md")
    (rule,) = tool["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]
    made = re.sub(rule["pattern"], rule["replacement"], text)
    assert len(LINK.findall(text)) > 20
    assert {target.partition(":")[0] for target in LINK.findall(made)} == {"https"}
    assert "docs/cases.md" in made


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_list_stands_after_an_empty_line(page: Path) -> None:
    """GitHub does without, other readers of markdown make one paragraph of it."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    item = re.compile(r"\s*(?:[-*]|\d+\.)\s")
    lines = pairwise(text.splitlines())
    begun = [b for a, b in lines if item.match(b) and a and not item.match(a) and not a.startswith(" ")]
    assert not begun


def test_the_site_has_every_page_once() -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = re.findall(r"[\w-]+\.md", str(yaml.safe_load(text)["nav"]))
    hooks = (ROOT / "docs" / "hooks.py").read_text(encoding="utf-8")
    of_root = dict(re.findall(r'"([\w-]+\.md)": "([\w-]+\.md)"', hooks))
    assert all((ROOT / name).is_file() for name in of_root.values())
    pages = [p.relative_to(ROOT / "docs").as_posix() for p in (ROOT / "docs").rglob("*.md")]
    assert sorted(named) == sorted([*pages, *of_root]), "mkdocs.yml names the pages of the site"


def test_the_gallery_says_what_cases_pin() -> None:
    rows = [
        re.split(r" \| ", line.strip("| "))
        for line in (ROOT / "docs" / "gallery.md").read_text().splitlines()
        if "](" in line
    ]
    cited = [(row[-2], match[1], match[2]) for row in rows if len(row) > 3 and (match := LINK_OF.fullmatch(row[-1]))]
    assert len(cited) > 15
    for word, name, file in cited:
        case = load(ROOT / "docs" / file)
        pinned = {c.id: c.pinned for c in case.claims} | {i.id: i.pinned_class for i in case.implementations}
        assert pinned.get(name) == word, name
