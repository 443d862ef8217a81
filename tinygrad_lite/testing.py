"""Are two results the same? The check of tests (PyTorch's page torch.testing)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Number
from typing import Any

import numpy as np

from . import dtypes
from .tensor import Tensor

# (relative, absolute) of each dtype; whole numbers are to be equal.
TOLERANCES = {dtypes.float16: (1e-3, 1e-5), dtypes.float32: (1.3e-6, 1e-5), dtypes.float64: (1e-7, 1e-7)}


@dataclass(frozen=True)
class Wanted:
    """How close two results are to be."""

    rtol: float | None
    atol: float | None
    equal_nan: bool
    check_dtype: bool
    check_stride: bool


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """AssertionError unless |actual − expected| ≤ atol + rtol·|expected| everywhere, and shapes and dtypes agree.

    Takes tensors, arrays, numbers, and sequences and mappings of them. The tolerances are both given or neither; then
    those of the dtype hold: 1.3e-6 and 1e-5 for float32, 1e-7 for float64. All tensors are strided and on the CPU, so
    check_device and check_layout cannot fail. PyTorch's page torch.testing.assert_close.

    >>> import tinygrad_lite as tl
    >>> tl.testing.assert_close(tl.tensor([1.0, 2.0]), tl.tensor([1.0, 2.000001]))
    >>> tl.testing.assert_close([1.0], [1.5], rtol=0.0, atol=0.1)
    Traceback (most recent call last):
    AssertionError: Scalars are not close!
    <BLANKLINE>
    Expected 1.5 but got 1.0.
    Absolute difference: 0.5 (up to 0.1 allowed)
    Relative difference: 0.3333333333333333 (up to 0.0 allowed)
    <BLANKLINE>
    The failure occurred for item [0]
    """
    if (rtol is None) != (atol is None):
        given = "atol" if rtol is not None else "rtol"
        raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {given}.")
    wanted = Wanted(rtol, atol, equal_nan, check_dtype, check_stride)
    problem = compare(actual, expected, wanted, allow_subclasses, "")
    if problem is not None:
        raise AssertionError(problem if msg is None else msg(problem) if callable(msg) else msg)


def compare(actual: Any, expected: Any, wanted: Wanted, subclasses: bool, place: str) -> str | None:
    """What is wrong, if anything; `place` is where in a nested structure."""
    where = f"\n\nThe failure occurred for item {place}" if place else ""
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        if actual.keys() != expected.keys():
            missing, additional = sorted(expected.keys() - actual.keys()), sorted(actual.keys() - expected.keys())
            return (
                f"The keys of the mappings do not match:\nMissing keys in the actual mapping: {missing}\n"
                f"Additional keys in the actual mapping: {additional}{where}"
            )
        pairs = [(f"{place}[{key!r}]", actual[key], expected[key]) for key in actual]
    elif is_sequence(actual) and is_sequence(expected):
        if len(actual) != len(expected):
            return f"The length of the sequences mismatch: {len(actual)} != {len(expected)}{where}"
        pairs = [(f"{place}[{i}]", a, b) for i, (a, b) in enumerate(zip(actual, expected, strict=True))]
    else:
        problem = compare_one(actual, expected, wanted, subclasses)
        return None if problem is None else problem + where
    return next(filter(None, (compare(a, b, wanted, subclasses, name) for name, a, b in pairs)), None)


def is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def compare_one(actual: Any, expected: Any, wanted: Wanted, subclasses: bool) -> str | None:
    """What is wrong with one tensor, array or number."""
    if expected is None or actual is None:
        return None if expected is actual else f"None mismatch: {actual} is not {expected}"
    if subclasses or type(actual) is type(expected):
        if isinstance(actual, Tensor) and isinstance(expected, Tensor):
            return compare_arrays(actual.array, expected.array, wanted)
        if isinstance(actual, np.ndarray) and isinstance(expected, np.ndarray):
            return compare_arrays(actual, expected, wanted)
    if isinstance(actual, (bool, np.bool_)) and isinstance(expected, (bool, np.bool_)):
        return None if bool(actual) is bool(expected) else f"Booleans mismatch: {actual} is not {expected}"
    if isinstance(actual, Number) and isinstance(expected, Number):
        if wanted.check_dtype and type(actual) is not type(expected):
            return f"The (d)types do not match: {type(actual)} != {type(expected)}."
        return compare_numbers(actual, expected, tolerance(wanted, np.asarray(actual), np.asarray(expected)), wanted)
    raise TypeError(
        f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}: assert_close takes "
        "tensors, arrays, numbers, and sequences and mappings of them"
    )


def tolerance(wanted: Wanted, *arrays: np.ndarray) -> tuple[float, float]:
    """The relative and the absolute one: those asked for, or the largest of the dtypes'."""
    if wanted.rtol is not None and wanted.atol is not None:
        return wanted.rtol, wanted.atol
    found = [TOLERANCES.get(array.dtype, (0.0, 0.0)) for array in arrays]
    return max(r for r, _ in found), max(a for _, a in found)


def compare_arrays(a: np.ndarray, b: np.ndarray, wanted: Wanted) -> str | None:
    """What is wrong with two arrays."""
    for name, ours, theirs in (
        ("shape", list(a.shape), list(b.shape)),
        ("dtype", a.dtype, b.dtype),
        ("stride", a.strides, b.strides),
    ):
        if ours != theirs and getattr(wanted, f"check_{name}", True):
            return f"The values for attribute '{name}' do not match: {ours} != {theirs}."
    rtol, atol = tolerance(wanted, a, b)
    x, y = (v.astype(np.result_type(a, b, np.int64) if v.dtype.kind != "f" else np.float64) for v in (a, b))
    with np.errstate(all="ignore"):
        close = np.isclose(x, y, rtol, atol, wanted.equal_nan)
        if close.all():
            return None
        if not a.ndim:
            return compare_numbers(a.item(), b.item(), (rtol, atol), wanted)
        off = np.where(close, 0, np.abs(x - y))
        relative = np.where(close, 0.0, off / np.abs(y))
    bad, n = int(np.size(close) - np.count_nonzero(close)), np.size(close)
    exact = not rtol and not atol
    lines = [f"Tensor-likes are not {'equal' if exact else 'close'}!", ""]
    lines.append(f"Mismatched elements: {bad} / {n} ({bad / n:.1%})")
    for name, difference, allowed in (("absolute", off, atol), ("relative", relative, rtol)):
        index = np.unravel_index(np.argmax(difference), a.shape)
        limit = "" if exact else f" (up to {allowed} allowed)"
        at = tuple(int(i) for i in index)
        lines.append(f"Greatest {name} difference: {difference[index].item()} at index {at}{limit}")
    return "\n".join(lines)


def compare_numbers(a: Any, b: Any, tolerances: tuple[float, float], wanted: Wanted) -> str | None:
    """What is wrong with two numbers."""
    rtol, atol = tolerances
    if np.isclose(a, b, rtol, atol, wanted.equal_nan):
        return None
    exact = not rtol and not atol
    off = abs(a - b)
    relative = off / abs(b) if b else float("inf")
    allowed = ("", "") if exact else (f" (up to {atol} allowed)", f" (up to {rtol} allowed)")
    return (
        f"Scalars are not {'equal' if exact else 'close'}!\n\nExpected {b} but got {a}.\n"
        f"Absolute difference: {off}{allowed[0]}\nRelative difference: {relative}{allowed[1]}"
    )
