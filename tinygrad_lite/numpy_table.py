"""NumPy's functions on tensors: one literal table from each of them to the operation that it means.

`np.tanh(x)` is `tl.tanh(x)`, recorded. A function that is not in the table runs on the bare arrays, unless a tensor
requires a gradient: then the result would lose its history, and the call is refused.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from . import ops
from .dtypes import TYPES
from .numpy_functions import FUNCTIONS, over
from .operation import OPERATIONS, result
from .tape import Variable
from .writes import mark

UNIVERSAL: dict[np.ufunc, Callable] = {
    np.add: ops.add,
    np.subtract: ops.sub,
    np.multiply: ops.mul,
    np.divide: ops.div,
    np.floor_divide: ops.floor_divide,
    np.remainder: ops.remainder,
    np.fmod: ops.fmod,
    np.power: ops.pow,
    np.float_power: ops.float_power,
    np.matmul: ops.matmul,
    np.vecdot: lambda a, b: ops.sum(ops.mul(a, b), -1),
    np.negative: ops.neg,
    np.positive: lambda x: x,
    np.absolute: ops.abs,
    np.fabs: ops.abs,
    np.sign: ops.sign,
    np.signbit: ops.signbit,
    np.fmax: ops.fmax,
    np.fmin: ops.fmin,
    np.gcd: ops.gcd,
    np.lcm: ops.lcm,
    np.heaviside: ops.heaviside,
    np.ldexp: ops.ldexp,
    np.nextafter: ops.nextafter,
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
    np.deg2rad: ops.deg2rad,
    np.radians: ops.deg2rad,
    np.rad2deg: ops.rad2deg,
    np.degrees: ops.rad2deg,
    np.sinh: ops.sinh,
    np.cosh: ops.cosh,
    np.tanh: ops.tanh,
    np.arcsinh: ops.asinh,
    np.arccosh: ops.acosh,
    np.arctanh: ops.atanh,
    np.maximum: ops.maximum,
    np.minimum: ops.minimum,
    np.logaddexp: ops.logaddexp,
    np.logaddexp2: ops.logaddexp2,
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
    np.left_shift: ops.bitwise_left_shift,
    np.right_shift: ops.bitwise_right_shift,
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
    if out is None:
        refuse(name, ufunc.__name__, inputs)
        return wrapped(getattr(ufunc, method)(*bare(inputs), **kwargs))
    refuse(name + "(out=…)", ufunc.__name__, (*inputs, *out))
    getattr(ufunc, method)(*bare(inputs), out=tuple(bare(out)), **kwargs)
    for written in out:
        if isinstance(written, Variable):
            mark(written.array, name)
    return out[0] if len(out) == 1 else out  # what was written: array += tensor stays an array


def function(call: Callable, args: tuple, kwargs: dict) -> Any:
    """What another function of NumPy does with tensors among its arguments."""
    operation = FUNCTIONS.get(call)
    if operation is not None and kwargs.get("out") is None:
        return operation(*args, **{key: value for key, value in kwargs.items() if key != "out"})
    if call not in TELLING:
        name = f"{call.__module__}.{call.__name__}".replace("numpy", "np", 1)
        refuse(name, call.__name__, (*args, *kwargs.values()))
    return wrapped(call(*bare(args), **dict(zip(kwargs, bare(kwargs.values()), strict=True))))


def bare(values: Any) -> list:
    """The arrays of tensors, also inside lists and tuples."""
    return [v.array if isinstance(v, Variable) else type(v)(bare(v)) if type(v) in (list, tuple) else v for v in values]


def wrapped(value: Any) -> Any:
    """Arrays as tensors again; a bool, an int, or an array of a type that tensors do not have, as they come."""
    if isinstance(value, (tuple, list)):
        parts = map(wrapped, value)
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return result(value) if isinstance(value, (np.ndarray, np.floating)) and value.dtype in TYPES else value


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
