"""Long tapes of tiny operations, and optimizer steps: the price of a node, and of a parameter."""

from typing import Any

import numpy as np

from .gradients import slopes
from .networks_by_hand import Vector
from .workload import HAND, JAX, MYGRAD, Case, Workload, numpy_like, torch_like


def chain(lib: Any, compile: Any, n: int) -> Case:
    """y ← 0.999 y + 0.01, and so on: n operations."""
    x = lib.tensor(0.5, requires_grad=True)

    def run():
        x.grad, y = None, x
        for _ in range(n // 2):
            y = y * 0.999 + 0.01
        y.backward()
        return y, x.grad

    return Case(run, run)


def reused(lib: Any, compile: Any, n: int) -> Case:
    """y ← y + x: one tensor used n times."""
    x = lib.tensor(0.5, requires_grad=True)

    def run():
        x.grad, y = None, x
        for _ in range(n):
            y = y + x
        y.backward()
        return y, x.grad

    return Case(run, run)


def numpy_chain(name: str, xp: Any, n: int) -> Case:
    def loss(leaves):
        (y,) = leaves
        for _ in range(n // 2):
            y = y * np.float32(0.999) + np.float32(0.01)
        return y

    return flattened(slopes(name, loss))


def numpy_reused(name: str, xp: Any, n: int) -> Case:
    def loss(leaves):
        (x,) = leaves
        y = x
        for _ in range(n):
            y = y + x
        return y

    return flattened(slopes(name, loss))


def flattened(both: Any) -> Case:
    start = [np.array(0.5, np.float32)]

    def run():
        value, (d,) = both(start)
        return value, d

    return Case(run, run)


def parameters_of(shapes: list[tuple[int, ...]]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    random = np.random.default_rng(0)
    return tuple([random.standard_normal(s).astype(np.float32) for s in shapes] for _ in range(2))  # type: ignore


def adam(lib: Any, compile: Any, shapes: list[tuple[int, ...]], fused: bool) -> Case:
    start, grads = parameters_of(shapes)
    parameters = [lib.tensor(a, requires_grad=True) for a in start]
    for p, g in zip(parameters, grads, strict=True):
        p.grad = lib.tensor(g)
    optimizer = lib.optim.Adam(parameters, lr=1e-3, fused=fused or None)
    return Case(optimizer.step, lambda: (optimizer.step(), parameters)[1])


def adam_by_hand(shapes: list[tuple[int, ...]]) -> Case:
    start, grads = parameters_of(shapes)
    vector = Vector(start)
    for piece, g in zip(vector.grads, grads, strict=True):
        piece[...] = g

    def results():
        vector.adam(1e-3)
        return vector.parameters

    return Case(lambda: vector.adam(1e-3), results)


def workloads(quick: bool) -> list[Workload]:
    short, long = (200, 400) if quick else (10**5, 10**6)
    rows = []
    # JAX would compile every operation of the loop, and MyGrad's walk along the tape is recursive
    cases = torch_like(chain, short, compiled=False) | numpy_like(numpy_chain, short, without=[JAX, MYGRAD])
    rows.append(Workload("chain of 10⁵ scalar operations", 0.30, cases, exact=1e-3))
    cases = torch_like(chain, long, compiled=False)
    rows.append(Workload("chain of 10⁶ scalar operations", 0.55, cases, exact=1e-3))
    cases = torch_like(reused, short, compiled=False) | numpy_like(numpy_reused, short, without=[JAX, MYGRAD])
    rows.append(Workload("one tensor used 10⁵ times", 0.30, cases, exact=1e-2))

    large = (1000,) if quick else (10**6,)
    tiny = [(25, 2), (25,), (25, 25), (25,), (25, 25), (25,), (2, 25), (2,)]
    for name, shapes, fused, target in (
        ("Adam step, 8 tiny parameters", tiny, False, 0.03),
        ("Adam step, 8 tiny parameters, PyTorch's fused", tiny, True, None),
        ("Adam step, 100 parameters of 100×100", [(100, 100)] * 100, False, 0.45),
        ("Adam step, one parameter of 10⁶", [large], False, 0.70),
        ("Adam step, one parameter of 10⁶, PyTorch's fused", [large], True, None),
    ):
        cases = torch_like(adam, shapes, fused, compiled=False) | {HAND: lambda shapes=shapes: adam_by_hand(shapes)}
        rows.append(Workload(name, target, cases, exact=1e-3))
    return rows
