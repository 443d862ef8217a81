"""Writes in place and through views: memory, derivatives and refusals as PyTorch has them."""

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite import writes

# Each program takes the library and two leaves, x of shape (4, 3) and v of shape (3,), and returns a tensor. It is
# written once for both libraries: PyTorch is asked where it is there, and finite differences everywhere.


def assign_a_row(lib, x, v):
    y = x * 1
    y[1] = v
    return y * y


def assign_a_number(lib, x, v):
    y = x * v
    y[:, 0] = 2.0
    return y * y


def assign_by_mask(lib, x, v):
    y = x * v
    y[y > 0.1] = 0.5
    return y * x


def assign_by_integers(lib, x, v):
    y = x * 1
    y[lib.tensor([0, 2]), lib.tensor([1, 1])] = v[:2]
    return y * y


def add_through_a_slice(lib, x, v):
    y = x * 1
    y[1:3] += v
    return y * y


def multiply_through_a_slice(lib, x, v):
    y = x * 1
    y[1:3] *= 2
    return y * x


def write_into_a_view_seen_by_the_base(lib, x, v):
    y = x * 1
    row = y[2]
    row.mul_(v)
    return y * y


def write_into_a_view_of_a_view(lib, x, v):
    y = x * 1
    part = y[1:].t()[0]
    part.add_(v)
    return y * y * x


def write_into_the_base_seen_by_the_view(lib, x, v):
    y = x * 1
    row = y[2]
    y.mul_(3)
    return row * row + v


def write_into_a_sibling(lib, x, v):
    y = x * 1
    column, row = y[:, 0], y[1]
    row.mul_(v)
    return column * column


def write_through_reshape(lib, x, v):
    y = x * 1
    flat = y.view(-1)
    flat[3:6] = v
    return y * x


def write_through_transpose(lib, x, v):
    y = x * 1
    y.t()[1] = v.sum()
    return y * x


def in_place_arithmetic(lib, x, v):
    y = x * v
    y.add_(v).mul_(x).sub_(1.5).div_(v * v + 1)
    return y


def in_place_functions(lib, x, v):
    y = x * v
    y.exp_()
    z = y * 1
    z.neg_()
    z.tanh_()
    return z * v


def in_place_power_and_clamp(lib, x, v):
    y = x * x + 1
    y.pow_(3).clamp_(1.2, 30.0).sqrt_()
    return y


def a_square_in_place(lib, x, v):
    y = x * 1
    y.mul_(y)
    return y * v


def fill_and_zero(lib, x, v):
    y = x * v
    z = x * 1
    y.zero_()
    z[0].fill_(3.0)
    return y + z * z


def copy_into_a_constant(lib, x, v):
    buffer = lib.zeros(4, 3, dtype=x.dtype)
    buffer[1:3] = x[1:3] * v
    buffer[0].copy_(v * v)
    return buffer * buffer


def write_into_a_view_of_a_constant(lib, x, v):
    buffer = lib.zeros(5, 3, dtype=x.dtype)
    window = buffer[1:]
    window += x
    window[0] = v
    return buffer * buffer


def augmented_sum_in_a_loop(lib, x, v):
    h = lib.zeros(3, dtype=x.dtype)
    for i in range(4):
        h += x[i] * v
        h = h * 0.5
    return h * h


def masked_fill_in_place(lib, x, v):
    y = x * v
    y.masked_fill_(x > 0, -1.0)
    return y * y


def lerp_addcmul_addcdiv(lib, x, v):
    y = x * 1
    y.lerp_(v.expand(4, 3), 0.3).addcmul_(x, x, value=0.5).addcdiv_(x, v * v + 1, value=-0.2)
    return y


def write_after_use_of_what_was_not_captured(lib, x, v):
    y = x + v
    z = y + 1
    y.mul_(2)
    return z * y


BEYOND = [a_square_in_place]  # PyTorch refuses the backward: it keeps no copy of the value before the write

PROGRAMS = [f for f in list(globals().values()) if callable(f) and getattr(f, "__module__", "") == __name__]


def inputs(lib, requires_grad=True):
    random = np.random.default_rng(3)
    x, v = random.uniform(-1, 1, (4, 3)), random.uniform(0.3, 1, 3)
    return lib.tensor(x, requires_grad=requires_grad), lib.tensor(v, requires_grad=requires_grad)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_derivatives_through_writes(program):
    assert tl.autograd.gradcheck(lambda x, v: program(tl, x, v), inputs(tl))
    assert tl.autograd.gradgradcheck(lambda x, v: program(tl, x, v), inputs(tl))


@pytest.mark.parametrize("program", [f for f in PROGRAMS if f not in BEYOND], ids=lambda f: f.__name__)
def test_writes_against_torch(program):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    found = []
    for lib in (tl, torch):
        x, v = inputs(lib)
        y = program(lib, x, v)
        dx, dv = lib.autograd.grad(y.sum(), (x, v), allow_unused=True)
        found.append([None if t is None else t.detach().numpy() for t in (y, dx, dv)])
    for ours, theirs in zip(*found, strict=True):
        if theirs is None:
            assert ours is None or not ours.any()
        elif ours is None:
            assert not theirs.any()
        else:
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_writes_without_recording_give_the_same_values(program):
    x, v = inputs(tl)
    recorded = program(tl, x, v).detach().numpy()
    with tl.no_grad():
        plain = program(tl, *inputs(tl)).numpy()
    constant = program(tl, *inputs(tl, requires_grad=False)).numpy()
    np.testing.assert_array_equal(recorded, plain)
    np.testing.assert_array_equal(recorded, constant)


def test_views_share_memory():
    x = tl.arange(12.0).reshape(3, 4)
    views = [x[1], x[:, 1:3], x.t(), x.view(4, 3), x.reshape(-1), x.transpose(0, 1), x.permute(1, 0), x.detach()]
    views += [x.data, x.unsqueeze(0), x.expand(2, 3, 4), x.squeeze(), x.flatten(), x[None], x.narrow(0, 1, 2), x.mT]
    views += [*x.split(2), *x.chunk(2, 1), *x.unbind(0), x.diagonal(), x.select(0, 1), x.movedim(0, 1)]
    for view in views:
        assert np.shares_memory(view.array, x.array)
    assert not np.shares_memory(x.clone().array, x.array)
    assert not np.shares_memory(x[[0, 1]].array, x.array)
    assert not np.shares_memory(x.t().reshape(-1).array, x.array)


def test_writes_are_seen_in_numpy_and_back():
    a = np.zeros(3, np.float32)
    t = tl.from_numpy(a)
    t += 1
    assert a.tolist() == [1.0, 1.0, 1.0]
    a[0] = 5
    assert t[0].item() == 5.0


def test_a_write_cannot_grow_or_change_the_dtype():
    x = tl.zeros(3)
    with pytest.raises(RuntimeError, match="broadcast shape"):
        x.add_(tl.ones(2, 3))
    n = tl.zeros(3, dtype=tl.int64)
    with pytest.raises(RuntimeError, match="can't be cast"):
        n.add_(1.5)
    with pytest.raises(RuntimeError, match="single memory location"):
        tl.zeros(1).expand(3).add_(1)
    with pytest.raises(RuntimeError, match="shape mismatch"):
        x[:2] = tl.ones(3)
    assert x.tolist() == [0.0, 0.0, 0.0]
    assert n.tolist() == [0, 0, 0]


def test_versions_count_writes_of_the_whole_family():
    x = tl.zeros(4)
    view = x[:2]
    assert x._version == 0
    view.add_(1)
    x.mul_(2)
    assert (x._version, view._version) == (2, 2)


def test_the_clock_forgets_memory_that_is_gone():
    before = len(writes._memories)
    for _ in range(100):
        tl.zeros(3).add_(1)
    assert len(writes._memories) <= before + 1
