"""Parameters that lie end to end, without anybody noticing; whatever happens between two steps."""

import gc

import numpy as np
import pytest

import tinygrad_lite as tl

OPTIMIZERS = ["SGD", "Adam", "AdamW", "NAdam", "RAdam", "Adamax", "Adadelta", "Adagrad", "RMSprop", "Rprop", "ASGD"]


def parameters(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [tl.tensor(rng.standard_normal(s).astype("float32"), requires_grad=True) for s in shapes]


def give(params, seed=0):
    """Set gradients, and return them as arrays."""
    rng = np.random.default_rng(seed)
    grads = [rng.standard_normal(p.shape).astype("float32") for p in params]
    for p, g in zip(params, grads, strict=True):
        p.grad = tl.tensor(g)
    return grads


def run(optimizer, params, steps=3, seed=0):
    for t in range(steps):
        give(params, seed + t)
        optimizer.step()


def values(params):
    return [p.detach().numpy().copy() for p in params]


def same(params, others):
    for p, q in zip(params, others, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=1e-6, atol=1e-7)


def flat(params):
    """Whether the parameters' arrays are views of one array."""
    return params[0].array.base is not None and len({id(p.array.base) for p in params}) == 1


def test_small_parameters_become_one_vector():
    params = parameters((3, 2), (2,), (), (0,))
    run(tl.optim.SGD(params, lr=0.1), params)
    assert flat(params)


def test_a_layout_stays():
    """Nothing moves at a later step, and views of a parameter stay views of it."""
    params = parameters((3, 2), (2,))
    optimizer = tl.optim.Adam(params)
    run(optimizer, params, 1)
    arrays = [p.array for p in params]
    row = params[0].detach()[1]
    run(optimizer, params, 3)
    assert all(p.array is a for p, a in zip(params, arrays, strict=True))
    assert row.tolist() == params[0][1].tolist()


def test_a_second_optimizer_takes_the_vector_as_it_lies():
    params = parameters((3, 2), (2,))
    run(tl.optim.Adam(params), params)
    arrays = [p.array for p in params]
    second = tl.optim.Adam(params)
    run(second, params)
    assert all(p.array is a for p, a in zip(params, arrays, strict=True))
    assert len(second._layouts[id(second.param_groups[0])].bundles) == 1


@pytest.mark.parametrize("hold", ["array", "view", "data", "tensor view", "parameter"])
def test_what_others_hold_is_stepped_where_it_lies(hold):
    params = parameters((3, 2), (2,), (4,))
    held = {
        "array": lambda p: p.array,
        "view": lambda p: p.array[1:],
        "data": lambda p: p.data,
        "tensor view": lambda p: p.detach().view(-1),
        "parameter": lambda p: tl.Parameter(p.data),
    }[hold](params[0])
    before = np.array(held.detach().numpy() if isinstance(held, tl.Tensor) else held)
    optimizer = tl.optim.SGD(params, lr=1.0)
    grads = give(params)
    expected = [p.detach().numpy() - g for p, g in zip(params, grads, strict=True)]
    optimizer.step()
    for p, e in zip(params, expected, strict=True):
        np.testing.assert_array_equal(p.detach().numpy(), e)
    now = held.detach().numpy() if isinstance(held, tl.Tensor) else held
    assert np.shares_memory(now, params[0].array)
    assert not np.array_equal(now, before)


def test_parameters_on_one_memory():
    whole = tl.zeros(6)
    params = [whole[:2].detach().requires_grad_(), whole[2:].detach().requires_grad_()]
    optimizer = tl.optim.SGD(params, lr=1.0)
    for p in params:
        p.grad = tl.ones(p.shape)
    optimizer.step()
    assert whole.tolist() == [-1.0] * 6


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_any_change_of_memory(name):
    """Replaced arrays, other dtypes, transposed memory: the same as a fresh run on plain parameters."""
    params, plain = parameters((3, 2), (2,), (4, 4)), parameters((3, 2), (2,), (4, 4))
    optimizer = getattr(tl.optim, name)(params, lr=0.1)
    other = getattr(tl.optim, name)([{"params": [p]} for p in plain], lr=0.1)
    for t in range(8):
        give(params, t)
        give(plain, t)
        optimizer.step()
        other.step()
        if t == 1:
            params[0].data = params[0].data.clone()
        if t == 3:
            params[2].data = params[2].data.T.clone().T
        if t == 5:
            vector = tl.cat([p.data.reshape(-1) for p in params])
            start = 0
            for p in params:
                p.data = vector[start : start + p.numel()].reshape(p.shape)
                start += p.numel()
    same(params, plain)
    assert np.shares_memory(vector.numpy(), params[2].array)


def test_double_after_construction():
    params = parameters((3,), (2, 2))
    optimizer = tl.optim.Adam(params, lr=0.1)
    run(optimizer, params, 2)
    for p in params:
        p.grad = None
        p.data = p.data.double()
        p.grad = tl.ones(p.shape, dtype=tl.float64)
    optimizer.step()
    assert params[0].dtype == optimizer.state[params[0]]["exp_avg"].dtype == tl.float64


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_missing_gradients(name):
    """A parameter without a gradient stands still, with its state; the others go on."""
    params, alone = parameters((3,), (2, 2), (4,)), parameters((3,), (2, 2), (4,))
    optimizer = getattr(tl.optim, name)(params, lr=0.1)
    others = [getattr(tl.optim, name)([p], lr=0.1) for p in alone]
    for t in range(9):
        give(params, t)
        give(alone, t)
        for i, p in enumerate(params):
            if (t + i) % 3 == 0 and t > 1:
                p.grad = alone[i].grad = None
        optimizer.step()
        for other in others:
            other.step()
    same(params, alone)


def test_frozen_then_trained_again_goes_on_as_one_vector():
    params = parameters((3,), (2, 2), (4,))
    optimizer = tl.optim.SGD(params, lr=0.1, momentum=0.9)
    run(optimizer, params, 2)
    params[1].requires_grad_(False)
    optimizer.zero_grad()
    still = values(params[1:2])
    (params[0].sum() + params[1].sum() + params[2].sum()).backward()
    optimizer.step()
    np.testing.assert_array_equal(values(params[1:2])[0], still[0])
    params[1].requires_grad_()
    run(optimizer, params, 1)
    assert len(optimizer._layouts[id(optimizer.param_groups[0])].bundles) == 1


def test_parameters_added_later():
    params, plain = parameters((3,), (2, 2)), parameters((3,), (2, 2))
    optimizer, other = tl.optim.Adam(params[:1], lr=0.1), tl.optim.Adam(plain[:1], lr=0.1)
    run(optimizer, params[:1], 2)
    run(other, plain[:1], 2)
    optimizer.param_groups[0]["params"].append(params[1])  # into a group: as some programs do
    other.add_param_group({"params": plain[1], "lr": 0.1})
    run(optimizer, params, 3)
    run(other, plain, 3)
    same(params, plain)


def test_a_parameter_may_be_exchanged():
    params = parameters((3,), (2, 2))
    optimizer = tl.optim.SGD(params, lr=1.0)
    run(optimizer, params, 1)
    old, new = params[0], tl.zeros(3, requires_grad=True)
    optimizer.param_groups[0]["params"][0] = new
    before = old.tolist()
    new.grad = tl.ones(3)
    optimizer.step()
    assert new.tolist() == [-1.0, -1.0, -1.0]
    assert old.tolist() == before


@pytest.mark.parametrize("seen", [False, True])
def test_a_parameter_may_go_to_another_group(seen):
    params, plain = parameters((3,), (2, 2), (4,)), parameters((3,), (2, 2), (4,))
    optimizer = tl.optim.Adam([{"params": params[:1]}, {"params": params[1:]}], lr=0.1)
    other = tl.optim.Adam(plain, lr=0.1)
    run(optimizer, params, 3)
    run(other, plain, 3)
    if seen:
        assert optimizer.state[params[1]]["step"].item() == 3
    moved = optimizer.param_groups[1]["params"].pop(0)
    optimizer.param_groups[0]["params"].append(moved)
    run(optimizer, params, 3)
    run(other, plain, 3)
    same(params, plain)


@pytest.mark.parametrize("name", ["SGD", "AdamW"])
def test_dtypes_side_by_side(name):
    params, plain = parameters((3,), (2, 2), (4,), (5,)), parameters((3,), (2, 2), (4,), (5,))
    for ps in (params, plain):
        ps[1].data, ps[3].data = ps[1].data.double(), ps[3].data.half()
    optimizer = getattr(tl.optim, name)(params, lr=0.1)
    others = [getattr(tl.optim, name)([p], lr=0.1) for p in plain]
    for t in range(5):
        for ps in (params, plain):
            rng = np.random.default_rng(t)
            for p in ps:
                p.grad = tl.tensor(rng.standard_normal(p.shape).astype(p.dtype))
        optimizer.step()
        for other in others:
            other.step()
    same(params, plain)
    assert [p.dtype for p in params] == [tl.float32, tl.float64, tl.float32, tl.float16]
    assert np.shares_memory(params[0].array.base, params[2].array)


def test_rate_and_options_are_read_at_every_step():
    w = tl.zeros(1, requires_grad=True)
    optimizer = tl.optim.SGD([w], lr=1.0)
    w.grad = tl.ones(1)
    optimizer.step()
    optimizer.param_groups[0]["lr"] = 0.5
    optimizer.step()
    optimizer.param_groups[0]["momentum"] = 0.5  # from now on with a buffer, which begins with the gradient
    optimizer.step()
    optimizer.step()
    assert w.item() == -1 - 0.5 - 0.5 - 0.75
    optimizer.param_groups[0]["lr"] = np.float64(0.0)
    optimizer.step()
    assert w.item() == -1 - 0.5 - 0.5 - 0.75
    assert w.dtype == tl.float32


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_rate_zero_and_rate_as_a_tensor(name):
    params = parameters((3,), (2,))
    still = values(params)
    run(getattr(tl.optim, name)(params, lr=0.0, **({"lambd": 0.0} if name == "ASGD" else {})), params)
    if name != "Rprop":  # its steps have a smallest size
        for p, before in zip(params, still, strict=True):
            np.testing.assert_array_equal(p.detach().numpy(), before)
    params, plain = parameters((3,), (2,)), parameters((3,), (2,))
    run(getattr(tl.optim, name)(params, lr=tl.tensor(0.125)), params)
    run(getattr(tl.optim, name)(plain, lr=0.125), plain)
    same(params, plain)


def test_writes_are_noted():
    w, x = tl.tensor([2.0], requires_grad=True), tl.tensor([3.0], requires_grad=True)
    loss = (w * x).sum()
    w.grad = tl.ones(1)
    tl.optim.SGD([w], lr=0.1).step()
    with pytest.raises(RuntimeError, match=r"SGD\.step"):
        loss.backward()


def test_memory_is_flat():
    w = parameters((20, 20), (20,))
    optimizer = tl.optim.Adam(w)
    run(optimizer, w, 5)
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        run(optimizer, w, 50)
        assert len(gc.get_objects()) <= before + 20
    finally:
        gc.enable()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_no_denormal_numbers(dtype):
    """A unit that gets no gradient any more: its averages fade to 0, and do not stop just above."""
    w = tl.ones(3, dtype=getattr(tl, dtype), requires_grad=True)
    optimizer = tl.optim.Adam([w], betas=(0.5, 0.5))
    w.grad = tl.ones(3, dtype=w.dtype)
    optimizer.step()
    w.grad = tl.zeros(3, dtype=w.dtype)
    for _ in range(256 if dtype == "float32" else 1280):
        optimizer.step()
    for name in ("exp_avg", "exp_avg_sq"):
        assert optimizer.state[w][name].tolist() == [0.0, 0.0, 0.0]
