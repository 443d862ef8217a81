"""The training conveniences: early stopping, the progress bar, the rate that falls when the loss rose."""

import doctest
import io
import sys

import pytest

import tinygrad_lite as tl
from tinygrad_lite.optim.lr_scheduler import DecayOnRise


def stopped(losses, **options):
    stopping = tl.training.EarlyStopping(**options)
    for epoch, loss in enumerate(losses):
        if stopping(loss):
            return epoch, stopping
    return None, stopping


@pytest.mark.parametrize(
    ("losses", "options", "epoch", "best"),
    [
        ([3, 2, 1], {"patience": 1}, None, 2),
        ([3, 2, 2, 1], {"patience": 1}, 2, 1),
        ([3, 2, 2.5, 2.5, 1], {"patience": 2}, 3, 1),
        ([3, 2, 2.5, 1, 1.5, 0.5], {"patience": 2}, None, 5),
        ([3, 2.95, 2.91], {"patience": 2, "min_delta": 0.1}, 2, 0),
        ([3, 2.95, 2.85, 2.8], {"patience": 2, "min_delta": 0.1}, None, 2),
        ([0.5, 0.6, 0.6, 0.5], {"patience": 2, "mode": "max"}, 3, 1),
        ([float("nan"), 3, float("nan"), float("nan")], {"patience": 2}, 3, 1),
        ([float("nan")] * 3, {"patience": 3}, 2, -1),
        ([float("inf"), 3, 4], {"patience": 2}, None, 1),
    ],
)
def test_when_to_stop(losses, options, epoch, best):
    found, stopping = stopped(losses, **options)
    assert found == epoch
    assert stopping.best_epoch == best


def test_the_best_weights_come_back():
    model = tl.nn.Sequential(tl.nn.Linear(1, 1), tl.nn.BatchNorm1d(1))
    stopping = tl.training.EarlyStopping(patience=2)
    for i, loss in enumerate([2.0, 1.0, 3.0, 4.0]):
        tl.nn.init.constant_(model[0].weight, float(i))
        model[1].running_mean.fill_(float(i))
        done = stopping(tl.tensor(loss), model)
    assert done
    assert model[0].weight.item() == 1.0
    assert model[1].running_mean.item() == 1.0
    tl.nn.init.constant_(model[0].weight, 7.0)
    stopping.restore(model)
    assert model[0].weight.item() == 1.0


def test_without_restoring():
    model = tl.nn.Linear(1, 1)
    stopping = tl.training.EarlyStopping(patience=1, restore_best=False)
    for value in (1.0, 2.0):
        tl.nn.init.constant_(model.weight, value)
        done = stopping(value, model)
    assert done
    assert model.weight.item() == 2.0
    assert stopping.best_state is None


def test_going_on_from_a_file(tmp_path):
    model = tl.nn.Linear(1, 1)
    first = tl.training.EarlyStopping(patience=2)
    first(1.0, model)
    first(2.0, model)
    tl.save(first.state_dict(), tmp_path / "stopping.npz")
    second = tl.training.EarlyStopping()
    second.load_state_dict(tl.load(tmp_path / "stopping.npz"))
    weight = model.weight.item()
    tl.nn.init.constant_(model.weight, 5.0)
    assert second(1.5, model)
    assert model.weight.item() == weight


@pytest.mark.parametrize("options", [{"patience": 0}, {"min_delta": -1.0}, {"mode": "least"}])
def test_refused_options(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        tl.training.EarlyStopping(**options)


def rates(losses, **options):
    optimizer = tl.optim.SGD([tl.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = DecayOnRise(optimizer, **options)
    found = []
    for loss in losses:
        scheduler.step(loss)
        found.append(optimizer.param_groups[0]["lr"])
        assert scheduler.get_last_lr() == found[-1:]
    return found


def test_decay_on_rise_is_the_rule():
    """if loss[i] > loss[i-1]: rate = rate * decay, the comparison with the last loss and not with the best."""
    losses = [3.0, 2.0, 2.5, 2.4, 2.4, 2.6, 1.0, 1.1]
    rate, expected = 1.0, []
    for i, loss in enumerate(losses):
        if i and loss > losses[i - 1]:
            rate = rate * 0.3
        expected.append(rate)
    assert rates(losses, factor=0.3) == expected
    assert rates([tl.tensor(x) for x in losses], factor=0.3) == expected


def test_decay_on_rise_at_the_edges():
    assert rates([1.0, 2.0, 3.0, 4.0], factor=0.5, min_lr=0.3) == [1.0, 0.5, 0.3, 0.3]
    assert rates([1.0, 2.0], factor=0.5, min_lr=3.0) == [1.0, 1.0]  # it never raises the rate
    assert rates([1.0, float("nan"), 5.0, 6.0], factor=0.5) == [1.0, 0.5, 0.5, 0.25]
    assert rates([float("inf"), float("inf"), 1.0], factor=0.5) == [1.0, 1.0, 1.0]
    optimizer = tl.optim.SGD([tl.zeros(1, requires_grad=True)], lr=1.0)
    for factor in (0.0, 1.0, -0.5, float("nan")):
        with pytest.raises(ValueError, match="factor must lie between 0 and 1"):
            DecayOnRise(optimizer, factor=factor)
    with pytest.raises(TypeError, match="not an Optimizer"):
        DecayOnRise("optimizer")  # type: ignore[arg-type]


def test_decay_on_rise_of_groups_and_tensors():
    w = [tl.zeros(1, requires_grad=True) for _ in range(2)]
    optimizer = tl.optim.Adam([{"params": w[:1], "lr": tl.tensor(1.0)}, {"params": w[1:], "lr": 0.5}])
    scheduler = DecayOnRise(optimizer, factor=0.5)
    scheduler.step(1.0)
    scheduler.step(2.0)
    assert [float(group["lr"]) for group in optimizer.param_groups] == [0.5, 0.25]
    assert isinstance(optimizer.param_groups[0]["lr"], tl.Tensor)


def test_progress(monkeypatch):
    pytest.importorskip("tqdm")
    screen = io.StringIO()
    bar = tl.training.progress(range(3), "epochs", file=screen, mininterval=0)
    assert [i for i in bar if bar.set_postfix(loss=i / 4) is None] == [0, 1, 2]
    assert "epochs: 100%" in screen.getvalue()
    assert "loss=0.5" in screen.getvalue()
    assert list(tl.training.progress((i for i in range(2)), file=screen)) == [0, 1]
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="pip install tqdm"):
        tl.training.progress(range(3))


@pytest.mark.parametrize(
    "module", ["training", "mistakes", "optim.swa_utils", "optim.lr_scheduler.plateau", "serialize"]
)
def test_the_examples_are_correct(module):
    pytest.importorskip("tqdm")
    name = f"tinygrad_lite.{module}"
    __import__(name)
    found = doctest.testmod(sys.modules[name])
    assert found.attempted
    assert not found.failed
