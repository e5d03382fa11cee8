"""JUnit XML, as CI servers read it: a suite a case, in it a test a claim, an implementation, a check.

A test fails where it is not as pinned; one that could not be judged is an error. No times: the same results are the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

from verify.formats.findings import Finding, of_check, of_claim, of_implementation, of_quote
from verify.suite.found import FileFound, Found
from verify.suite.glance import Glance
from verify.vocabulary import SKIPPED

#: What a test is counted as, and the element that says so; one that passes has none.
ELEMENTS = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def render(found: Found) -> str:
    suites = [_suite(f) for f in found.files]
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
        named = {
            "classname": f"{found.document}.{test.case}",
            "name": test.id,
            "file": test.file,
            "line": str(test.line),
        }
        element = ET.SubElement(suite, "testcase", named)
        if state:
            told = {"message": test.text, **({"type": test.code} if state != "skipped" else {})}
            said = ET.SubElement(element, ELEMENTS[state], told)
            if state != "skipped":
                again = f"\nagain: {test.again}" if test.again else ""
                said.text = f"{test.file}:{test.line}:{test.column}: {test.id}: {test.text}{again}"
    for key in ("tests", *ELEMENTS):
        suite.set(key, str(counts[key]))
    return suite


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
