"""Derivatives held against finite differences, along random directions (PyTorch's pages gradcheck, gradgradcheck).

For y = f(x) and random u, v: vᵀ J u, once by the tape as (Jᵀv)·u, once as v·(f(x + εu) − f(x − εu)) / 2ε. A pullback
that is wrong anywhere is wrong along almost every direction.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..operation import result
from ..tape import Variable
from .engine import grad


class GradcheckError(RuntimeError):
    """A derivative differs from finite differences."""


def gradcheck(
    func: Callable,
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    directions: int = 3,
    seed: int = 0,
    **ignored: Any,
) -> bool:
    """Check the first derivatives of `func` at float64 inputs against central differences.

    Returns True, or raises a GradcheckError (or returns False, with raise_exception=False) that names the input, and
    both numbers. `func` may return a tensor or several.

    >>> import tinygrad_lite as tl
    >>> x = tl.randn(3, dtype=tl.float64, requires_grad=True)
    >>> tl.autograd.gradcheck(lambda x: (x * x).sum(), (x,))
    True
    """
    inputs = (inputs,) if isinstance(inputs, Variable) else tuple(inputs)
    tracked = [i for i, x in enumerate(inputs) if isinstance(x, Variable) and x.node is not None]
    if not tracked:
        raise ValueError("gradcheck: expects at least one input tensor to require gradient")
    for i in tracked:
        if inputs[i].array.dtype != np.float64:
            raise ValueError(
                f"gradcheck: input {i} is {inputs[i].array.dtype}: differences of {eps:g} drown in its rounding; "
                "use float64 inputs"
            )
    random = np.random.default_rng(seed)
    try:
        for _ in range(directions):
            _check(func, inputs, tracked, eps, atol, rtol, random)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def outputs_of(func: Callable, inputs: tuple) -> list:
    """The floating-point outputs of `func`."""
    y = func(*inputs)
    many = (y,) if isinstance(y, Variable) else tuple(y)
    return [t for t in many if isinstance(t, Variable) and t.array.dtype.kind == "f"]


def _check(func: Callable, inputs: tuple, tracked: list, eps: float, atol: float, rtol: float, random: Any) -> None:
    outputs = outputs_of(func, inputs)
    v = [random.standard_normal(y.array.shape) for y in outputs]
    live = [k for k, y in enumerate(outputs) if y.node is not None]
    if live:
        by_tape = grad(
            [outputs[k] for k in live],
            [inputs[i] for i in tracked],
            [result(v[k]) for k in live],
            allow_unused=True,
        )
    else:
        by_tape = [None] * len(tracked)
    for i, derivative in zip(tracked, by_tape, strict=True):
        x = inputs[i].array
        u = random.standard_normal(x.shape)
        analytic = 0.0 if derivative is None else float(np.vdot(derivative.array, u))
        moved = []
        for step in (eps, -eps):
            shifted = result(x + step * u)
            shifted.requires_grad_()  # type: ignore[attr-defined]
            at = outputs_of(func, (*inputs[:i], shifted, *inputs[i + 1 :]))
            moved.append(sum(float(np.vdot(w, y.array)) for w, y in zip(v, at, strict=True)))
        numeric = (moved[0] - moved[1]) / (2 * eps)
        # The projections add up many entries, so their error is judged against their size.
        scale = sum(float(np.abs(w).sum()) for w in v) * max(1.0, float(np.abs(u).max(initial=0.0)))
        if not abs(analytic - numeric) <= atol * max(1.0, scale / 10) + rtol * abs(numeric):
            name = getattr(func, "__name__", repr(func))
            raise GradcheckError(
                f"gradcheck: {name}: the derivative with respect to input {i} (shape {x.shape}) differs from finite "
                f"differences: along a random direction the tape gives {analytic:.10g}, differences give {numeric:.10g}"
            )


def gradgradcheck(
    func: Callable,
    inputs: Any,
    grad_outputs: Any = None,
    *,
    seed: int = 0,
    **options: Any,
) -> bool:
    """Check the second derivatives of `func`: gradcheck of its first ones, as functions of inputs and grad_outputs.

    >>> import tinygrad_lite as tl
    >>> x = tl.randn(3, dtype=tl.float64, requires_grad=True)
    >>> tl.autograd.gradgradcheck(lambda x: x * x * x, (x,))
    True
    """
    inputs = (inputs,) if isinstance(inputs, Variable) else tuple(inputs)
    outputs = outputs_of(func, inputs)
    if grad_outputs is None:
        random = np.random.default_rng(seed + 1)
        grad_outputs = [result(random.standard_normal(y.array.shape)) for y in outputs]
        for g in grad_outputs:
            g.requires_grad_()
    else:
        grad_outputs = [grad_outputs] if isinstance(grad_outputs, Variable) else list(grad_outputs)
    count = len(inputs)
    tracked = [i for i, x in enumerate(inputs) if isinstance(x, Variable) and x.node is not None]

    def first_derivatives(*everything):
        x, g = everything[:count], everything[count:]
        pairs = [(y, w) for y, w in zip(outputs_of(func, x), g, strict=True) if y.node is not None]
        if not pairs:
            return ()
        y, w = zip(*pairs, strict=True)
        found = grad(y, [x[i] for i in tracked], w, create_graph=True, allow_unused=True)
        return [d for d in found if d is not None and d.node is not None]

    if not first_derivatives(*inputs, *grad_outputs):
        return True
    return gradcheck(first_derivatives, (*inputs, *grad_outputs), seed=seed, **options)
