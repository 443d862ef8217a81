"""How arguments may be spelled: NumPy's names, tensors by keyword, and no `out`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from .tape import Variable


def refuse_out(name: str) -> Any:
    """There is no writing into another tensor's memory: it would have to forget its place on the tape."""
    raise TypeError(
        f"{name}: got an unexpected keyword argument 'out': assign the result instead, y = {name}(…), or write it "
        f"into a tensor with y.copy_({name}(…))"
    )


def numpy_spelling(kwargs: dict, name: str) -> dict:
    """Keyword arguments with NumPy's axis and keepdims under PyTorch's names, dim and keepdim; no `out`."""
    if "out" in kwargs:
        if kwargs["out"] is not None:
            refuse_out(name)
        kwargs = {key: value for key, value in kwargs.items() if key != "out"}
    if "axis" in kwargs or "keepdims" in kwargs:
        kwargs = {{"axis": "dim", "keepdims": "keepdim"}.get(name, name): value for name, value in kwargs.items()}
    return kwargs


def positional(names: tuple, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
    """Move keyword arguments that are tensors to their positions; those between them keep their defaults as None."""
    places = [names.index(name) for name, value in kwargs.items() if name in names and isinstance(value, Variable)]
    if not places:
        return args, kwargs
    kwargs = dict(kwargs)
    filled = (*args, *(kwargs.pop(name, None) for name in names[len(args) : max(places) + 1]))
    return filled, kwargs


def also(**names: str) -> Callable:
    """Let a function take arguments by a second keyword: also(axis0="dim0"). PyTorch has two names for some."""

    def renamed(function: Callable) -> Callable:
        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if kwargs:
                kwargs = {names.get(key, key): value for key, value in kwargs.items()}
            return function(*args, **kwargs)

        return call

    return renamed
