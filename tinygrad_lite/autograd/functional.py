"""Derivatives of functions: jacobian, hessian, and products with vectors (PyTorch's page torch.autograd.functional).

For y = f(x) with J = ∂y/∂x and, where y is a number, H = ∂²y/∂x². Everything is made of `grad`:

    vjp   vᵀJ   one backward pass
    jvp   J v   the derivative of u ↦ uᵀJ, which is linear in u, along v: two backward passes
    vhp   vᵀH   the vjp of the gradient
    hvp   H v   the jvp of the gradient
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..operation import result
from ..ops.join import stack
from ..ops.shape import reshape
from .functional_parts import (
    CONSTANT,
    INDEPENDENT,
    STRAIGHT,
    alone_or_all,
    derivatives,
    filled,
    finished,
    leaf,
    number,
    own,
    refuse_constant,
    tensors,
    vector,
    zeros_leaf,
)
from .modes import enable_grad

# --- products with vectors ---


def vjp(func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """(f(x), vᵀJ): the vector-Jacobian product, one backward pass (PyTorch's page torch.autograd.functional.vjp).

    inputs        a tensor or a tuple of tensors
    v             of the outputs' shapes; None if there is one output, of one element
    create_graph  results with a history, from which derivatives can be taken
    strict        raise a RuntimeError, instead of returning zeros, where the outputs do not depend on an input

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([1.0, 2.0])
    >>> tl.autograd.functional.vjp(lambda x: x**2, x, tl.tensor([1.0, 10.0]))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    with enable_grad():
        many_in, given = tensors(inputs, "inputs", "vjp")
        x = own(given, create_graph)
        many_out, y = tensors(func(*x), "outputs of the user-provided function", "vjp")
        refuse_constant(y, strict, "vjp", CONSTANT)
        v = vector(v, y, many_out, create_graph, "vjp", "what the user-provided function returns")
        found = derivatives(y, x, v, create_graph)
    found = filled(found, x, strict, create_graph, "vjp", INDEPENDENT)
    return alone_or_all(finished(y, create_graph), many_out), alone_or_all(finished(found, create_graph), many_in)


def along(y: tuple, x: tuple, v: tuple | None, create_graph: bool, strict: bool, name: str) -> tuple:
    """J v by two backward passes: ∂(uᵀJ)/∂u along v."""
    u = tuple(zeros_leaf(t) for t in y)
    once = derivatives(y, x, u, create_graph=True)
    refuse_constant(once, strict, name, INDEPENDENT)
    twice = derivatives(once, u, v, create_graph)
    return filled(
        twice, y, strict, create_graph, name, "entry {} of the derivative does not depend on the vector of weights"
    )


def jvp(func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """(f(x), J v): the Jacobian-vector product, two backward passes (PyTorch's page torch.autograd.functional.jvp).

    The arguments are those of `vjp`, but v has the shapes of the inputs.

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([1.0, 2.0])
    >>> tl.autograd.functional.jvp(lambda x: x.sum() * x, x, tl.tensor([1.0, 0.0]))
    (tensor([3., 6.]), tensor([4., 2.]))
    """
    with enable_grad():
        many_in, given = tensors(inputs, "inputs", "jvp")
        x = own(given, create_graph)
        v = vector(v, x, many_in, create_graph, "jvp", "the input to the user-provided function")
        many_out, y = tensors(func(*x), "outputs of the user-provided function", "jvp")
        refuse_constant(y, strict, "jvp", CONSTANT)
        found = along(y, x, v, create_graph, strict, "jvp")
    return alone_or_all(finished(y, create_graph), many_out), alone_or_all(finished(found, create_graph), many_out)


def _gradient(func: Callable, inputs: Any, v: Any, create_graph: bool, strict: bool, name: str) -> tuple:
    """What vhp and hvp begin with: inputs, v, the output, and its gradient, recorded."""
    many, given = tensors(inputs, "inputs", name)
    x = own(given, create_graph)
    v = vector(v, x, many, create_graph, name, "the input to the user-provided function")
    many_out, y = tensors(func(*x), "outputs of the user-provided function", name)
    refuse_constant(y, strict, name, CONSTANT)
    number(y, many_out, name)
    first = derivatives(y, x, create_graph=True)
    refuse_constant(first, strict, name, STRAIGHT)
    return many, x, v, y, first


def vhp(func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """(f(x), vᵀH) of a function with one number as value (PyTorch's page torch.autograd.functional.vhp).

    The arguments are those of `jvp`.

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([1.0, 2.0])
    >>> tl.autograd.functional.vhp(lambda x: (x**3).sum(), x, tl.tensor([1.0, 10.0]))
    (tensor(9.), tensor([  6., 120.]))
    """
    with enable_grad():
        many, x, v, y, first = _gradient(func, inputs, v, create_graph, strict, "vhp")
        found = derivatives(first, x, v, create_graph)
    found = filled(found, x, strict, create_graph, "vhp", STRAIGHT)
    return finished(y, create_graph)[0], alone_or_all(finished(found, create_graph), many)


def hvp(func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """(f(x), H v) of a function with one number as value (PyTorch's page torch.autograd.functional.hvp).

    H is symmetric where second derivatives are continuous: then `vhp` gives the same, and needs one pass less.

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([1.0, 2.0])
    >>> tl.autograd.functional.hvp(lambda x: (x**3).sum(), x, tl.tensor([1.0, 10.0]))
    (tensor(9.), tensor([  6., 120.]))
    """
    with enable_grad():
        many, x, v, y, first = _gradient(func, inputs, v, create_graph, strict, "hvp")
        whole = tuple(result(np.zeros_like(t.array)) if d is None else d for d, t in zip(first, x, strict=True))
        found = along(whole, x, v, create_graph, strict, "hvp")
    return finished(y, create_graph)[0], alone_or_all(finished(found, create_graph), many)


# --- whole matrices ---


def jacobian(
    func: Callable,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """J[i…, j…] = ∂yᵢ/∂xⱼ, of the shape of the output followed by that of the input (PyTorch's page jacobian).

    With several inputs a tuple, a Jacobian for each; with several outputs a tuple of these. One backward pass for each
    element of the output; with strategy="forward-mode", which needs vectorize=True, one jvp for each element of the
    input. `vectorize` changes nothing else: rows are computed one by one.

    >>> import tinygrad_lite as tl
    >>> tl.autograd.functional.jacobian(lambda x: x**2, tl.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(f'jacobian: strategy is "forward-mode" or "reverse-mode", not {strategy!r}')
    if strict and vectorize:
        raise RuntimeError("jacobian: strict=True and vectorize=True are not supported together")
    if strategy == "forward-mode":
        return _by_columns(func, inputs, create_graph, vectorize)
    with enable_grad():
        many_in, given = tensors(inputs, "inputs", "jacobian")
        x = own(given, create_graph)
        many_out, y = tensors(func(*x), "outputs of the user-provided function", "jacobian")
        refuse_constant(y, strict, "jacobian", CONSTANT)
        rows = tuple(_rows(t, x, create_graph, strict) for t in y)
    blocks = tuple(alone_or_all(finished(row, create_graph), many_in) for row in rows)
    return alone_or_all(blocks, many_out)


def _rows(y: Any, x: tuple, create_graph: bool, strict: bool) -> tuple:
    """∂y/∂x for each input x: a backward pass from each element of y."""
    flat, rows = reshape(y, (-1,)), []
    for i in range(y.array.size):
        seed = np.zeros(y.array.size, y.array.dtype)
        seed[i] = 1
        found = derivatives((flat,), x, (result(seed),), create_graph)
        rows.append(filled(found, x, strict, create_graph, "jacobian", INDEPENDENT))
    return _matrices(rows, y, x)


def _matrices(rows: list, y: Any, x: tuple) -> tuple:
    """From a list of derivatives with respect to every input to a tensor for each input."""
    return tuple(
        reshape(stack([row[k] for row in rows]), y.array.shape + t.array.shape)
        if rows
        else result(np.zeros(y.array.shape + t.array.shape, t.array.dtype))
        for k, t in enumerate(x)
    )


def _by_columns(func: Callable, inputs: Any, create_graph: bool, vectorize: bool) -> Any:
    """The Jacobian by a jvp along each unit vector."""
    if create_graph:
        raise NotImplementedError(
            'jacobian: create_graph=True and strategy="forward-mode" are not supported together: use "reverse-mode"'
        )
    if not vectorize:
        raise NotImplementedError('jacobian: strategy="forward-mode" needs vectorize=True')
    with enable_grad():
        many_in, given = tensors(inputs, "inputs", "jacobian")
        x = own(given, False)
        many_out, y = tensors(func(*x), "outputs of the user-provided function", "jacobian")
        u = tuple(zeros_leaf(t) for t in y)
        once = derivatives(y, x, u, create_graph=True)
        columns: list = []  # for each input, for each of its elements, the derivative of every output
        for d, t in zip(once, x, strict=True):
            columns.append([])
            for i in range(t.array.size):
                unit = np.zeros(t.array.size, t.array.dtype)
                unit[i] = 1
                found = derivatives((d,), u, (result(unit.reshape(t.array.shape)),))
                columns[-1].append(filled(found, y, False, False, "jacobian", INDEPENDENT))
    blocks = tuple(
        alone_or_all(
            tuple(result(_columns([c[j].array for c in columns[k]], out.array, t.array)) for k, t in enumerate(x)),
            many_in,
        )
        for j, out in enumerate(y)
    )
    return alone_or_all(blocks, many_out)


def _columns(found: list, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    if not found:
        return np.zeros(y.shape + x.shape, y.dtype)
    return np.ascontiguousarray(np.stack(found, -1).reshape(y.shape + x.shape))


def hessian(
    func: Callable,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """H[i…, j…] = ∂²y/∂xᵢ∂xⱼ of a function with one number as value (PyTorch's page hessian).

    With several inputs a tuple of tuples of such blocks. It is the Jacobian of the Jacobian.

    >>> import tinygrad_lite as tl
    >>> tl.autograd.functional.hessian(lambda x: x[0] ** 2 * x[1], tl.tensor([1.0, 2.0]))
    tensor([[4., 2.],
            [2., 0.]])
    """
    many, given = tensors(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            f'hessian: the strategy is "forward-mode" or "reverse-mode", not {outer_jacobian_strategy!r}'
        )

    def value(*x):
        many_out, y = tensors(func(*x), "outputs of the user-provided function", "hessian")
        refuse_constant(y, strict, "hessian", CONSTANT)
        number(y, many_out, "hessian")
        return reshape(y[0], ())

    def gradient(*x):
        if outer_jacobian_strategy == "forward-mode":
            x = tuple(t if t.node is not None else leaf(result(t.array)) for t in x)
        found = jacobian(value, x, create_graph=True)
        refuse_constant(found, strict, "hessian", STRAIGHT)
        return found

    found = jacobian(gradient, given, create_graph, strict, vectorize, outer_jacobian_strategy)
    return found if many else found[0][0]
