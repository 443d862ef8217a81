"""One operation at a time: on 8×8, where the tape costs more than the arithmetic, and on a million elements."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from . import operations_by_hand as by_hand
from .gradients import pulled_back
from .workload import HAND, MYGRAD, Case, Workload, numpy_like, torch_like

Shapes = tuple[tuple[int, ...], ...]


class Operation(NamedTuple):
    """A function of tensors of some shapes, in PyTorch's names and in NumPy's, and by hand."""

    name: str
    shapes: Shapes
    torch: Callable
    numpy: Callable | None = None
    hand: Callable | None = None  # makes, from inputs and the derivative of the value, (forward, both)
    without: tuple[str, ...] = ()

    def arrays(self) -> list[np.ndarray]:
        random = np.random.default_rng(0)
        return [random.standard_normal(shape).astype(np.float32) for shape in self.shapes]


def torch_case(lib: Any, compile: Any, op: Operation, back: bool) -> Case:
    inputs = [lib.tensor(a, requires_grad=True) for a in op.arrays()]
    function = compile(lambda *inputs: op.torch(lib, *inputs))
    g = lib.tensor(derivative(tuple(function(*inputs).shape)))

    def forward():
        return function(*inputs)

    def both():
        for x in inputs:
            x.grad = None
        y = function(*inputs)
        y.backward(g)
        return y

    return Case(both, lambda: [both(), *(x.grad for x in inputs)]) if back else Case(forward, lambda: [forward()])


def derivative(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(1).standard_normal(shape).astype(np.float32)


def numpy_case(name: str, xp: Any, op: Operation, shape: tuple[int, ...]) -> Case:
    assert op.numpy is not None
    return pulled_back(name, xp, op.numpy, op.arrays(), derivative(shape))


def hand_case(op: Operation, shape: tuple[int, ...], back: bool) -> Case:
    assert op.hand is not None
    forward, both = op.hand(*op.arrays(), derivative(shape))
    return Case(both, both) if back else Case(forward, lambda: [forward()])


def row(
    op: Operation, shape: tuple[int, ...], target: float, *, back: bool = True, name: str = "", compiled: bool = True
) -> Workload:
    """The workload of an operation whose value has this shape."""
    cases = torch_like(torch_case, op, back, compiled=compiled)
    if op.numpy is not None and back:  # forward alone, autograd and JAX record nothing
        cases |= numpy_like(numpy_case, op, shape, without=op.without)
    if op.hand is not None:
        cases[HAND] = lambda: hand_case(op, shape, back)
    return Workload(name or op.name, target, cases, exact=2e-4)


# --- on 8×8 ---

PAIR, ONE = ((8, 8), (8, 8)), ((8, 8),)
SMALL = [
    Operation("add", PAIR, lambda lib, a, b: a + b, lambda xp, a, b: a + b, by_hand.add),
    Operation("mul", PAIR, lambda lib, a, b: a * b, lambda xp, a, b: a * b, by_hand.mul),
    Operation("matmul", PAIR, lambda lib, a, b: a @ b, lambda xp, a, b: xp.matmul(a, b), by_hand.matmul),
    Operation("relu", ONE, lambda lib, a: lib.relu(a), lambda xp, a: xp.maximum(a, np.float32(0)), by_hand.relu),
    Operation("exp", ONE, lambda lib, a: lib.exp(a), lambda xp, a: xp.exp(a), by_hand.exp),
    Operation("sum", ONE, lambda lib, a: a.sum(), lambda xp, a: xp.sum(a), by_hand.sum),
]

# --- on a million elements ---


def numpy_softmax(xp: Any, x: Any) -> Any:
    if xp.__name__ == "mygrad":
        from mygrad.nnet.activations import softmax

        return softmax(x)
    e = xp.exp(x - xp.max(x, axis=-1, keepdims=True))
    return e / xp.sum(e, axis=-1, keepdims=True)


def numpy_layer_norm(xp: Any, x: Any, weight: Any, bias: Any) -> Any:
    x = x - xp.mean(x, axis=-1, keepdims=True)
    return x / xp.sqrt(xp.mean(x * x, axis=-1, keepdims=True) + np.float32(1e-5)) * weight + bias


def numpy_gelu(xp: Any, x: Any) -> Any:
    """NumPy has no erf; autograd and JAX bring SciPy's."""
    if xp.__name__ == "jax.numpy":
        from jax.nn import gelu

        return gelu(x, approximate=False)
    from autograd.scipy.special import erf

    return x * np.float32(0.5) * (np.float32(1) + erf(x * np.float32(0.5**0.5)))


def million(side: int) -> list[tuple[Operation, tuple[int, ...], float]]:
    square: Shapes = ((side, side),)
    vectors: Shapes = ((side, side), (side,), (side,))

    def normed(lib, x, weight, bias):
        return lib.nn.functional.layer_norm(x, (side,), weight, bias)

    def gelu(lib, x):
        return lib.nn.functional.gelu(x)

    return [
        (Operation("tanh", square, lambda lib, x: x.tanh(), lambda xp, x: xp.tanh(x), by_hand.tanh), square[0], 1.0),
        (Operation("exp", square, lambda lib, x: x.exp(), lambda xp, x: xp.exp(x), by_hand.exp), square[0], 0.8),
        (Operation("gelu", square, gelu, numpy_gelu, without=(MYGRAD,)), square[0], 0.66),
        (Operation("softmax", square, lambda lib, x: x.softmax(-1), numpy_softmax, by_hand.softmax), square[0], 1.0),
        (Operation("layer norm", vectors, normed, numpy_layer_norm, by_hand.layer_norm), square[0], 1.0),
    ]


def cross_entropy(lib: Any, compile: Any, side: int) -> Case:
    labels = lib.tensor(np.random.default_rng(1).integers(0, side, side))
    op = Operation("", ((side, side),), lambda lib, x: lib.nn.functional.cross_entropy(x, labels))
    return torch_case(lib, compile, op, True)


def numpy_cross_entropy(name: str, xp: Any, side: int) -> Case:
    from . import networks

    vectors = np.eye(side, dtype=np.float32)[np.random.default_rng(1).integers(0, side, side)]
    x = Operation("", ((side, side),), lambda lib, x: x).arrays()
    return pulled_back(name, xp, lambda xp, x: networks.cross_entropy(xp, x, vectors), x, derivative(()))


# --- products of batches ---


def product(name: str, a: tuple[int, ...], b: tuple[int, ...], target: float) -> Workload:
    op = Operation(name, (a, b), lambda lib, a, b: a @ b, lambda xp, a, b: xp.matmul(a, b), by_hand.batched)
    return row(op, (*a[:-1], b[-1]), target, compiled=False)


def scores(lib: Any, q: Any, k: Any) -> Any:
    return q @ k.transpose(-1, -2)


def numpy_scores(xp: Any, q: Any, k: Any) -> Any:
    return xp.matmul(q, xp.swapaxes(k, -1, -2))


def workloads(quick: bool) -> list[Workload]:
    rows = [product("batched matmul (64,32,32)", (64, 32, 32), (64, 32, 32), 0.85)]
    rows.append(product("batched matmul (8,256,256)", (8, 256, 256), (8, 256, 256), 1.0))
    rows.append(product("shared weight (64,32,128)@(128,128)", (64, 32, 128), (128, 128), 1.0))
    heads = Operation("scores", ((8, 12, 128, 64),) * 2, scores, numpy_scores, by_hand.scores)
    rows.append(row(heads, (8, 12, 128, 128), 1.0, name="attention scores (8,12,128,64)", compiled=False))

    for op in SMALL:
        shape = () if op.name == "sum" else (8, 8)
        rows.append(row(op, shape, 0.50, back=False, name=f"{op.name} 8×8, forward", compiled=op.name == "mul"))
        rows.append(row(op, shape, 0.13, name=f"{op.name} 8×8, with backward", compiled=op.name == "mul"))

    side = 50 if quick else 1000
    for op, shape, target in million(side):
        rows.append(row(op, shape, target, name=f"{op.name}, 10⁶ elements"))
    cases = torch_like(cross_entropy, side) | numpy_like(numpy_cross_entropy, side)
    cases[HAND] = lambda: by_hand.cross_entropy(side)
    rows.append(Workload("cross-entropy, 1000×1000 classes", 0.8, cases, exact=2e-4))
    return rows
