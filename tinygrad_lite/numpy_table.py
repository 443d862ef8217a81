"""NumPy's functions on tensors: one literal table from each of them to the operation that it means.

`np.tanh(x)` is `tl.tanh(x)`, recorded. A function that is not in the table runs on the bare arrays, unless a tensor
requires a gradient: then the result would lose its history, and the call is refused.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from . import ops
from .operation import OPERATIONS, result
from .tape import Variable

UNIVERSAL: dict[np.ufunc, Callable] = {
    np.add: ops.add,
    np.subtract: ops.sub,
    np.multiply: ops.mul,
    np.divide: ops.div,
    np.floor_divide: ops.floor_divide,
    np.remainder: ops.remainder,
    np.fmod: ops.fmod,
    np.power: ops.pow,
    np.float_power: ops.pow,
    np.matmul: ops.matmul,
    np.negative: ops.neg,
    np.positive: lambda x: x,
    np.absolute: ops.abs,
    np.fabs: ops.abs,
    np.sign: ops.sign,
    np.exp: ops.exp,
    np.exp2: ops.exp2,
    np.expm1: ops.expm1,
    np.log: ops.log,
    np.log2: ops.log2,
    np.log10: ops.log10,
    np.log1p: ops.log1p,
    np.sqrt: ops.sqrt,
    np.square: ops.square,
    np.reciprocal: ops.reciprocal,
    np.sin: ops.sin,
    np.cos: ops.cos,
    np.tan: ops.tan,
    np.arcsin: ops.asin,
    np.arccos: ops.acos,
    np.arctan: ops.atan,
    np.arctan2: ops.atan2,
    np.hypot: ops.hypot,
    np.sinh: ops.sinh,
    np.cosh: ops.cosh,
    np.tanh: ops.tanh,
    np.arcsinh: ops.asinh,
    np.arccosh: ops.acosh,
    np.arctanh: ops.atanh,
    np.maximum: ops.maximum,
    np.minimum: ops.minimum,
    np.logaddexp: ops.logaddexp,
    np.copysign: ops.copysign,
    np.floor: ops.floor,
    np.ceil: ops.ceil,
    np.trunc: ops.trunc,
    np.rint: ops.round,
    np.equal: ops.eq,
    np.not_equal: ops.ne,
    np.less: ops.lt,
    np.less_equal: ops.le,
    np.greater: ops.gt,
    np.greater_equal: ops.ge,
    np.logical_and: ops.logical_and,
    np.logical_or: ops.logical_or,
    np.logical_xor: ops.logical_xor,
    np.logical_not: ops.logical_not,
    np.bitwise_and: ops.bitwise_and,
    np.bitwise_or: ops.bitwise_or,
    np.bitwise_xor: ops.bitwise_xor,
    np.invert: ops.bitwise_not,
    np.isnan: ops.isnan,
    np.isinf: ops.isinf,
    np.isfinite: ops.isfinite,
}

REDUCTIONS: dict[np.ufunc, Callable] = {
    np.add: ops.sum,
    np.multiply: ops.prod,
    np.maximum: ops.amax,
    np.minimum: ops.amin,
}


def over(operation: Callable) -> Callable:
    """A reduction with NumPy's arguments: axis=None reduces everything."""

    def reduction(a, axis=None, *, keepdims=False, **rest):
        if rest:
            raise TypeError(f"{operation.__name__}: the arguments {', '.join(rest)} are not supported on tensors")
        if axis is None and not keepdims:
            return operation(a)
        return operation(a, tuple(range(a.array.ndim)) if axis is None else axis, keepdims)

    return reduction


def spread(operation: Callable) -> Callable:
    """var and std with NumPy's ddof, which defaults to 0 where PyTorch's correction defaults to 1."""

    def reduction(a, axis=None, *, ddof=0, keepdims=False):
        return operation(a, axis, correction=ddof, keepdim=keepdims)

    return reduction


def along(operation: Callable) -> Callable:
    """A scan or a sort along one axis; axis=None flattens first."""

    def scan(a, axis=None, **rest):
        return operation(ops.flatten(a), 0, **rest) if axis is None else operation(a, axis, **rest)

    return scan


FUNCTIONS: dict[Callable, Callable] = {
    np.sum: over(ops.sum),
    np.mean: over(ops.mean),
    np.prod: over(ops.prod),
    np.max: over(ops.amax),
    np.amax: over(ops.amax),
    np.min: over(ops.amin),
    np.amin: over(ops.amin),
    np.all: over(ops.all),
    np.any: over(ops.any),
    np.var: spread(ops.var),
    np.std: spread(ops.std),
    np.cumsum: along(ops.cumsum),
    np.argmax: lambda a, axis=None, *, keepdims=False: ops.argmax(a, axis, keepdims),
    np.argmin: lambda a, axis=None, *, keepdims=False: ops.argmin(a, axis, keepdims),
    np.where: lambda condition, *choices: ops.where(condition, *choices),
    np.clip: lambda a, a_min=None, a_max=None, *, min=None, max=None: ops.clamp(
        a, min if a_min is None else a_min, max if a_max is None else a_max
    ),
    np.round: lambda a, decimals=0: ops.round(a, decimals=decimals),
    np.dot: lambda a, b: ops.matmul(a, b),
    np.outer: ops.outer,
    np.einsum: lambda subscripts, *operands, **options: ops.einsum(subscripts, *operands),
    np.tensordot: lambda a, b, axes=2: ops.tensordot(a, b, axes),
    np.reshape: lambda a, shape, **options: ops.reshape(a, shape),
    np.ravel: lambda a, order="C": ops.flatten(a),
    np.transpose: lambda a, axes=None: ops.permute(a, tuple(reversed(range(a.array.ndim))) if axes is None else axes),
    np.swapaxes: ops.transpose,
    np.moveaxis: ops.movedim,
    np.squeeze: lambda a, axis=None: ops.squeeze(a) if axis is None else ops.squeeze(a, axis),
    np.expand_dims: ops.unsqueeze,
    np.broadcast_to: lambda array, shape, **options: ops.expand(array, shape),
    np.concatenate: lambda arrays, axis=0: ops.cat(arrays, axis),
    np.stack: lambda arrays, axis=0: ops.stack(arrays, axis),
    np.hstack: ops.hstack,
    np.vstack: ops.vstack,
    np.flip: lambda m, axis=None: ops.flip(m, tuple(range(m.array.ndim)) if axis is None else axis),
    np.roll: lambda a, shift, axis=None: ops.roll(a, shift, axis),
    np.tile: lambda a, reps: ops.tile(a, (reps,) if isinstance(reps, int) else reps),
    np.trace: lambda a: ops.trace(a),
    np.diag: lambda v, k=0: ops.diag(v, k),
    np.tril: lambda m, k=0: ops.tril(m, k),
    np.triu: lambda m, k=0: ops.triu(m, k),
    np.take_along_axis: lambda arr, indices, axis: ops.gather(arr, axis, indices),
    np.copy: lambda a, **options: ops.clone(a),
}

# These tell about an array and pass nothing on: they run on the bare array even of a tensor that requires a gradient.
TELLING = {np.shape, np.ndim, np.size, np.array_equal, np.allclose, np.isclose, np.zeros_like, np.ones_like}
TELLING |= {np.empty_like, np.full_like, np.argsort, np.searchsorted, np.count_nonzero, np.nonzero, np.result_type}
TELLING |= {np.may_share_memory, np.shares_memory, np.array_repr, np.array_str, np.can_cast, np.array_equiv}


def universal(ufunc: np.ufunc, method: str, inputs: tuple, kwargs: dict) -> Any:
    """What a universal function does with tensors among its inputs."""
    out = kwargs.pop("out", None)
    where = kwargs.get("where", True)
    operation = {"__call__": UNIVERSAL, "reduce": REDUCTIONS}.get(method, {}).get(ufunc)
    if operation is not None and out is None and where is True:
        if method == "reduce":
            return over(operation)(inputs[0], kwargs.get("axis", 0), keepdims=kwargs.get("keepdims", False))
        if not kwargs:
            return operation(*inputs)
    name = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    if out is not None:
        kwargs["out"] = tuple(o.array if isinstance(o, Variable) else o for o in out)
        refuse(name + "(out=…)", ufunc.__name__, (*inputs, *out))
    else:
        refuse(name, ufunc.__name__, inputs)
    return wrapped(getattr(ufunc, method)(*bare(inputs), **kwargs))


def function(call: Callable, args: tuple, kwargs: dict) -> Any:
    """What another function of NumPy does with tensors among its arguments."""
    operation = FUNCTIONS.get(call)
    if operation is not None and kwargs.get("out") is None:
        return operation(*args, **{key: value for key, value in kwargs.items() if key != "out"})
    if call not in TELLING:
        refuse(f"np.{call.__name__}", call.__name__, (*args, *kwargs.values()))
    return wrapped(call(*bare(args), **dict(zip(kwargs, bare(kwargs.values()), strict=True))))


def bare(values: Any) -> list:
    """The arrays of tensors, also inside lists and tuples."""
    return [v.array if isinstance(v, Variable) else type(v)(bare(v)) if type(v) in (list, tuple) else v for v in values]


def wrapped(value: Any) -> Any:
    """Arrays as tensors again; a bool, an int or a tuple of arrays as they come."""
    if isinstance(value, tuple):
        return tuple(map(wrapped, value))
    return result(value) if isinstance(value, (np.ndarray, np.floating)) else value


def refuse(name: str, word: str, values: tuple) -> None:
    """Raise if a tensor among the values requires a gradient: the function is not on the tape."""
    flat = [v for value in values for v in (value if isinstance(value, (list, tuple)) else (value,))]
    if any(isinstance(v, Variable) and v.node is not None for v in flat):
        from difflib import get_close_matches

        near = get_close_matches(word, OPERATIONS, 1, 0.7)
        hint = f"tl.{near[0]} is the nearest operation that is" if near else "compose it of operations that are"
        raise TypeError(
            f"{name} is not on the tape: its result would lose the gradient. {hint}; or call it on x.detach() where no "
            "derivative is wanted"
        )
