"""The five reports, rebuilt: everything runs, what ran is kept, and the pages say what is kept."""

import json
import platform
import re
import statistics
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import tinygrad_lite as tl

pytest.importorskip("matplotlib", reason="the pages have figures")
pytest.importorskip("tqdm", reason="the runs have a progress bar")

from benchmarks.reports import (
    NAMES,
    alleon_page,
    biolkova,
    biolkova_page,
    digits,
    doncenco,
    doncenco_page,
    gengler_page,
    lab,
    wang,
    wang_page,
)
from benchmarks.reports.__main__ import main
from benchmarks.reports.lab import Lab, MissingRuns, Run, append, stored

PAGES = {
    "biolkova": biolkova_page,
    "doncenco": doncenco_page,
    "gengler": gengler_page,
    "alleon": alleon_page,
    "wang": wang_page,
}
FOLDER = Path(lab.__file__).parent


def lines(folder):
    return {path.name: path.read_text(encoding="utf-8").splitlines() for path in sorted(folder.glob("*.jsonl"))}


# --- the pages ---


def text_of(name):
    """A report's page; one whose runs are not complete has none."""
    path = FOLDER / f"RESULTS-{name}.md"
    if not path.exists():
        pytest.skip(f"there is no page yet: python -m benchmarks.reports {name} makes the runs that are missing")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_that_of_the_stored_runs(name):
    text = text_of(name)
    page = PAGES[name].report(Lab(name, FOLDER, closed=True))
    assert text == page.markdown, f"run python -m benchmarks.reports {name}"
    for file in page.figures:
        assert ElementTree.parse(FOLDER / file).getroot().tag.endswith("svg")
    assert platform.node() not in page.markdown.split()
    assert not re.search(r"(?<![\w.(`])/\w+/\w+", page.markdown)  # no path of a machine


def rows(name):
    """The cells of the tables of a page."""
    text = text_of(name)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]


def results(name, kind):
    text = (FOLDER / "runs" / name / f"{kind}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def shown(values):
    return f"{statistics.mean(values):.1f} ± {statistics.stdev(values):.1f}"


def test_the_first_reports_table_recomputed_from_its_lines():
    table = {cells[0]: cells for cells in rows("biolkova")}
    runs = [run for run in results("biolkova", "train") if not run["settings"].get("variant")]
    assert len(runs) == 12 * 10
    for cell, (theirs, sd) in biolkova_page.PUBLISHED.items():
        ours = [
            100 * run["result"]["accuracy"]
            for run in runs
            if tuple(run["settings"][key] for key in ("loss", "optimizer", "activation")) == cell
        ]
        assert len(ours) == 10
        assert table[", ".join(cell)][2:4] == [f"{theirs} ± {sd}", shown(ours)]


def test_the_last_reports_table_recomputed_from_its_lines():
    table = {cells[0]: cells[1:] for cells in rows("wang")}
    for column, (lr, theirs) in enumerate(wang_page.PUBLISHED.items()):
        runs = [
            run["result"]
            for run in results("wang", "train")
            if run["settings"]["lr"] == lr and run["settings"]["structure"] == "3 layers"
        ]
        assert len(runs) == 10
        assert table["test accuracy, ours (%)"][column] == shown([100 * run["accuracy"] for run in runs])
        assert table["test accuracy, published (%)"][column] == f"{theirs[1][0]} ± {theirs[1][1]}"


PUBLISHED = {
    "biolkova": [f"{mean} ± {sd}" for mean, sd in biolkova_page.PUBLISHED.values()],
    "doncenco": [*(f"{100 * row[4]:.2f}" for row in doncenco_page.PUBLISHED), "98.16", "7 h 05 min"],
    "gengler": ["97.7", "98.3"],
    "alleon": ["97.0", "96.5", "98.3", "95.1", "7", "225", "330", "700", "800", "120 %"],
    "wang": [f"{mean} ± {sd}" for row in wang_page.PUBLISHED.values() for mean, sd in row],
}


@pytest.mark.parametrize("name", NAMES)
def test_every_published_figure_is_on_its_page(name):
    cells = [cell for row in rows(name) for cell in row]
    for figure in set(PUBLISHED[name]):
        assert cells.count(figure) >= PUBLISHED[name].count(figure), figure


@pytest.mark.parametrize("name", NAMES)
def test_what_is_lower_is_explained(name):
    """A figure below the published one by more than the tolerance is marked, and the page says why."""
    text = text_of(name)
    why = text.split("## What differs, and why")[1].split("\n## ")[0]
    assert "TODO" not in text
    assert ("**lower**" in text) == ("lower" in why)


# --- quick runs ---


@pytest.mark.parametrize("name", NAMES)
def test_quick(name, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv(digits.VARIABLE, "")  # main sets it; the old value comes back afterwards
    arguments = [name, "--quick", "--out", str(tmp_path)]
    assert main(arguments) == 0
    page = tmp_path / f"RESULTS-{name}.md"
    assert capsys.readouterr().out.strip() == str(page)
    first, runs = page.read_text(encoding="utf-8"), lines(tmp_path / "runs" / name)
    for file in re.findall(r"\]\((figures/.*?\.svg)\)", first):
        assert ElementTree.parse(tmp_path / file).getroot().tag.endswith("svg")

    assert main(arguments) == 0  # nothing is run twice, and the page is the same
    assert lines(tmp_path / "runs" / name) == runs
    assert page.read_text(encoding="utf-8") == first

    if "timing.jsonl" in runs:
        assert main([*arguments, "--again", "timing"]) == 0
        again = lines(tmp_path / "runs" / name)
        assert len(again["timing.jsonl"]) == len(runs["timing.jsonl"])
        assert f"dropped {len(again['timing.jsonl'])} runs of the kind 'timing'" in capsys.readouterr().err
        assert {**again, "timing.jsonl": []} == {**runs, "timing.jsonl": []}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nobody"], "there is no report nobody; there are biolkova"),
        (["--jobs", "0"], "--jobs: at least 1, not 0"),
        (["--data", "nowhere"], "--data: there is no such folder"),
    ],
)
def test_refusals(arguments, message, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert message in capsys.readouterr().err


# --- the laboratory ---


def square(settings):
    if settings["x"] is None:
        raise KeyboardInterrupt
    return {"y": settings["x"] ** 2, "large": float("inf")}


def test_a_run_is_made_once(tmp_path):
    first = Lab("some", tmp_path).run(square, [{"x": 2}, {"x": 3}, {"x": 2}])
    assert [run["y"] for run in first] == [4, 9, 4]
    assert first[0]["large"] is None  # what is not finite
    assert first[0]["x"] == 2
    closed = Lab("some", tmp_path, closed=True)
    assert closed.run(square, [{"x": 3}]) == first[1:2]
    with pytest.raises(MissingRuns, match="1 of 2 runs of the kind 'square'"):
        closed.run(square, [{"x": 3}, {"x": 4}])


def test_an_interruption_loses_the_run_in_flight_only(tmp_path):
    somewhere = Lab("some", tmp_path)
    with pytest.raises(KeyboardInterrupt):
        somewhere.run(square, [{"x": 1}, {"x": None}, {"x": 2}])
    file = somewhere.file("square")
    assert [run["x"] for run in stored(file)] == [1]

    with open(file, "ab") as half:  # as if the process had been killed in the middle of a line
        half.write(b'{"settings": {"x": 5}, "res')
    assert [run["x"] for run in stored(file)] == [1]
    append(file, Run({"x": 6}, {"y": 36}, 0.0, 0.0, "here"))
    assert [run["x"] for run in stored(file)] == [1, 6]
    assert file.read_bytes().endswith(b"}\n")


def test_runs_that_the_page_does_not_show_are_dropped(tmp_path):
    Lab("some", tmp_path).run(square, [{"x": 1}, {"x": 2}])
    later = Lab("some", tmp_path)
    later.run(square, [{"x": 2}])
    later.keep_only_used()
    assert [run["x"] for run in stored(later.file("square"))] == [2]
    assert later.forget("square") == 1
    assert later.forget("square") == 0


def test_jobs_change_no_result(tmp_path):
    pytest.importorskip("joblib")
    settings = [
        {"loss": "MSE", "optimizer": "SGD", "activation": "ReLU", "lr": 0.1, "seed": seed, "epochs": 1, "points": 50}
        for seed in range(3)
    ]
    one = Lab("one", tmp_path).run(biolkova.search, settings)
    two = Lab("two", tmp_path, jobs=2).run(biolkova.search, settings)
    assert [(run.settings, run.result) for run in one] == [(run.settings, run.result) for run in two]


# --- the methods ---


def test_the_autograd_walk_through():
    """Their section 3: the tape's gradients are those of the chain rule, by hand; and a step is equation (15)."""
    tl.manual_seed(0)
    model = doncenco.DeepNetwork(7, 4, 5, 2, tanh=False).double()
    x, y = tl.randn(7, dtype=tl.float64), 3
    parameters = [p.detach().numpy().copy() for p in model.parameters()]
    value, gradients = doncenco.gradients_by_hand(x.numpy(), y, *parameters)

    loss = tl.nn.functional.cross_entropy(model(x), tl.tensor(y))
    loss.backward()
    np.testing.assert_allclose(loss.item(), value, rtol=1e-12)
    for parameter, gradient in zip(model.parameters(), gradients, strict=True):
        assert parameter.grad is not None
        np.testing.assert_allclose(parameter.grad.numpy(), gradient, rtol=1e-10, atol=1e-12)

    doncenco.optimizer_of(model, 0.1, momentum=False).step()
    for parameter, before, gradient in zip(model.parameters(), parameters, gradients, strict=True):
        np.testing.assert_allclose(parameter.detach().numpy(), before - 0.1 * gradient, rtol=1e-10)


def test_deep_networks_as_they_are_listed():
    network = doncenco.DeepNetwork(784, 10, 128, 3, tanh=True)
    assert [type(layer).__name__ for layer in network.layers] == ["Linear", "Tanh", "Linear", "Tanh", "Linear"]
    assert [tuple(p.shape) for p in network.parameters()] == [(128, 784), (128,), (128, 128), (128,), (10, 128), (10,)]


def test_the_two_ways_of_the_constructor():
    """By hand, a tape for each tool; automatically, one tape: the same values and derivatives."""
    tl.manual_seed(0)
    mynn = wang.Constructor()
    tools = wang.structure("4 layers, one ReLU", mynn)
    x, target = tl.randn(6, 2), tl.rand(6, 2)

    y = x
    for tool in tools:
        y = tool.forward(y)
    dl_dy = 2 * (y.detach() - target)
    for tool in reversed(tools):
        dl_dy = tool.backward(dl_dy)
    assert mynn.applied == []
    by_hand = [gradient.clone() for gradient in mynn.dl_dw + mynn.dl_db]

    for parameter in mynn.w + mynn.b:
        parameter.grad = None
    x.requires_grad_()
    mynn.train(tools, x, target)
    assert len(mynn.x) == len(tools) + 1
    np.testing.assert_array_equal(mynn.x[-1].detach().numpy(), y.detach().numpy())
    assert x.grad is not None
    np.testing.assert_allclose(x.grad.numpy(), dl_dy.numpy(), rtol=1e-5, atol=1e-7)
    for one, other in zip(by_hand, mynn.dl_dw + mynn.dl_db, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-5, atol=1e-6)


def test_a_constructors_sigmoids_are_a_network_of_tanh():
    """σ(z) = ½ + ½ tanh(z/2), and b = −½ Σ w: no activation sees an offset in its input."""
    tl.manual_seed(0)
    mynn = wang.Constructor()
    wang.structure("3 layers", mynn)
    for w, b in zip(mynn.w[1:], mynn.b[1:], strict=True):
        np.testing.assert_allclose((0.5 * w.sum(1) + b).detach().numpy(), 0, atol=1e-5)
