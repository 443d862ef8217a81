"""Threads and tasks: each records by its own switch, and all may work on the same tape and the same leaves."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import tinygrad_lite as tl

F = tl.nn.functional


def together(*jobs):
    """Run the jobs in a thread each, starting at the same moment; returns their results, or raises their error."""
    start = threading.Barrier(len(jobs))

    def run(job):
        start.wait(timeout=30)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, job) for job in jobs]]


@pytest.fixture(autouse=True)
def _switch_often():
    """Let Python change threads as often as it can."""
    import sys

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def model(seed):
    generator = np.random.default_rng(seed)
    net = tl.nn.Sequential(tl.nn.Linear(3, 8), tl.nn.Tanh(), tl.nn.Linear(8, 2))
    with tl.no_grad():
        for p in net.parameters():
            p.copy_(tl.tensor(generator.standard_normal(p.shape) * 0.5))
    x = tl.tensor(generator.standard_normal((16, 3)).astype(np.float32))
    y = tl.tensor(generator.integers(0, 2, 16))
    return net, x, y


def train(seed):
    """The weights after some steps."""
    net, x, y = model(seed)
    optimizer = tl.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(40):
        optimizer.zero_grad()
        F.cross_entropy(net(x), y).backward()
        optimizer.step()
    return [p.detach().numpy().copy() for p in net.parameters()]


def test_two_threads_train_two_models():
    alone = [train(0), train(1)]
    side_by_side = together(lambda: train(0), lambda: train(1))
    for expected, found in zip(alone, side_by_side, strict=True):
        for a, b in zip(expected, found, strict=True):
            np.testing.assert_array_equal(a, b)


def test_one_model_forward_and_backward_from_two_threads():
    """Two halves of a batch, accumulated into the same leaves, give the derivative of the whole."""
    net, x, y = model(2)
    F.cross_entropy(net(x), y, reduction="sum").backward()
    whole = [p.grad.numpy().copy() for p in net.parameters()]
    net.zero_grad()

    def half(part):
        for _ in range(20):
            F.cross_entropy(net(x[part]), y[part], reduction="sum").backward()

    together(lambda: half(slice(0, 8)), lambda: half(slice(8, 16)))
    for expected, p in zip(whole, net.parameters(), strict=True):
        np.testing.assert_allclose(p.grad.numpy(), 20 * expected, rtol=1e-4, atol=1e-4)


def test_many_threads_add_to_one_leaf():
    w = tl.zeros(50, dtype=tl.float64, requires_grad=True)

    def work():
        for _ in range(200):
            (w * 1).sum().backward()

    together(*[work] * 4)
    np.testing.assert_array_equal(w.grad.numpy(), np.full(50, 800.0))


def test_one_retained_tape_is_used_by_two_threads():
    x = tl.tensor([0.5, 1.5], dtype=tl.float64, requires_grad=True)

    class Square(tl.autograd.Function):
        @staticmethod
        def forward(ctx, x, other):
            ctx.save_for_backward(x)
            return x * x, x * 3

        @staticmethod
        def backward(ctx, g, h):
            return g * 2 * ctx.saved_tensors[0] + 3 * h, None

    s, t = Square.apply(x, x * 1)
    y = (s * t.tanh()).sum()
    (expected,) = tl.autograd.grad(y, x, retain_graph=True)

    def work():
        return [tl.autograd.grad(y, x, retain_graph=True)[0].numpy() for _ in range(50)]

    for found in together(work, work, work):
        for d in found:
            np.testing.assert_array_equal(d, expected.numpy())


def test_each_thread_has_its_own_switch():
    seen = {}
    x = tl.ones(2, requires_grad=True)
    inside = threading.Barrier(2)

    def off():
        with tl.no_grad():
            inside.wait(timeout=30)
            seen["off"] = (x * 2).requires_grad
            inside.wait(timeout=30)

    def on():
        inside.wait(timeout=30)
        seen["on"] = (x * 2).requires_grad
        inside.wait(timeout=30)

    together(off, on)
    assert seen == {"off": False, "on": True}
    with tl.no_grad():  # a new thread records, whatever its parent does, as in PyTorch
        assert together(lambda: (x * 2).requires_grad) == [True]
    with tl.autograd.set_detect_anomaly(True):
        assert together(tl.autograd.is_anomaly_enabled) == [False]


def test_births_are_unique():
    """Nodes of all threads have one clock: a tape whose parts were recorded in several threads is in order."""
    x = tl.ones(1, requires_grad=True)

    def record():
        y = x
        for _ in range(300):
            y = y * 1.0
        return y

    parts = together(*[record] * 4)
    births = []
    for part in parts:
        node = part.grad_fn
        while node.birth:
            births.append(node.birth)
            node = node.parents[0]
    assert len(set(births)) == 4 * 300
    sum(parts).backward()
    assert x.grad.item() == 4


def test_an_error_in_one_thread_leaves_the_others_alone():
    x = tl.ones(3, requires_grad=True)

    def fail():
        y = x * 2
        y.register_hook(lambda g: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            y.sum().backward()
        return tl.is_grad_enabled()

    def succeed():
        return tl.autograd.grad((x * x).sum(), x)[0].tolist()

    assert together(fail, succeed) == [True, [2, 2, 2]]


def test_tasks_have_their_own_switches():
    x = tl.ones(2, requires_grad=True)

    async def task(context, delay):
        found = []
        with context():
            for _ in range(3):
                await asyncio.sleep(delay)
                found.append((x * 2).requires_grad)
        return found, tl.is_grad_enabled()

    async def main():
        with tl.no_grad():
            return await asyncio.gather(
                task(tl.no_grad, 0), task(tl.enable_grad, 0), task(lambda: tl.inference_mode(True), 0)
            )

    assert asyncio.run(main()) == [([False] * 3, False), ([True] * 3, False), ([False] * 3, False)]
    assert tl.is_grad_enabled()


def test_tasks_share_a_model():
    net, x, y = model(3)

    async def step(part):
        loss = F.cross_entropy(net(x[part]), y[part], reduction="sum")
        await asyncio.sleep(0)
        loss.backward()

    async def main():
        await asyncio.gather(*(step(slice(i, i + 4)) for i in range(0, 16, 4)))

    asyncio.run(main())
    found = [p.grad.numpy().copy() for p in net.parameters()]
    net.zero_grad()
    F.cross_entropy(net(x), y, reduction="sum").backward()
    for d, p in zip(found, net.parameters(), strict=True):
        np.testing.assert_allclose(d, p.grad.numpy(), rtol=1e-4, atol=1e-5)


def test_generators_do_not_leak_their_switch():
    @tl.no_grad()
    def values():
        for _ in range(2):
            yield tl.is_grad_enabled()

    running = values()
    assert next(running) is False
    assert tl.is_grad_enabled()
    assert next(running) is False
