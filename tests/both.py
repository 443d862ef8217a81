"""The same expression evaluated in this library and in PyTorch, and what of the results is compared."""

import builtins
import warnings

import numpy as np


class Names(dict):
    """The names of an expression: Python's own types, np, lib, and else the library's."""

    def __init__(self, lib):
        super().__init__(np=np, lib=lib)
        self.lib = lib

    def __missing__(self, name):
        if name in ("float", "int", "bool", "range", "object", "isinstance", "str", "hash", "list", "len"):
            return getattr(builtins, name)
        if hasattr(self.lib, name):
            return getattr(self.lib, name)
        return getattr(builtins, name)


def outcome(lib, expression):
    """What an expression comes to in a library, in a form that can be compared; an error as its class."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return seen(lib, eval(expression, {}, Names(lib)))
        except Exception as error:
            return type(error)


def seen(lib, value):
    if isinstance(value, lib.Tensor):
        rows = value.detach().numpy()
        return str(value.dtype).removeprefix("torch."), tuple(value.shape), repr(rows.tolist()), value.requires_grad
    if isinstance(value, (list, tuple)):
        return [seen(lib, item) for item in value]
    if str(value).startswith("torch.") and not isinstance(value, str):  # a dtype of PyTorch's
        return str(value).removeprefix("torch.")
    return str(value) if isinstance(value, np.dtype) else repr(value)


def agree(ours, theirs):
    """The same outcome, or an error of the same kind."""
    if isinstance(ours, type) and isinstance(theirs, type):
        return issubclass(ours, theirs)
    return ours == theirs
