"""What is timed: a workload, and in each library a case of it."""

import math
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

HERE, TORCH, COMPILED = "tinygrad_lite", "PyTorch", "compiled"
AUTOGRAD, MYGRAD, JAX, HAND = "autograd", "MyGrad", "JAX", "by hand"
CONTENDERS = (HERE, TORCH, COMPILED, AUTOGRAD, MYGRAD, JAX, HAND)

MODULES = {HERE: "tinygrad_lite", TORCH: "torch", AUTOGRAD: "autograd", MYGRAD: "mygrad", JAX: "jax", HAND: "numpy"}
NUMPY_LIKE = {AUTOGRAD: "autograd.numpy", MYGRAD: "mygrad", JAX: "jax.numpy"}


class Case(NamedTuple):
    """A workload in one library.

    run      what is timed
    results  runs it once, from the beginning, and gives what it computed: the loss, derivatives, parameters
    """

    run: Callable[[], Any]
    results: Callable[[], Sequence[Any]]


class Workload(NamedTuple):
    """One row of the table.

    target  the ratio to PyTorch eager that is wanted, or None
    cases   for each contender how its case is made; one that is missing has no such function
    exact   the relative error at which two libraries agree
    """

    name: str
    target: float | None
    cases: dict[str, Callable[[], Case]]
    exact: float = 1e-4


def installed() -> dict[str, str]:
    """The contenders that can be imported, and their versions."""
    own = import_module(MODULES[HERE]).__version__
    return {HERE: own} | {
        name: version(module) for name, module in MODULES.items() if name != HERE and find_spec(module)
    }


def library(name: str) -> Any:
    """A contender's module."""
    module = import_module(MODULES[name])
    if name == TORCH:
        module.set_num_threads(1)
    return module


def torch_like(make: Callable[..., Case], *args: Any, compiled: bool = True) -> dict[str, Callable[[], Case]]:
    """Cases of make(library, compile, *args) in the libraries with PyTorch's API.

    `compile` turns a function into what is to be run: itself, or what PyTorch compiles it to.
    """
    cases = {
        HERE: lambda: make(library(HERE), itself, *args),
        TORCH: lambda: make(library(TORCH), itself, *args),
    }
    if compiled:
        cases[COMPILED] = lambda: make(library(TORCH), library(TORCH).compile, *args)
    return cases


def itself(function: Callable) -> Callable:
    return function


def numpy_like(make: Callable[..., Case], *args: Any, without: Sequence[str] = ()) -> dict[str, Callable[[], Case]]:
    """Cases of make(contender's name, its NumPy, *args) in the libraries with NumPy's names."""

    def maker(name: str, module: str) -> Callable[[], Case]:
        return lambda: make(name, import_module(module), *args)

    return {name: maker(name, module) for name, module in NUMPY_LIKE.items() if name not in without}


def plain(value: Any) -> np.ndarray:
    """An array of its own, of any library's."""
    if hasattr(value, "detach"):
        value = value.detach()
    if hasattr(value, "numpy"):
        value = value.numpy()
    return np.array(getattr(value, "data", value) if type(value).__module__.startswith("mygrad") else value)


def difference(ours: Sequence[Any], theirs: Sequence[Any]) -> float:
    """The largest error of any result, relative to the largest number in it; ∞ if the shapes or dtypes differ."""
    if len(ours) != len(theirs):
        return math.inf
    worst = 0.0
    for a, b in zip(ours, theirs, strict=True):
        a, b = plain(a), plain(b)
        if a.shape != b.shape or a.dtype != b.dtype or not np.isfinite(b).all():
            return math.inf
        if a.size:
            worst = max(worst, float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-6)))
    return worst
