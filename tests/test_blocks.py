"""What is computed in blocks is what is computed at once, whatever the sizes, the layout and the dtype."""

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite.kernels.blocks import BLOCK, LARGE, in_blocks, large

SIZES = {"many blocks": (4, LARGE // 2), "with a rest": (LARGE + 1,), "a whole number": (5 * BLOCK,)}
RULES = {
    "tanh": (np.tanh, lambda g, y: g - g * y * y),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), lambda g, y: g * (y * (1 - y))),
}


@pytest.mark.parametrize("dtype", [tl.float16, tl.float32, tl.float64], ids=str)
@pytest.mark.parametrize("shape", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("name", RULES)
def test_large_arrays(name, shape, dtype):
    random = np.random.default_rng(0)
    value, slope = RULES[name]
    x = tl.tensor((random.standard_normal(shape) * 3).clip(-8, 8).astype(dtype), requires_grad=True)
    g = random.standard_normal(shape).astype(dtype)
    assert large(x.detach().array, g)
    y = getattr(x, name)()
    y.backward(tl.tensor(g))
    bound = 4 * np.finfo(dtype).eps
    np.testing.assert_allclose(y.detach().array, value(x.detach().array), rtol=bound, atol=bound)
    np.testing.assert_array_equal(x.grad.array, slope(g, y.detach().array))


@pytest.mark.parametrize("name", RULES)
def test_large_arrays_that_do_not_lie_in_one_piece(name):
    random = np.random.default_rng(0)
    x = tl.tensor(random.standard_normal((512, 512)).astype(np.float32), requires_grad=True)
    whole = getattr(x, name)()
    (d,) = tl.autograd.grad(whole.sum(), x)
    turned = getattr(x.T, name)()
    assert turned.T.is_contiguous()
    (of_turned,) = tl.autograd.grad(turned.sum(), x)
    assert tl.equal(turned.T, whole)
    assert tl.equal(of_turned, d)


@pytest.mark.parametrize("name", RULES)
def test_second_derivatives_of_large_arrays(name):
    x = tl.linspace(-3, 3, LARGE, dtype=tl.float64).requires_grad_()
    (d,) = tl.autograd.grad(getattr(x, name)().sum(), x, create_graph=True)
    (second,) = tl.autograd.grad(d.sum(), x)
    step = 1e-5
    sides = [RULES[name][1](1, RULES[name][0](x.detach().array + h)) for h in (step, -step)]
    np.testing.assert_allclose(second.array, (sides[0] - sides[1]) / (2 * step), atol=1e-9)


def test_blocks_cover_all_once():
    x = np.zeros(2 * BLOCK + 7, np.float32)
    in_blocks(lambda x: np.add(x, 1, x), x)
    assert (x == 1).all()
    assert not large(x)
    assert not large(np.zeros((LARGE, 2))[:, 0])
