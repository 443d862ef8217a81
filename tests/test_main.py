"""The command line: what it writes, and how it ends when it is interrupted."""

import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite.cli import digit_plots, plots, results, settings, training
from tinygrad_lite.cli.command import main
from tinygrad_lite.cli.network import multilayer_perceptron
from tinygrad_lite.utils.data import TensorDataset

COMMAND = [sys.executable, "-m", "tinygrad_lite"]
SMALL = ["--epochs", "2", "--batch-size", "250", "--hidden", "4"]
DISK_FILES = {"graph.svg", "training.png", "boundary.png", "model.npz", "summary.json"}
MNIST_FILES = {"graph.svg", "training.png", "confusion.png", "mistakes.png", "model.npz", "summary.json"}
SUMMARY = {
    "job", "loss", "optimizer", "activation", "hidden", "dropout", "epochs", "batch_size", "lr", "seed", "out", "data",
    "epochs_wanted", "interrupted", "train_accuracy", "test_accuracy", "train_loss", "test_loss", "seconds", "version",
    "files",
}  # fmt: skip


@pytest.fixture
def extras():
    """Skip, visibly, what draws, where there is nothing to draw with."""
    pytest.importorskip("matplotlib")
    pytest.importorskip("tqdm")
    if not shutil.which("dot"):
        pytest.importorskip("pygraphviz")


@pytest.fixture
def digits(tmp_path):
    """A folder in MNIST's form: 60 images to train on and 20 to test with, one file gzipped."""
    random = np.random.default_rng(0)
    folder = tmp_path / "digits"
    folder.mkdir()
    for name, n in (("train", 60), ("t10k", 20)):
        labels = (np.arange(n) % 10).astype(np.uint8)
        images = random.integers(0, 256, (n, 28, 28), dtype=np.uint8) // 4 + 19 * labels[:, None, None]
        header = np.array([0x803, n, 28, 28], ">u4").tobytes()
        (folder / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(header + images.tobytes()))
        header = np.array([0x801, n], ">u4").tobytes()
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(header + labels.tobytes())
    return folder


def check_files(out, names, epochs):
    """The files are there, nothing else is, and each can be read. Returns the summary."""
    assert {path.name for path in out.iterdir()} == names
    for path in out.glob("*.png"):
        assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert ElementTree.fromstring((out / "graph.svg").read_bytes()).tag.endswith("svg")
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert set(summary) == SUMMARY
    assert summary["epochs"] == epochs
    assert set(summary["files"]) == names
    assert summary["version"] == tl.__version__
    for key in ("train_accuracy", "test_accuracy"):
        assert 0 <= summary[key] <= 1
    for key in ("train_loss", "test_loss", "seconds"):
        assert summary[key] > 0
    return summary


# --- what it writes ---


@pytest.mark.usefixtures("extras")
def test_disk_reaches_its_accuracy_and_its_model_can_be_loaded(tmp_path, capsys):
    out = tmp_path / "deep" / "run"
    assert main(["--out", str(out)]) == 0
    summary = check_files(out, DISK_FILES, epochs=200)
    assert summary["test_accuracy"] >= 0.98
    assert f"{summary['test_accuracy']:.2%}" in capsys.readouterr().out

    # Whoever loads the model needs no other number than those in it: it takes raw points.
    model = multilayer_perceptron([2, *summary["hidden"], 2], "tanh", tl.zeros(2), tl.ones(2))
    model.load_state_dict(tl.load(out / "model.npz"))
    tl.manual_seed(summary["seed"])
    tl.datasets.disk()  # the training data
    points, labels = tl.datasets.disk()
    with tl.no_grad():
        assert (model(points).argmax(1) == labels).float().mean().item() == pytest.approx(summary["test_accuracy"])


@pytest.mark.usefixtures("extras")
def test_mnist(tmp_path, digits, capsys):
    out = tmp_path / "run"
    options = ["--epochs", "12", "--batch-size", "16", "--hidden", "8,6", "--dropout", "0", "--lr", "0.01"]
    assert main(["mnist", "--data", str(digits), "--out", str(out), *options]) == 0
    summary = check_files(out, MNIST_FILES, epochs=12)
    assert summary["hidden"] == [8, 6]
    assert summary["data"] == str(digits)
    assert summary["train_accuracy"] > 0.3  # chance is 0.1; the labels are in the brightness
    assert "784-8-6-10" in capsys.readouterr().out


@pytest.mark.usefixtures("extras")
def test_the_same_seed_gives_the_same_numbers(tmp_path):
    losses = []
    for seed in ("5", "5", "6"):
        assert main([*SMALL, "--seed", seed, "--out", str(tmp_path / "run")]) == 0
        losses.append(json.loads((tmp_path / "run" / "summary.json").read_text())["test_loss"])
    assert losses[0] == losses[1] != losses[2]


@pytest.mark.usefixtures("extras")
def test_a_second_run_overwrites_its_own_files_only(tmp_path, digits):
    (tmp_path / "notes.txt").write_text("mine")
    assert main([*SMALL, "--out", str(tmp_path)]) == 0
    boundary = (tmp_path / "boundary.png").read_bytes()
    assert main(["mnist", *SMALL, "--data", str(digits), "--out", str(tmp_path)]) == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "boundary.png").read_bytes() == boundary
    assert {path.name for path in tmp_path.iterdir()} == DISK_FILES | MNIST_FILES | {"notes.txt", "digits"}
    assert json.loads((tmp_path / "summary.json").read_text())["job"] == "mnist"


@pytest.mark.usefixtures("extras")
def test_a_write_that_fails_leaves_the_old_files(tmp_path, monkeypatch, capsys):
    assert main([*SMALL, "--out", str(tmp_path)]) == 0
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    from matplotlib.figure import Figure

    def savefig(self, file, **options):
        file.write(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Figure, "savefig", savefig)
    with pytest.raises(SystemExit) as end:
        main([*SMALL, "--seed", "1", "--out", str(tmp_path)])
    assert end.value.code == 2
    assert "No space left on device" in capsys.readouterr().err
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(after) == set(before)
    assert all(after[name] == before[name] for name in ("training.png", "boundary.png", "graph.svg", "summary.json"))


@pytest.mark.usefixtures("extras")
def test_as_a_program(tmp_path):
    program = subprocess.run([*COMMAND, *SMALL], cwd=tmp_path, capture_output=True, text=True, env=environment())
    assert program.returncode == 0, program.stderr
    check_files(tmp_path / "tinygrad_lite_run", DISK_FILES, epochs=2)
    assert "accuracy" in program.stdout


def environment():
    """Where a program that is run elsewhere finds the package."""
    root = Path(tl.__file__).parent.parent
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))}


# --- the choices ---

CHOICES = [(loss, optimizer, "tanh") for loss in settings.LOSSES for optimizer in settings.OPTIMIZERS]
CHOICES += [("cross-entropy", "adam", activation) for activation in settings.ACTIVATIONS if activation != "tanh"]


@pytest.mark.parametrize("choice", CHOICES, ids="-".join)
def test_every_choice_trains(choice):
    pytest.importorskip("tqdm")
    loss, optimizer, activation = choice
    options = ["--loss", loss, "--optimizer", optimizer, "--activation", activation, "--epochs", "15"]
    asked, _ = settings.parse(options, "program")
    tl.manual_seed(0)
    data, test = TensorDataset(*tl.datasets.disk(400)), TensorDataset(*tl.datasets.disk(100))
    points = data.tensors[0]
    model = multilayer_perceptron([2, 25, 25, 2], asked.activation, points.mean(0), points.std(0))
    history = training.train(model, data, test, asked)
    assert history.epochs == len(history.train_loss) == 15
    assert history.train_loss[-1] < 0.9 * history.train_loss[0]


@pytest.mark.parametrize("job", settings.JOBS)
@pytest.mark.parametrize("loss", settings.LOSSES)
@pytest.mark.parametrize("optimizer", settings.OPTIMIZERS)
def test_the_rate_follows_loss_and_optimizer_unless_given(job, loss, optimizer):
    options = [job, "--loss", loss, "--optimizer", optimizer]
    assert settings.parse(options, "program")[0].lr == settings.RATES[job][loss][optimizer]
    assert settings.parse([*options, "--lr", "0.7"], "program")[0].lr == 0.7


def test_mse_is_on_one_hot_targets():
    scores = tl.tensor([[0.5, 0.0], [2.0, 1.0]])
    expected = np.mean(np.square([[0.5 - 0, 0 - 1], [2 - 1, 1 - 0]]))
    assert training.mse(scores, tl.tensor([1, 0])).item() == pytest.approx(expected)


@pytest.mark.usefixtures("extras")
def test_a_rate_that_is_too_large(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        main(["--optimizer", "sgd", "--loss", "mse", "--activation", "relu", "--lr", "1e20", "--out", str(tmp_path)])
    assert end.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert "after epoch 1: the learning rate 1e+20 is too large" in last
    assert list(tmp_path.iterdir()) == []


# --- the figures, where there is little to draw ---


def test_figures_of_extreme_results(tmp_path):
    pytest.importorskip("matplotlib")
    asked, _ = settings.parse([], "program")
    one_epoch = training.History([1e-9], [1.0], [1e-9], [1.0])
    ticks, points = np.linspace(0, 1, 5), np.array([[0.1, 0.2], [0.5, 0.5]])
    one_sided = np.full((5, 5), 3.0)  # the network says the same everywhere
    labels = np.array([3, 4])
    figures = [
        plots.curves(one_epoch, asked),
        plots.boundary(ticks, one_sided, points, np.array([0, 1]), np.array([1, 1]), 0.4, 0.5),
        plots.boundary(ticks, -one_sided, points, np.array([0, 1]), np.array([0, 0]), 0.4, 0.5),
        digit_plots.confusion(labels, labels, 10),
        digit_plots.mistakes(np.zeros((2, 28, 28), np.uint8), labels, np.eye(10)[labels]),
    ]
    for i, figure in enumerate(figures):
        figure.savefig(tmp_path / f"{i}.png")
        assert (tmp_path / f"{i}.png").stat().st_size > 1000


# --- Ctrl-C ---


def interrupt_at(call, monkeypatch):
    """Ctrl-C during the evaluation with this number; there are two in an epoch."""
    evaluate, calls = training.evaluate, []

    def interrupted(*args):
        calls.append(1)
        if len(calls) == call:
            raise KeyboardInterrupt
        return evaluate(*args)

    monkeypatch.setattr(training, "evaluate", interrupted)


@pytest.mark.usefixtures("extras")
def test_an_interruption_keeps_the_epochs_that_were_completed(tmp_path, monkeypatch, capsys):
    interrupt_at(7, monkeypatch)  # in the fourth epoch, after its steps
    saved = []
    monkeypatch.setattr(results, "draw_step", spy(results.draw_step, saved))
    assert main(["--epochs", "9", "--out", str(tmp_path)]) == 130
    summary = check_files(tmp_path, DISK_FILES, epochs=3)
    assert summary["interrupted"] is True
    assert summary["epochs_wanted"] == 9
    printed = capsys.readouterr()
    assert "kept" in printed.err
    assert "3 of 9 epochs" in printed.err
    # The model is that of the numbers: the fourth epoch's steps are undone.
    tl.manual_seed(0)
    tl.datasets.disk()
    test = TensorDataset(*tl.datasets.disk())
    model = saved[0]
    model.load_state_dict(tl.load(tmp_path / "model.npz"))
    loss, accuracy = training.evaluate(model, training.cross_entropy, test)
    assert loss == pytest.approx(summary["test_loss"])
    assert accuracy == summary["test_accuracy"]


def spy(function, saved):
    def called(*args):
        saved.append(args[0])
        return function(*args)

    return called


@pytest.mark.usefixtures("extras")
def test_an_interruption_before_the_first_epoch_is_over_writes_nothing(tmp_path, monkeypatch, capsys):
    interrupt_at(1, monkeypatch)
    assert main(["--out", str(tmp_path)]) == 130
    assert list(tmp_path.iterdir()) == []
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="SIGINT to one process is POSIX")
@pytest.mark.usefixtures("extras")
def test_a_real_interruption(tmp_path):
    command = [*COMMAND, "--epochs", "1000000", "--out", str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env=environment()) as program:
        assert program.stderr is not None
        seen = b""
        while not re.search(rb"[1-9]\d*/1000000", seen):
            chunk = os.read(program.stderr.fileno(), 4096)
            assert chunk, f"ended early: {seen.decode()}"
            seen += chunk
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=120)
    assert program.returncode == 130
    assert b"Traceback" not in seen + err
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["interrupted"] is True
    assert summary["epochs"] >= 1
    assert b"interrupted after epoch" in out
    check_files(tmp_path, DISK_FILES, summary["epochs"])
