"""Probes of what libraries do, and the claims that cite them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests import ROOT
from verify import cli, probes
from verify.casefile import CaseFaults, load
from verify.claims import CaseContext, judge
from verify.probes import PROBES, Observed, Probe
from verify.probes.second import _largest
from verify.verdict import Verdict

CASES = ROOT / "cases"
CITING = [path for path in sorted(CASES.rglob("*.yaml")) if "probe:" in path.read_text(encoding="utf-8")]


@pytest.fixture(scope="module")
def cited() -> list[tuple[str, Verdict, str]]:
    """Each claim with a probe: the probe, the verdict, and the pinned one."""
    found = []
    for case in map(load, CITING):
        context = CaseContext(case)
        found += [(c.probe, judge(context, c), c.pinned) for c in case.claims if c.probe]
    return found


def judged(tmp_path: Path, name: str) -> Verdict:
    path = tmp_path / "library.yaml"
    path.write_text(f"title: t\nclaims:\n  - {{id: c, where: Section 1, probe: {name}}}\n")
    case = load(path)
    return judge(CaseContext(case), case.claims[0])


def planted(monkeypatch: pytest.MonkeyPatch, look: object) -> None:
    monkeypatch.setitem(PROBES, "gradients-accumulate", Probe("gradients-accumulate", look))  # type: ignore[arg-type]


# -- the table ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROBES)
def test_a_probe_sees_the_same_twice(name: str) -> None:
    probe = PROBES[name]
    assert probe.name == name
    assert " " in probe.says, "the docstring is the statement"
    first = probe.observe()
    assert probe.observe() == first
    assert first.seen
    assert "0x" not in first.seen, "an address of memory"


def test_no_two_families_share_a_name() -> None:
    assert sum(len(family.TABLE) for family in probes._FAMILIES) == len(PROBES)


def test_a_probe_leaves_the_library_as_it_was() -> None:
    torch.manual_seed(7)
    before = torch.random.get_rng_state()
    torch.set_default_dtype(torch.float64)
    try:
        with torch.no_grad():
            assert PROBES["same-forward-computation"].observe().holds  # draws weights, and needs gradients to be on
            assert not torch.is_grad_enabled()
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_what_is_formed_on_the_way_is_noticed() -> None:
    x = torch.ones(16, requires_grad=True)
    assert _largest(torch, lambda: torch.outer(x, x).sum()) == 256
    assert _largest(torch, lambda: torch.autograd.grad(torch.cumsum(x, 0), x, torch.ones(16))) == 16
    loss = torch.outer(x, x).sum()
    assert _largest(torch, lambda: torch.autograd.grad(loss, x)) == 256, "backward passes are watched, too"


# -- the claims ---------------------------------------------------------------------------------------


def test_every_probe_is_cited(cited: list[tuple[str, Verdict, str]]) -> None:
    assert set(PROBES) == {name for name, *_ in cited}


def test_libraries_do_what_is_pinned(cited: list[tuple[str, Verdict, str]]) -> None:
    assert [(name, v.verdict, v.reason) for name, v, pinned in cited if v.verdict != pinned] == []


def test_a_probe_never_proves(cited: list[tuple[str, Verdict, str]]) -> None:
    methods = {part["method"] for _, v, _ in cited for part in v.evidence.get("parts", [v.evidence])[-1:]}
    assert methods == {"probe"}


def test_versions_stand_in_the_evidence_alone(tmp_path: Path) -> None:
    verdict = judged(tmp_path, "gradients-accumulate")
    assert verdict.verdict == "holds"
    assert verdict.evidence["versions"] == {"torch": torch.__version__.partition("+")[0]}
    assert torch.__version__.partition("+")[0] not in verdict.reason


def test_a_false_statement_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(torch: object) -> Observed:
        """Each backward pass overwrites .grad."""
        w = PROBES["zero-grad-sets-to-none"].observe()
        return Observed(not w.holds, "it is added to")

    planted(monkeypatch, look)
    verdict = judged(tmp_path, "gradients-accumulate")
    assert (verdict.verdict, verdict.reason, verdict.origin) == ("wrong", "seen: it is added to", ("c",))


def test_a_condition_that_was_seen_to_matter_is_told(tmp_path: Path) -> None:
    verdict = judged(tmp_path, "nodes-keep-local-derivatives")
    assert verdict.verdict == "holds-if"
    assert verdict.reason.startswith("holds if before backward(), or with retain_graph=True; seen: MulBackward0 keeps")
    assert verdict.evidence["condition"] == "before backward(), or with retain_graph=True"


def test_a_library_that_is_absent_leaves_it_undecided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted(monkeypatch, lambda no_such_library: Observed(True, ""))
    verdict = judged(tmp_path, "gradients-accumulate")
    assert (verdict.verdict, verdict.reason) == ("undecided", "'no_such_library' is not installed")


def test_a_probe_that_fails_is_undecided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planted(monkeypatch, lambda torch: torch.no_such_function())
    verdict = judged(tmp_path, "gradients-accumulate")
    assert verdict.verdict == "undecided"
    assert "the probe gradients-accumulate failed: AttributeError" in verdict.reason


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gradient-accumulate", "no probe 'gradient-accumulate'; did you mean 'gradients-accumulate'?"),
        ("xyz", "no probe 'xyz'; docs/cases.md says where they are"),
    ],
)
def test_an_unknown_probe_is_a_fault_with_its_place(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(CaseFaults) as e:
        judged(tmp_path, name)
    (fault,) = e.value.faults
    assert fault.message == message
    assert (fault.line, fault.column) == (3, 38)


def test_reports_and_explanations_say_what_is_claimed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "library.yaml"
    claim = "{id: c, where: Section 1, probe: nodes-keep-parent-tensors, verdict: wrong, because: seen}"
    path.write_text(f"title: t\nclaims:\n  - {claim}\n")
    assert cli.main(["explain", str(path), "c"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Section 1, says: Each node keeps references to the tensors that it was computed from." in told
    out = tmp_path / "reports"
    assert cli.main(["run", str(path), "--json", str(tmp_path / "results.json"), "--out", str(out), "--jobs", "1"]) == 0
    assert any("Each node keeps references" in page.read_text() for page in out.rglob("*.md"))
