"""Where windows lie: what callers write for strides, paddings and sizes, as tuples of ints, checked."""

from collections.abc import Sequence
from operator import index
from typing import Any

from ..tape import Variable


def ints(name: str, what: str, value: Any, n: int) -> tuple[int, ...]:
    """One int for each of n dimensions, from an int or a sequence of n (or of one)."""
    given: Any = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
    try:
        found = tuple([each if each.__class__ is int else index(each) for each in given])
    except TypeError:
        raise TypeError(f"{name}: {what} must be an int or {n} ints, not {value!r}") from None
    if len(found) == 1:
        return found * n
    if len(found) != n:
        raise RuntimeError(
            f"{name}: expected {what} to be a single integer value or a list of {n} values to match the dimensions, "
            f"but got {what}={list(found)}"
        )
    return found


def hashable(value: Any) -> Any:
    """Lists as tuples, so that a geometry that was computed before can be looked up."""
    return tuple(value) if isinstance(value, list) else value


def tensors(name: str, **given: Any) -> None:
    """Refuse what is no tensor."""
    for what, value in given.items():
        if not isinstance(value, Variable):
            raise TypeError(f"{name}: {what} must be a Tensor, not {type(value).__name__}")


def batched(input: Any, n: int, call: Any) -> Any:
    """call(input), for an input with a batch dimension before its channels; without one it is added, and removed."""
    if input.ndim == n + 2:
        return call(input)
    return call(input.unsqueeze(0)).squeeze(0)
