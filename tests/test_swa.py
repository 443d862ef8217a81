"""Averaged models: what they compute, what they refuse, and PyTorch's results."""

import copy
from typing import Any

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite.optim import swa_utils


def network(lib, values=None):
    nn = lib.nn
    lib.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 1))


def run(lib, build, steps=5, use_state=False):
    """The averaged model after a run of SGD, and the model."""
    model = network(lib)
    average = build(lib.optim.swa_utils, model)
    optimizer = lib.optim.SGD(model.parameters(), lr=0.1)
    for i in range(steps):
        x = lib.tensor(np.random.default_rng(i).standard_normal((8, 2)).astype("float32"))
        optimizer.zero_grad()
        (model(x) ** 2).mean().backward()
        optimizer.step()
        average.update_parameters(model)
        if use_state and i == 2:
            fresh = build(lib.optim.swa_utils, network(lib))
            fresh.load_state_dict(average.state_dict())
            average = fresh
    return average, model


BUILDS = {
    "swa": lambda u, m: u.AveragedModel(m),
    "swa of lists": lambda u, m: u.AveragedModel(m, multi_avg_fn=u.get_swa_multi_avg_fn()),
    "swa by name": lambda u, m: u.AveragedModel(m, avg_fn=u.get_swa_avg_fn()),
    "ema": lambda u, m: u.AveragedModel(m, avg_fn=u.get_ema_avg_fn(0.9)),
    "ema of lists": lambda u, m: u.AveragedModel(m, "cpu", multi_avg_fn=u.get_ema_multi_avg_fn(0.9)),
    "ema of buffers": lambda u, m: u.AveragedModel(m, multi_avg_fn=u.get_ema_multi_avg_fn(0.9), use_buffers=True),
    "swa of buffers": lambda u, m: u.AveragedModel(m, use_buffers=True),
    "own": lambda u, m: u.AveragedModel(m, avg_fn=lambda a, p, n: 0.5 * (a + p) + 0 * n),
}


@pytest.mark.parametrize("name", BUILDS)
def test_like_torch(name):
    torch = pytest.importorskip("torch")
    (ours, _), (theirs, _) = run(tl, BUILDS[name]), run(torch, BUILDS[name])
    expected = theirs.state_dict()
    assert list(ours.state_dict()) == list(expected)
    for key, t in ours.state_dict().items():
        assert str(t.dtype) == str(expected[key].dtype).removeprefix("torch.")
        np.testing.assert_allclose(t.numpy(), expected[key].numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", BUILDS)
def test_state_in_the_middle_of_a_run(name):
    (a, _), (b, _) = run(tl, BUILDS[name]), run(tl, BUILDS[name], use_state=True)
    for key, t in a.state_dict().items():
        np.testing.assert_array_equal(t.numpy(), b.state_dict()[key].numpy())


def test_the_mean():
    model = tl.nn.Linear(2, 1)
    average: Any = swa_utils.AveragedModel(model)
    seen = []
    for i in range(4):
        tl.nn.init.constant_(model.weight, float(i * i))
        average.update_parameters(model)
        seen.append(float(i * i))
        assert average.module.weight[0, 0].item() == pytest.approx(np.mean(seen))
    assert average.n_averaged.item() == 4
    assert average.module.weight is not model.weight
    assert average.module.weight.requires_grad
    x = tl.ones(3, 2)
    np.testing.assert_array_equal(average(x).tolist(), average.module(x).tolist())


def test_refusals():
    model = tl.nn.Linear(2, 1)
    with pytest.raises(AssertionError, match="Only one of"):
        swa_utils.AveragedModel(model, avg_fn=swa_utils.get_swa_avg_fn(), multi_avg_fn=swa_utils.get_swa_multi_avg_fn())
    for make in (swa_utils.get_ema_avg_fn, swa_utils.get_ema_multi_avg_fn):
        with pytest.raises(ValueError, match=r"Invalid decay value 1\.5"):
            make(1.5)
    with pytest.raises(ValueError, match="not the parameters"):
        swa_utils.AveragedModel(model).update_parameters(tl.nn.Linear(3, 1))
    with pytest.raises(RuntimeError, match="cuda"):
        swa_utils.AveragedModel(model, device="cuda")
    counted = tl.nn.BatchNorm1d(2)
    average = swa_utils.AveragedModel(counted, multi_avg_fn=swa_utils.get_swa_multi_avg_fn(), use_buffers=True)
    average.update_parameters(counted)
    with pytest.raises(RuntimeError, match="int64, which has no averages"):
        average.update_parameters(counted)


def test_update_bn():
    model = network(tl)
    data = np.random.default_rng(3).standard_normal((24, 2)).astype("float32")
    batches = [tl.tensor(data[i : i + 8]) for i in range(0, 24, 8)]
    model.eval()
    swa_utils.update_bn([(x, None) for x in batches], model, device="cpu")
    inner = model[0](tl.tensor(data)).detach().numpy()
    np.testing.assert_allclose(model[1].running_mean.numpy(), inner.mean(0), rtol=1e-5, atol=1e-6)
    assert model[1].momentum == 0.1
    assert not model.training
    assert model[1].num_batches_tracked.item() == 3
    twin = copy.deepcopy(model)
    swa_utils.update_bn(batches, twin)
    np.testing.assert_array_equal(twin[1].running_var.tolist(), model[1].running_var.tolist())
    with pytest.raises(ZeroDivisionError):
        swa_utils.update_bn((1 / 0 for _ in range(1)), model)
    assert model[1].momentum == 0.1
    swa_utils.update_bn(iter(()), tl.nn.Linear(1, 1))
    torch = pytest.importorskip("torch")
    theirs = network(torch)
    theirs.eval()
    torch.optim.swa_utils.update_bn([torch.tensor(x.numpy()) for x in batches], theirs)
    np.testing.assert_allclose(twin[1].running_var.numpy(), theirs[1].running_var.numpy(), rtol=1e-5)


@pytest.mark.parametrize("strategy", ["cos", "linear"])
@pytest.mark.parametrize("epochs", [0, 1, 4])
@pytest.mark.parametrize("rate", [0.05, [0.05, 2.0]])
def test_swalr_like_torch(strategy, epochs, rate):
    torch = pytest.importorskip("torch")
    found = []
    for lib in (tl, torch):
        w = [lib.zeros(2, requires_grad=True) for _ in range(2)]
        optimizer = lib.optim.SGD([{"params": w[:1]}, {"params": w[1:], "lr": 0.5}], lr=1.0)
        scheduler = lib.optim.swa_utils.SWALR(optimizer, rate, anneal_epochs=epochs, anneal_strategy=strategy)
        rates = []
        for i in range(7):
            optimizer.step()
            scheduler.step()
            rates.append(scheduler.get_last_lr())
            if i == 2:
                state = scheduler.state_dict()
                scheduler = lib.optim.swa_utils.SWALR(optimizer, rate, anneal_epochs=9)
                scheduler.load_state_dict(state)
                for group, lr in zip(optimizer.param_groups, rates[-1], strict=True):
                    group["lr"] = lr
        found.append(rates)
    np.testing.assert_allclose(found[0], found[1], rtol=1e-12)


def test_swalr_refuses():
    optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    with pytest.raises(ValueError, match="anneal_strategy must be one of"):
        swa_utils.SWALR(optimizer, 0.1, anneal_strategy="exp")
    with pytest.raises(ValueError, match="anneal_epochs must be"):
        swa_utils.SWALR(optimizer, 0.1, anneal_epochs=-1)
    with pytest.raises(ValueError, match="swa_lr must have the same length"):
        swa_utils.SWALR(optimizer, [0.1, 0.2])
