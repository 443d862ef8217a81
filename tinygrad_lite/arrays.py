"""Data of Python and NumPy as an array of one of the library's dtypes, by PyTorch's rules."""

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from . import dtypes
from .arguments import refuse_out
from .sizes import Size, as_device, strided
from .tape import Variable

NUMBERS, INT = {float, int, bool}, {int}
PLACES = {"layout", "pin_memory", "memory_format", "out", "non_blocking"}


def check_place(name: str, device: Any, place: dict) -> None:
    """Take what says where and how a tensor lies in memory, if it says: on the CPU, strided, not pinned."""
    as_device(device)
    for key, value in place.items():
        if key not in PLACES:
            raise TypeError(f"{name}() got an unexpected keyword argument {key!r}")
        if key == "out" and value is not None:
            refuse_out(name)
        if key == "layout" and value not in (None, strided):
            raise NotImplementedError(f"{name}: layout={value} is not supported: all tensors are torch.strided")
        if key == "pin_memory" and value:
            raise RuntimeError(f"{name}: pin_memory=True requires a GPU; leave it out, tensors are on the CPU")


def sizes(size: tuple, name: str) -> tuple[int, ...]:
    """The shape meant by zeros(2, 3), zeros((2, 3)) or zeros(size)."""
    if len(size) == 1 and isinstance(size[0], (list, tuple)):
        size = tuple(size[0])
    if set(map(type, size)) <= INT and min(size, default=0) >= 0:
        return size
    for n in size:
        if isinstance(n, (float, bool)) or not hasattr(n, "__index__") or getattr(n, "size", 1) == 0:
            raise TypeError(f"{name}(): argument 'size' must be ints, or a tuple of ints, got {type(n).__name__}: {n}")
    shape = tuple([n.__index__() for n in size])
    if any(n < 0 for n in shape):
        raise RuntimeError(f"{name}: trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
    return shape


def of(dtype: Any, otherwise: np.dtype | None = None) -> np.dtype:
    """The dtype asked for, or the default."""
    return (otherwise or dtypes.get_default_dtype()) if dtype is None else dtypes.as_dtype(dtype)


def number(value: Any, name: str) -> Any:
    """A Python number from one, from a NumPy scalar, or from a tensor without dimensions."""
    if isinstance(value, Variable):
        if value.array.ndim:
            raise TypeError(
                f"{name}: a number, or a tensor without dimensions, is expected, not one of shape {value.array.shape}"
            )
        return value.array.item()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, complex):
        raise TypeError(f"{name}: {value} is complex: {dtypes.NO_COMPLEX}")
    if not isinstance(value, (int, float)):
        raise TypeError(f"{name}: a number is expected, got {type(value).__name__}")
    return value


def cast(array: np.ndarray, dtype: np.dtype, name: str) -> np.ndarray:
    """The array in another dtype; RuntimeError if an integer type cannot hold a value.

    Negative integers wrap around in uint8, as in C and PyTorch; fractions are cut off.
    """
    if array.dtype == dtype:
        return array
    if dtype.kind in "iu" and array.dtype.kind != "b" and array.size:
        limits = np.iinfo(dtype)
        low, high = array.min().item(), array.max().item()
        lowest = -int(limits.max) if dtype.kind == "u" and array.dtype.kind != "f" else int(limits.min)
        if not (lowest <= low and high <= int(limits.max)):  # not: nan fails too
            raise RuntimeError(f"{name}: value cannot be converted to type {dtype} without overflow: {low} to {high}")
    return array.astype(dtype)  # a float that is too large becomes inf


def array_of(data: Any, dtype: Any = None, name: str = "tensor") -> np.ndarray:
    """A new array with a copy of the data: a number, nested sequences of them, a NumPy array, a tensor.

    Python floats give the default dtype, ints int64, bools bool; arrays and tensors keep theirs, and mixtures are
    promoted. ValueError for sequences of different lengths, RuntimeError for what has no dtype.
    """
    dtype = None if dtype is None else dtypes.as_dtype(dtype)
    kinds: set = set()
    if data.__class__ in NUMBERS:
        kinds.add(data.__class__)
        leaves = data
    else:
        if isinstance(data, Variable):
            data = data.array
        elif not isinstance(data, (np.ndarray, list)) and hasattr(data, "__array__"):
            data = np.asarray(data)
        if isinstance(data, np.ndarray):
            own = known(data.dtype, name)
            return np.asarray(data).astype(own if dtype is None else dtype)
        leaves = plain(data, kinds, name)
    own = inferred(kinds)
    target = own if dtype is None else dtype
    reading = own if own.kind != "f" else target if target.kind == "f" else dtypes.float64
    try:
        array = np.array(leaves, reading)
    except OverflowError:
        raise ValueError(f"{name}: overflow: an integer is too large for int64: {data!r}") from None
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name}: the sequences are of different lengths: {error}") from None
    return array if reading is target else cast(array, target, name)


def known(dtype: np.dtype, name: str) -> np.dtype:
    """The dtype of NumPy data, if it is one of the library's."""
    if not dtype.isnative:
        raise ValueError(
            f"{name}: the array's byte order is not this machine's; convert it with a.astype(a.dtype.newbyteorder('='))"
        )
    if dtype not in dtypes.TYPES:
        hint = dtypes.NO_COMPLEX if dtype.kind == "c" else f"convert it with .astype first to one of {dtypes.LISTED}"
        raise TypeError(f"{name}: can't convert np.ndarray of type {dtype}: {hint}")
    return np.dtype(dtype.type)


def own_dtype(array: np.ndarray) -> np.ndarray:
    """The array under the one object that a dtype here is, for operations compare dtypes by identity.

    What was unpickled, from a file or from another process, comes with an equal one.
    """
    own = np.dtype(array.dtype.type)
    return array if array.dtype is own else array.view(own)


def plain(data: Any, kinds: set, name: str) -> Any:
    """Nested data as nested lists for NumPy; what kinds of numbers are in it is added to `kinds`."""
    if isinstance(data, (list, tuple)):
        classes = set(map(type, data))
        if classes <= NUMBERS:
            kinds |= classes
            return data
        return [plain(item, kinds, name) for item in data]
    if isinstance(data, Variable):
        if data.array.size != 1:
            raise ValueError(
                f"{name}: only one element tensors can be converted to Python scalars, not one of shape "
                f"{data.array.shape}; join tensors with stack() or cat()"
            )
        if data.node is not None:
            warnings.warn(
                f"{name}: converting a tensor with requires_grad=True to a number loses its gradient; join tensors "
                "with stack() or cat(), or detach() them",
                UserWarning,
                stacklevel=2,
            )
        kinds.add(data.array.dtype)
        return data.array.item()
    if isinstance(data, (np.ndarray, np.generic)):
        kinds.add(known(data.dtype, name))
        return data
    for kind in (bool, int, float):
        if isinstance(data, kind):
            kinds.add(kind)
            return data
    if isinstance(data, complex):
        raise TypeError(f"{name}: {data} is complex: {dtypes.NO_COMPLEX}")
    if isinstance(data, (str, bytes)):
        raise TypeError(f"{name}: invalid data type {type(data).__name__!r}: {data!r}")
    if isinstance(data, Sequence) or (hasattr(data, "__len__") and hasattr(data, "tolist")):
        return plain(list(data), kinds, name)
    raise RuntimeError(
        f"{name}: could not infer dtype of {type(data).__name__}; numbers and sequences of them are taken"
    )


def inferred(kinds: set) -> np.dtype:
    """The dtype of data with these kinds of numbers in it."""
    own = {float: dtypes.get_default_dtype(), int: dtypes.int64, bool: dtypes.bool_}
    found = [own.get(kind, kind) for kind in kinds] or [own[float]]
    dtype = found[0]
    for other in found[1:]:
        dtype = dtypes.promote_types(dtype, other)
    return dtype


def legacy(data: tuple, dtype: Any, name: str) -> np.ndarray:
    """The array that the old constructors make: Tensor(2, 3) from sizes, Tensor([1, 2]) from data.

    A tensor is taken as it is, on the same memory.
    """
    if len(data) == 1:
        (given,) = data
        if isinstance(given, Variable):
            if dtype is not None and given.array.dtype != dtype:
                raise TypeError(
                    f"{name}: expected a tensor of {dtype}, got {given.array.dtype}; convert it with .to(…)"
                )
            return given.array
        if isinstance(given, Size):
            return np.zeros(given, of(dtype))
        if isinstance(given, (Sequence, np.ndarray)) and not isinstance(given, (str, bytes)):
            return array_of(given, of(dtype), name)
        if not hasattr(given, "__index__"):
            raise TypeError(f"{name}: data must be a sequence or sizes (got {type(given).__name__}); see tensor(…)")
    return np.zeros(sizes(data or (0,), name), of(dtype))


# PyTorch's processors multiply and add with one rounding (fma). That is float32 in float64, and float64 in long double.
WIDE = {2: np.float16, 4: np.float64, 8: np.longdouble}


def evenly(start: Any, end: Any, steps: int, dtype: np.dtype) -> np.ndarray:
    """`steps` numbers from start to end, each half reckoned from its own end, as PyTorch does, to the last bit."""
    if dtype.kind == "f":
        first, last = dtype.type(start), dtype.type(end)
        step = (last - first) / dtype.type(max(steps - 1, 1))
    else:
        first, last = int(start), int(end)
        step = (last - first) / max(steps - 1, 1)
    wide = WIDE[dtype.itemsize] if dtype.kind == "f" else np.longdouble
    first, last, step, places, half = wide(first), wide(last), wide(step), np.arange(steps).astype(wide), steps // 2
    array = first + step * places
    if steps > 1:
        array[half:] = last - step * (steps - 1 - places[half:])
    return array.astype(dtypes.float64) if wide is np.longdouble else array


def progression(start: Any, step: Any, count: int, dtype: np.dtype) -> np.ndarray:
    """start + step · i in a floating-point dtype, as PyTorch does, to the last bit.

    It fills registers of 32 bytes: the first number of each is rounded to the dtype before the others are reckoned
    from it. What does not fill two registers is reckoned number by number.
    """
    wide = np.longdouble if dtype == dtypes.float64 else np.float64
    step, lanes = wide(step), 32 // dtype.itemsize
    array = (wide(start) + step * np.arange(count, dtype=wide)).astype(dtype)
    whole = count - count % (2 * lanes)
    if whole:
        firsts = array[:whole:lanes, None].astype(wide)
        array[:whole] = (firsts + step * np.arange(lanes, dtype=wide)).reshape(-1)
    return array


def count_of(start: Any, end: Any, step: Any) -> int:
    """How many numbers arange gives."""
    if not (math.isfinite(start) and math.isfinite(end) and math.isfinite(step)):
        raise RuntimeError(f"arange: unsupported range: {start} -> {end}")
    if step == 0:
        raise RuntimeError("arange: step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError(f"arange: upper bound and lower bound inconsistent with step sign: {start}, {end}, {step}")
    if isinstance(start, int) and isinstance(end, int) and isinstance(step, int):
        return -((start - end) // step)
    return math.ceil((end - start) / step)
