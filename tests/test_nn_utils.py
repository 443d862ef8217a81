"""Limits on gradients, and parameters as one vector."""

import math

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite import nn
from tinygrad_lite.nn import utils


def parameters(lib, scale=1.0, dtype="float64"):
    """Three parameters with gradients of several shapes, and one without."""
    made = []
    for i, shape in enumerate(((3, 4), (5,), ())):
        p = lib.nn.Parameter(lib.zeros(shape, dtype=getattr(lib, dtype)))
        p.grad = lib.tensor(np.random.default_rng(i).normal(size=shape) * scale, dtype=getattr(lib, dtype))
        made.append(p)
    return [*made, lib.nn.Parameter(lib.zeros(2))]


@pytest.mark.parametrize("norm_type", [2, 1, 3.0, 0.5, math.inf, -math.inf, 0])
@pytest.mark.parametrize("max_norm", [0.5, 100.0])
def test_clipping_as_pytorch_does(norm_type, max_norm):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    found = []
    for lib in (tl, torch):
        made = parameters(lib)
        total = lib.nn.utils.clip_grad_norm_(made, max_norm, norm_type)
        found.append([total.numpy(), *(p.grad.numpy() for p in made if p.grad is not None)])
        assert made[-1].grad is None
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
        assert a.dtype == b.dtype
        assert a.shape == b.shape


def test_norm_is_at_most_the_limit():
    made = parameters(tl, scale=100)
    before = utils.get_total_norm([p.grad for p in made[:3]])
    assert utils.clip_grad_norm_(iter(made), 1.0).item() == before.item()
    assert utils.get_total_norm([p.grad for p in made[:3]]).item() == pytest.approx(1, rel=1e-6)
    arrays = [p.grad.array for p in made[:3]]
    assert utils.clip_grad_norm_(made, 5.0).item() == pytest.approx(1, rel=1e-6)  # small enough: nothing changes
    assert all(p.grad.array is a for p, a in zip(made, arrays, strict=False))


def test_gradients_that_are_not_finite():
    made = parameters(tl)
    made[0].grad.array[0, 0] = np.inf
    before = made[1].grad.tolist()
    with pytest.raises(
        RuntimeError, match=r"The total norm of order 2.0 for gradients from `parameters` is non-finite"
    ):
        utils.clip_grad_norm_(made, 1.0, error_if_nonfinite=True)
    assert made[1].grad.tolist() == before
    assert utils.clip_grad_norm_(made, 1.0).item() == math.inf


def test_no_gradients():
    assert utils.clip_grad_norm_([nn.Parameter(tl.zeros(2))], 1.0).item() == 0
    utils.clip_grad_value_([nn.Parameter(tl.zeros(2))], 1.0)


def test_values():
    made = parameters(tl, scale=3)
    before = [p.grad.numpy().copy() for p in made[:3]]
    utils.clip_grad_value_(made, 0.7)
    for p, g in zip(made, before, strict=False):
        np.testing.assert_array_equal(p.grad.numpy(), np.clip(g, -0.7, 0.7))
    utils.clip_grad_value_(made[0], 0.1)
    assert float(made[0].grad.abs().max()) == pytest.approx(0.1)


def test_vectors():
    net = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    vector = utils.parameters_to_vector(net.parameters())
    assert vector.shape == (13,)
    assert vector.requires_grad
    (vector * vector).sum().backward()
    np.testing.assert_allclose(net[0].weight.grad.numpy(), 2 * net[0].weight.detach().numpy())
    utils.vector_to_parameters(tl.arange(13, dtype=tl.float32), net.parameters())
    assert net[0].weight.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert net[1].bias.tolist() == [12]
    assert utils.parameters_to_vector(net.parameters()).tolist() == list(range(13))
    with pytest.raises(TypeError, match="but got: list"):
        utils.vector_to_parameters([1.0], net.parameters())  # type: ignore[arg-type]
