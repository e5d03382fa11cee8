"""JUnit XML, as CI servers read it: a suite a case, in it a test a claim, an implementation, a check.

A test fails where it is not as pinned; one that could not be judged is an error. No times: the same results are the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from verify.formats.findings import Finding, of_check, of_claim, of_implementation, of_quote
from verify.suite.found import FileFound, Found
from verify.suite.glance import Glance
from verify.vocabulary import SKIPPED

#: What a test is counted as, and the element that says so; one that passes has none.
ELEMENTS = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def render(found: Found) -> str:
    return _written([_suite(f) for f in found.files])


def faults(found: Sequence[Finding]) -> str:
    """Of cases that are not well-formed: an error each, and nothing was judged."""
    suites = []
    for file, group in groupby(found, key=lambda f: f.file):
        there = list(group)
        counts = {"tests": len(there), "failures": 0, "errors": len(there), "skipped": 0}
        suites.append(ET.Element("testsuite", {"name": file, **{k: str(n) for k, n in counts.items()}}))
        for f in there:
            suites[-1].append(_testcase(f, file, "errors"))
    return _written(suites)


def _written(suites: Sequence[ET.Element]) -> str:
    totals = {key: str(sum(int(s.get(key, "0")) for s in suites)) for key in ("tests", *ELEMENTS)}
    root = ET.Element("testsuites", {"name": "errata", **totals})
    root.extend(suites)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(found: FileFound) -> ET.Element:
    suite = ET.Element("testsuite", {"name": found.file})
    counts: Counter[str] = Counter()
    for test, state in _tests(found.glance):
        counts["tests"] += 1
        counts[state] += 1
        suite.append(_testcase(test, f"{found.document}.{test.case}", state))
    for key in ("tests", *ELEMENTS):
        suite.set(key, str(counts[key]))
    return suite


def _testcase(test: Finding, classname: str, state: str) -> ET.Element:
    named = {"classname": classname, "name": test.id, "file": test.file, "line": str(test.line)}
    element = ET.Element("testcase", named)
    if state:
        told = {"message": test.text, **({"type": test.code} if state != "skipped" else {})}
        said = ET.SubElement(element, ELEMENTS[state], told)
        if state != "skipped":
            again = f"\nagain: {test.again}" if test.again else ""
            said.text = f"{test.file}:{test.line}:{test.column}: {test.id}: {test.text}{again}"
    return element


def _tests(glance: Glance) -> Iterator[tuple[Finding, str]]:
    """Each with what it counts as, "" where it passes."""
    judged: Iterable[tuple[Finding, bool, str]] = (
        *(
            (of_quote(c), False, c.lost) if c.lost and c.judged_as_pinned else (of_claim(c), c.as_pinned, c.verdict)
            for c in glance.claims
        ),
        *((of_implementation(i), i.as_pinned, i.verdict) for i in glance.implementations),
        *((of_check(c), c.as_expected, c.outcome) for c in glance.checks),
    )
    for finding, passes, word in judged:
        if word == SKIPPED:
            yield finding, "skipped"
        else:
            yield finding, "" if passes else "errors" if word == "undecided" else "failures"
