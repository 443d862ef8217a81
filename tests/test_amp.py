"""Scaled losses, and the blocks of mixed precision that a CPU accepts."""

import doctest

import numpy as np
import pytest

import tinygrad_lite as tl


def test_examples():
    assert doctest.testmod(tl.amp).failed == 0


def trained(lib, steps, **options):
    """Parameters, scales and states of a few steps, some with an infinite gradient."""
    w = lib.tensor([1.0, -2.0], requires_grad=True)
    optimizer = lib.optim.SGD([w], lr=0.1, momentum=0.5)
    scaler = lib.amp.GradScaler("cpu", **options)
    seen = []
    for factor in steps:
        optimizer.zero_grad()
        scaler.scale((w * w).sum() * factor).backward()
        scaler.unscale_(optimizer)
        norm = lib.nn.utils.clip_grad_norm_([w], 3.0)
        scaler.step(optimizer)
        scaler.update()
        seen += [*w.tolist(), norm.item(), scaler.get_scale(), *scaler.state_dict().values()]
    return seen


STEPS = [1.0, 2.0, 1e38, 1.0, 0.5, float("inf"), 1.0]


def test_as_the_reference():
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    for options in ({}, {"init_scale": 8.0, "growth_interval": 2}, {"growth_factor": 3.0, "backoff_factor": 0.1}):
        np.testing.assert_allclose(trained(tl, STEPS, **options), trained(torch, STEPS, **options), rtol=1e-5)


def test_bad_steps_are_left_out():
    seen = trained(tl, [1e38], init_scale=1024.0)
    assert seen[:2] == [1.0, -2.0]
    assert seen[3] == 512.0


def test_scale_of_many():
    scaler = tl.amp.GradScaler("cpu", init_scale=2.0)
    assert [x.item() for x in scaler.scale([tl.tensor(1.0), tl.tensor(3.0)])] == [2, 6]
    assert isinstance(scaler.scale((tl.tensor(1.0),)), tuple)
    assert scaler.scale(tl.ones(2, dtype=tl.float16)).dtype is tl.float16
    with pytest.raises(ValueError, match="iterable of Tensors"):
        scaler.scale(1.0)


def test_order_of_calls():
    w = tl.ones(2, requires_grad=True)
    optimizer, scaler = tl.optim.SGD([w], lr=0.1), tl.amp.GradScaler("cpu")
    for call in (scaler.unscale_, scaler.step):
        with pytest.raises(AssertionError, match=r"before scaler.scale"):
            call(optimizer)
    scaler.scale(w.sum()).backward()
    with pytest.raises(AssertionError, match="prior to update"):
        scaler.update()
    scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match="already been called"):
        scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match="closures"):
        scaler.step(optimizer, closure=lambda: w.sum())
    scaler.step(optimizer)
    with pytest.raises(RuntimeError, match="already been called"):
        scaler.step(optimizer)
    with pytest.raises(RuntimeError, match="after step"):
        scaler.unscale_(optimizer)
    scaler.update(new_scale=4.0)
    assert scaler.get_scale() == 4.0
    w.grad = None
    with pytest.raises(AssertionError, match="none of its parameters"):
        scaler.step(optimizer)


def test_state():
    one, other = (tl.amp.GradScaler("cpu", init_scale=s) for s in (8.0, 16.0))
    other.load_state_dict(one.state_dict())
    assert other.get_scale() == 8.0
    with pytest.raises(RuntimeError, match="disabled"):
        other.load_state_dict({})
    other.set_growth_factor(5.0)
    other.set_backoff_factor(0.25)
    other.set_growth_interval(7)
    assert (other.get_growth_factor(), other.get_backoff_factor(), other.get_growth_interval()) == (5.0, 0.25, 7)
    for bad in ({"growth_factor": 1.0}, {"backoff_factor": 1.0}):
        with pytest.raises(AssertionError, match="factor must be"):
            tl.amp.GradScaler("cpu", **bad)


def test_half_gradients_are_refused():
    w = tl.ones(2, dtype=tl.float16, requires_grad=True)
    optimizer, scaler = tl.optim.SGD([w], lr=0.1), tl.amp.GradScaler("cpu")
    scaler.scale(w.sum()).backward()
    with pytest.raises(ValueError, match="FP16"):
        scaler.unscale_(optimizer)


def test_disabled_changes_nothing():
    """The lines of scripts that use a GPU if there is one."""
    w = tl.ones(2, requires_grad=True)
    optimizer = tl.optim.SGD([w], lr=0.5)
    for scaler in (tl.amp.GradScaler(enabled=False), tl.cuda.amp.GradScaler(enabled=False)):
        loss = w.sum()
        assert scaler.scale(loss) is loss
        optimizer.zero_grad()
        loss.backward()
        scaler.unscale_(optimizer)
        scaler.step(optimizer)
        scaler.update()
        assert scaler.get_scale() == 1.0
        assert scaler.state_dict() == {}
        assert not scaler.is_enabled()
    assert w.tolist() == [0.0, 0.0]


def test_without_a_gpu():
    with pytest.warns(UserWarning, match="not available"):
        assert not tl.amp.GradScaler().is_enabled()
    with pytest.warns(UserWarning, match="cuda is not available"), tl.autocast("cuda", dtype=tl.float16):
        assert (tl.ones(2, 2) @ tl.ones(2, 2)).dtype is tl.float32
    with pytest.warns(UserWarning, match="changes nothing"), tl.cuda.amp.autocast():
        assert tl.is_autocast_enabled() is False
    with pytest.warns(UserWarning, match="changes nothing"):
        tl.autocast("cpu", dtype=tl.float32)
    with pytest.raises(TypeError, match="enabled=False"):
        tl.amp.autocast("cpu")
    with pytest.raises(ValueError, match="device_type"):
        tl.autocast(tl.device("cpu"))  # type: ignore[arg-type]

    @tl.autocast("cpu", enabled=False)
    def double(x):
        return 2 * x

    assert double(tl.ones(1)).item() == 2
    assert tl.amp.is_autocast_available("cpu") is False


def test_accelerator():
    device = tl.accelerator.current_accelerator() if tl.accelerator.is_available() else tl.device("cpu")
    assert device == tl.device("cpu")
    assert tl.accelerator.current_accelerator() is None
    assert tl.accelerator.device_count() == 0
    with pytest.raises(RuntimeError, match="is_available"):
        tl.accelerator.synchronize()
