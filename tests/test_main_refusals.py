"""The command line: what it refuses, with exit code 2 and one line, before it trains; and its help pages."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tinygrad_lite as tl
from tinygrad_lite.cli import settings
from tinygrad_lite.cli.command import main


@pytest.fixture
def extras():
    """Skip, visibly, what draws, where there is nothing to draw with."""
    pytest.importorskip("matplotlib")
    pytest.importorskip("tqdm")
    if not shutil.which("dot"):
        pytest.importorskip("pygraphviz")


REFUSED = [
    (["mnits"], "no job 'mnits'; there are disk and mnist"),
    (["--loss", "hinge"], "hinge"),
    (["--optimizer", "lion"], "lion"),
    (["--activation", "step"], "step"),
    (["--epochs", "0"], "--epochs: expected a whole number from 1 on, got '0'"),
    (["--epochs", "many"], "--epochs"),
    (["--batch-size", "-5"], "--batch-size"),
    (["--lr", "0"], "--lr: expected a number above 0"),
    (["--lr", "nan"], "--lr"),
    (["--lr", "inf"], "--lr"),
    (["--seed", "-1"], "--seed"),
    (["--seed", "1.5"], "--seed"),
    (["--dropout", "1"], "--dropout"),
    (["--hidden", "25,,25"], "--hidden"),
    (["--hidden", "0"], "--hidden"),
    (["--epoch", "3"], "--epoch"),  # no abbreviations: a later option must not change what a script means
    (["--data", "x"], "--data"),  # an option of the other job
    (["disk", "mnist"], "mnist"),
    (["--out"], "--out"),
]


def refused(arguments, capsys):
    """The one line that these arguments end with."""
    with pytest.raises(SystemExit) as end:
        main(arguments)
    printed = capsys.readouterr()
    assert end.value.code == 2
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert printed.err.endswith("\n")
    assert "error: " in printed.err
    return printed.err


@pytest.mark.parametrize(("arguments", "reason"), REFUSED, ids=lambda value: " ".join(value) if value else "")
def test_wrong_options(arguments, reason, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert reason in refused(arguments, capsys)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["file", "file/below", "taken"])
def test_an_output_that_cannot_be_written(place, tmp_path, capsys):
    (tmp_path / "file").write_text("not a folder")
    (tmp_path / "taken" / "summary.json").mkdir(parents=True)
    line = refused(["--out", str(tmp_path / place)], capsys)
    assert str(tmp_path / place) in line


@pytest.mark.skipif(os.name != "posix" or getattr(os, "geteuid", lambda: 0)() == 0, reason="root may write anywhere")
def test_an_output_folder_without_permission(tmp_path, capsys):
    (tmp_path / "locked").mkdir(mode=0o500)
    assert "Permission denied" in refused(["--out", str(tmp_path / "locked")], capsys)


@pytest.mark.usefixtures("extras")
def test_data_that_is_missing_or_damaged(tmp_path, capsys):
    folder = tmp_path / "digits"
    command = ["mnist", "--data", str(folder), "--out", str(tmp_path / "run")]
    assert f"{folder}: there is no such folder" in refused(command, capsys)
    folder.mkdir()
    assert "lacks train-images" in refused(command, capsys)
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        (folder / f"{name}-ubyte").write_bytes(b"not an IDX file")
    assert f"{folder / 'train-images-idx3-ubyte'}: its magic number" in refused(command, capsys)


@pytest.mark.parametrize("absent", ["matplotlib", "tqdm"])
def test_an_absent_package_is_named_before_the_training(absent, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, absent, None)  # importing it raises ImportError
    line = refused(["--out", str(tmp_path)], capsys)
    assert absent in line
    assert 'pip install "tinygrad_lite[demo]"' in line


def test_an_absent_renderer_is_named_before_the_training(tmp_path, monkeypatch, capsys):
    pytest.importorskip("matplotlib")
    pytest.importorskip("tqdm")
    monkeypatch.setattr(shutil, "which", lambda *args, **options: None)
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    assert 'pip install "tinygrad_lite[graph]"' in refused(["--out", str(tmp_path)], capsys)


def test_a_refusal_as_a_program(tmp_path):
    root = Path(tl.__file__).parent.parent
    program = subprocess.run(
        [sys.executable, "-m", "tinygrad_lite", "--lr", "fast", "--out", str(tmp_path)],
        cwd=root, capture_output=True, text=True,
    )  # fmt: skip
    assert program.returncode == 2
    assert "Traceback" not in program.stderr
    assert program.stderr.count("\n") == 1


# --- help ---


@pytest.mark.parametrize("job", [[], ["disk"], ["mnist"]], ids=["overview", "disk", "mnist"])
def test_help_is_a_page_that_fits_a_screen(job, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as end:
        main([*job, "--help"])
    assert end.value.code == 0
    page = capsys.readouterr().out
    for name in (
        "--loss", "--optimizer", "--activation", "--epochs", "--batch-size", "--lr", "--seed", "--out", "--hidden",
        *settings.LOSSES, *settings.OPTIMIZERS, *settings.ACTIVATIONS, "Ctrl-C", "examples:",
    ):  # fmt: skip
        assert re.sub(r"-\s+", "-", name) in re.sub(r"-\s+", "-", page)
    assert ("--data" in page.split("examples:")[0]) == (job == ["mnist"])
    lines = page.splitlines()
    assert len(lines) < 60
    assert max(map(len, lines)) <= 80


def test_version(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"tinygrad_lite {tl.__version__}\n"
