"""The site: what its pages hold, that they are whole HTML whose links are alive, and that a stranger's text stays text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.verify.report.test_report import make_case, result
from verify.casefile.model import Case
from verify.report.site import write
from verify.results import CallPath, Check, Implementation, Result, Results, Value

#: Elements that have no end.
VOID = {"meta", "link", "img", "input", "br", "hr"}
EVIL = "<script>alert(1)</script> & \"x' onerror=y | $z$ `q` https://evil.example"


class Page(HTMLParser):
    """What is asked of a page: its elements, in order, with what they are in. Fails where one is closed that is not open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {k: v or "" for k, v in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> without a beginning"
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, name: str) -> list[dict[str, str]]:
        return [attrs for tag, attrs in self.found if tag == name]


def site(cases: Sequence[Case], results: Results, out: Path) -> dict[str, Page]:
    paths = write(results, cases, out)
    return {p.relative_to(out).as_posix(): Page(p.read_text(encoding="utf-8")) for p in paths if p.suffix == ".html"}


CLAIMS = (
    {"id": "t1", "of": "z", "prints": "0.70", "where": "Table 1"},
    {"id": "t2", "of": "yhat", "prints": "0.67", "where": "Table 1", "because": "0.67 was cut"},
    {"id": "f1", "of": "d(L, yhat)", "equals": "y - yhat", "where": "Eq. 2", "kind": "formula"},
    {"id": "f2", "holds": "yhat < 1", "kind": "relation", "note": "a probability"},
    {"id": "a1", "of": "b", "equals": "x", "kind": "formula"},
)


def neuron(name: str = "neuron", **more: str) -> Case:
    return make_case(CLAIMS, name=name, derive=["grad(L, [w, b])", "hessian(L, [w, b])"], **more)


def found(case: Case) -> list[Result]:
    return [
        result(case, "t1", exact="0.7"),
        result(case, "t2", "inherited", exact="0.66818777", reason="follows from the printed t1 (0.70)", origin=["t1"]),
        result(
            case, "f1", "wrong", reason="not equal at yhat = 0", evidence={"method": "certified", "witness": {"w": "0"}}
        ),
        result(case, "f2", evidence={"method": "proved"}),
        result(case, "a1", "undecided", reason="limit of work"),
    ]


def whole(case: Case) -> Results:
    checks = [Check(document=case.document, case=case.name, subject="L", backend="numpy", outcome="agrees")]
    values = [Value(document=case.document, case=case.name, of="z", exact="0.7", numpy="0.7", torch="0.70000001")]
    return Results(claims=found(case), checks=checks, values=values)


def test_a_case_opens_with_its_findings_the_gravest_first(tmp_path: Path):
    case = neuron()
    pages = site([case], whole(case), tmp_path)
    assert list(pages) == ["index.html", "a-book/neuron.html"]
    page = pages["a-book/neuron.html"]
    assert [a["id"] for a in page.all("article")] == ["claim-f1", "claim-t2", "claim-a1"]
    text = (tmp_path / "a-book/neuron.html").read_text()
    assert text.index('id="findings"') < text.index('id="section-numbers"') < text.index('id="section-given"')
    finding = text[text.index('id="claim-t2"') :]
    assert finding.index("<dt>Document</dt><dd>0.67</dd>") < finding.index("<dt>Exact</dt>")
    row = next(part for part in text.split("<tr>") if 'id="claim-t1"' in part)
    assert re.findall(r'data-label="(\w+)"', row) == [
        "Claim", "Where", "Quantity", "Document", "Exact", "NumPy", "Torch", "Verdict",
    ]  # fmt: skip
    assert "0.70000001" in row


def test_the_start_page_has_totals_and_what_to_change(tmp_path: Path):
    case = neuron()
    text = (site([case], whole(case), tmp_path) and tmp_path / "index.html").read_text()
    assert "<b>5</b> claims checked" in text
    assert text.index('id="changes-a-result"') < text.index('id="not-decided"')
    assert 'href="a-book/neuron.html#claim-f1"' in text
    assert "limit of work" in text.lower()


def test_the_pages_read_without_the_script_and_the_search_has_every_claim(tmp_path: Path):
    case = neuron()
    pages = site([case], whole(case), tmp_path)
    assert pages["index.html"].all("script") == [{"src": "site.js", "defer": ""}]
    assert "hidden" in pages["index.html"].all("form")[0]
    assert not pages["a-book/neuron.html"].all("script")
    data = (tmp_path / "claims.js").read_text()
    assert all(f'"{c["id"]}"' in data for c in CLAIMS)


def check(pages: dict[str, Page], out: Path) -> None:
    """Links alive, ids once, headings in order, pictures told, controls named, nothing from elsewhere."""
    ids = {name: Counter(a["id"] for _, a in page.found if "id" in a) for name, page in pages.items()}
    for name, page in pages.items():
        assert max(ids[name].values()) == 1, ids[name].most_common(2)
        levels = [int(tag[1]) for tag, _ in page.found if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(b <= a + 1 for a, b in pairwise(levels)), levels
        assert all(a.get("alt") for a in page.all("img"))
        assert not any(k.startswith("on") and (tag, k) != ("form", "onsubmit") for tag, a in page.found for k in a)
        for a in (*page.all("a"), *page.all("link"), *page.all("img"), *page.all("script")):
            address = urlsplit(a.get("href", a.get("src", "")))
            assert address.scheme in ("", "data"), address
            if address.scheme or not (address.path or address.fragment):
                continue
            target = (out / name).parent / unquote(address.path) if address.path else out / name
            assert target.resolve().is_relative_to(out.resolve())
            assert target.is_file(), address.path
            if address.fragment:
                assert address.fragment in ids[target.resolve().relative_to(out.resolve()).as_posix()], address


def test_pages_are_whole_their_links_alive_their_headings_in_order(tmp_path: Path):
    cases = [neuron(), neuron("2.10-other", title="Another"), neuron("2.9-last")]
    results = Results(claims=[r for case in cases for r in found(case)])
    pages = site(cases, results, tmp_path)
    assert len(pages) == 4
    check(pages, tmp_path)
    last = (tmp_path / "a-book/2.9-last.html").read_text()
    assert 'rel="next" href="2.10-other.html"' in last


def test_a_strangers_text_stays_text(tmp_path: Path):
    claims = [
        {"id": EVIL, "of": "z", "prints": "0.9", "where": EVIL, "because": EVIL, "note": EVIL, "kind": EVIL},
        {"id": "../../up", "of": "z", "equals": "b", "where": EVIL, "kind": "formula"},
    ]
    case = make_case(claims, name=f"../{EVIL}", document="../../etc", title=EVIL)
    results = [
        result(case, EVIL, "wrong", exact="0.7", reason=EVIL, evidence={"method": EVIL, "witness": {EVIL: EVIL}}),
        result(case, "../../up", "holds-if", reason=EVIL, evidence={"method": "proved", "condition": EVIL}),
    ]
    named = Implementation(
        id=EVIL, document=case.document, case=case.name, name=EVIL, formula=EVIL, verdict="deviates", kind=EVIL, note=EVIL,
        file=EVIL, line=1, command=EVIL, script=EVIL, because=EVIL, paths=[
            CallPath(order=EVIL, mode=EVIL, dtype=EVIL, verdict="deviates", kind=EVIL, note=EVIL)
        ],
    )  # fmt: skip
    pages = site([case], Results(claims=results, implementations=[named]), tmp_path / "out")
    assert len(pages) == 3
    check(pages, tmp_path / "out")
    for page in pages.values():
        assert all("alert" not in a.get("src", "") for a in page.all("script"))
        assert "alert(1)" in "".join(page.text)
        assert sum(tag == "script" for tag, _ in page.found) <= 1
    assert {p.name for p in tmp_path.iterdir()} == {"out"}


def test_same_results_same_bytes_and_old_pages_go(tmp_path: Path):
    both = [neuron(), neuron("second")]
    results = Results(claims=[r for case in both for r in found(case)])
    write(results, both, tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    (tmp_path / "a-book/mine.html").write_text("<p>mine</p>")
    write(results, both, tmp_path)
    assert before == {p: p.read_bytes() for p in before}
    write(Results(claims=found(both[0])), both[:1], tmp_path)
    assert not (tmp_path / "a-book/second.html").exists()
    assert (tmp_path / "a-book/mine.html").exists()


def test_a_start_page_of_many_claims_is_small(tmp_path: Path):
    said = {"of": "d(L, w)", "equals": "x*(yhat - y)", "kind": "formula"}
    claims = [{"id": f"c{n}", "where": f"Eq. {n}", **said} for n in range(100)]
    cases = [make_case(claims, name=f"{k}-case") for k in range(3)]
    results = [
        result(case, c.id, "wrong" if n % 5 == 0 else "holds", reason=f"not equal at w = {n}")
        for case in cases
        for n, c in enumerate(case.claims)
    ]
    write(Results(claims=results), cases, tmp_path)
    assert (tmp_path / "index.html").stat().st_size < 3_000_000 * 300 // 5_000


def test_nothing_to_tell_is_told(tmp_path: Path):
    case = make_case([])
    pages = site([case], Results(claims=[]), tmp_path)
    check(pages, tmp_path)
    fine = make_case(CLAIMS[:1])
    site([fine], Results(claims=[result(fine, "t1")]), tmp_path)
    assert "no claim was found wrong" in (tmp_path / "index.html").read_text()
    assert "Its one claim holds." in (tmp_path / "a-book/neuron.html").read_text()


@pytest.mark.parametrize("library", ["jinja2", "math_core"])
def test_what_is_missing_is_said_in_a_line(library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from click.testing import CliRunner

    import verify.commands.report as command
    from verify.cli import errata
    from verify.results import save

    monkeypatch.setattr(command, "installed", lambda name: name != library)
    save(Results(claims=[]), tmp_path / "r.json")
    done = CliRunner().invoke(errata, ["report", str(tmp_path / "r.json"), "--format", "html"])
    assert done.exit_code == 2
    assert f"'{library}' is not installed" in done.output
    assert "errata-ml[html]" in done.output
