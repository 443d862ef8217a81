"""The speed suite itself: what it compares, what it writes, and what it flags."""

import json
import math

import numpy as np
import pytest

from benchmarks.speed import graphs, history, models, networks, operations, report, timing
from benchmarks.speed.fresh import PROBES
from benchmarks.speed.workload import AUTOGRAD, HAND, HERE, TORCH, Case, Workload, difference, plain


def workload(name="add", target=0.5):
    return Workload(name, target, {})


MEASURED = [
    (workload(), {HERE: 1e-6, TORCH: 4e-6, HAND: 5e-7}),
    (workload("slow", 0.2), {HERE: 3e-5, TORCH: 4e-5, AUTOGRAD: 2e-3}),
    (workload("alone", None), {HERE: 1e-3}),
]


def every_workload():
    return [w for part in (networks, models, operations, graphs) for w in part.workloads(True)]


@pytest.mark.parametrize("workload", every_workload(), ids=lambda w: w.name)
def test_by_hand_and_tape_compute_the_same(workload):
    ours = workload.cases[HERE]().results()
    assert all(np.isfinite(plain(r)).all() for r in ours)
    assert all(plain(r).dtype == np.float32 for r in ours)
    if HAND in workload.cases:
        assert difference(ours, workload.cases[HAND]().results()) <= workload.exact


def test_names_are_of_one_workload_each():
    names = [w.name for w in every_workload()]
    assert len(set(names)) == len(names)


def test_difference():
    a = np.array([1.0, 100.0])
    assert difference([a], [a + np.array([0.0, 1.0])]) == pytest.approx(1 / 101)
    assert difference([a], [a[:1]]) == math.inf
    assert difference([a], [a.astype(np.float32)]) == math.inf
    assert difference([a], [a, a]) == math.inf
    assert difference([a], [a * np.nan]) == math.inf


def test_contenders_take_turns(monkeypatch):
    """With a clock of our own: the median of the turns, after as many calls as fill a sample."""
    now, calls = [0.0], []

    def of(name, seconds):
        def run():
            calls.append(name)
            now[0] += seconds

        return run

    monkeypatch.setattr(timing.time, "process_time", lambda: now[0])
    times = timing.compare({"a": of("a", 0.25), "b": of("b", 1.0)}, seconds=0.5, budget=0.0)
    assert times == {"a": 0.25, "b": 1.0}
    assert "".join(calls) == "ab" + "aaa" + "aaab" + "aaab"  # each counted; then in turns, a warmed up, b too long


def test_the_page_its_chart_and_the_readme(monkeypatch, tmp_path):
    pytest.importorskip("matplotlib")
    monkeypatch.setattr(report, "FOLDER", tmp_path / "benchmarks" / "speed")
    report.FOLDER.mkdir(parents=True)
    report.write(MEASURED, [(PROBES[0], {"tinygrad_lite": 12.3, "torch": 45.6})], {HERE: "0.1", TORCH: "2"})
    page = (report.FOLDER / "RESULTS.md").read_text(encoding="utf-8")
    assert "| add | 1.00 | 4.00 | – | 0.50 | 0.25 | 0.50 |" in page
    assert "| slow | 30.0 | 40.0 | 2,000 | – | 0.75 × | 0.20 |" in page
    assert "| alone | 1,000 | – | – | – | – | – |" in page
    assert "| 12.3 | 45.6 | MB |" in page
    first = (report.FOLDER / "results.svg").read_text(encoding="utf-8")
    assert ">add<" in first
    assert ">alone<" not in first
    report.chart(MEASURED, report.FOLDER / "results.svg")
    assert (report.FOLDER / "results.svg").read_text(encoding="utf-8") == first

    readme = tmp_path / "README.md"
    readme.write_text("a\n<!-- speed -->\nold\n<!-- /speed -->\nb\n", encoding="utf-8")
    report.write_readme([(workload("exp 8×8, forward"), MEASURED[0][1]), *MEASURED])
    text = readme.read_text(encoding="utf-8")
    assert "| exp 8×8, forward | 1.00 | 4.00 | 0.25 |" in text
    assert text.startswith("a\n")
    assert text.endswith("\nb\n")
    assert "old" not in text
    assert "slow" not in text


def test_the_history_flags_what_became_slower(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(history, "FILE", tmp_path / "history.jsonl")
    history.show()
    assert "no full run" in capsys.readouterr().out
    for seconds in (1e-6, 1.05e-6, 1.2e-6):
        measured = [(workload(), {HERE: seconds, TORCH: 4e-6}), MEASURED[1]]
        history.append(measured, {TORCH: "2"})
    history.append([MEASURED[2]], {})  # without PyTorch there is no ratio
    runs = [json.loads(line) for line in history.FILE.read_text(encoding="utf-8").splitlines()]
    assert [run["ratios"]["add"] for run in runs] == [0.25, 0.2625, 0.3]
    history.show()
    shown = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert shown["add"].endswith("slower by 17 %")
    assert "slower" not in shown["slow"]
    assert shown["1"].startswith("1 became slower")


def test_a_case_that_is_wrong_is_not_timed(capsys):
    from benchmarks.speed.__main__ import checked

    def case(value):
        return lambda: Case(lambda: None, lambda: [np.float32(value)])

    good = Workload("good", None, {HERE: case(1), HAND: case(1.00001)})
    assert list(checked(good, {HERE, TORCH, HAND})) == [HERE, HAND]
    wrong = Workload("wrong", None, {HERE: case(1), HAND: case(1.1)})
    with pytest.raises(SystemExit, match=r"wrong: by hand and tinygrad_lite disagree by 0\.09"):
        checked(wrong, {HERE, HAND})

    def refuse():
        raise RecursionError("too deep")

    assert list(checked(Workload("deep", None, {HERE: case(1), AUTOGRAD: refuse}), {HERE, AUTOGRAD})) == [HERE]
    assert "autograd cannot run deep: too deep" in capsys.readouterr().out
