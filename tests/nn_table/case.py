"""One line of the table of nn: a module or a function, how it is called, and on what."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

LETTERS = "abcdefgh"  # the inputs, in expressions


@dataclass(frozen=True)
class Given:
    """An input. A bare tuple in a table is Given(shape): real numbers that need a derivative.

    shape   its shape
    low     numbers are drawn uniformly from [low, high)
    leaf    whether it needs a derivative; else it is a constant
    whole   whole numbers, int64
    values  the numbers themselves, instead of drawn ones
    """

    shape: tuple[int, ...]
    low: float = -2.0
    high: float = 2.0
    leaf: bool = True
    whole: bool = False
    values: Any = None


def unit(*shape: int) -> Given:
    """Probabilities, not too near to 0 and 1."""
    return Given(shape, 0.05, 0.95)


def positive(*shape: int) -> Given:
    return Given(shape, 0.2, 2.0)


def still(*shape: int) -> Given:
    """Real numbers that need no derivative."""
    return Given(shape, leaf=False)


def chances(*shape: int) -> Given:
    """Probabilities that need no derivative: targets."""
    return Given(shape, 0.0, 1.0, leaf=False)


def below(high: int, *shape: int) -> Given:
    """Indices 0, …, high − 1."""
    return Given(shape, 0, high, leaf=False, whole=True)


def fixed(values: Any) -> Given:
    """The numbers that are written there; whole ones are int64, others get the dtype that is tested."""
    array = np.asarray(values)
    return Given(array.shape, leaf=False, whole=array.dtype.kind in "ib", values=array)


def drawn(given: Given, dtype: str, random: np.random.Generator) -> np.ndarray:
    """The numbers of an input."""
    if given.values is not None:
        return given.values.copy() if given.whole else given.values.astype(dtype)
    if given.whole:
        return random.integers(int(given.low), int(given.high), given.shape)
    return random.uniform(given.low, given.high, given.shape).astype(dtype)


@dataclass(frozen=True)
class Case:
    """A module or a function with some arguments, on several sets of inputs.

    text       what is tested, as PyTorch programs write it: "Conv2d(3, 4, 5)", or "F.elu(a, 0.7)" on the inputs a, b, …
    sets       several tuples of inputs
    call       how a module is called, if not "layer(a, b, …)"
    tolerance  of float64 results
    """

    text: str
    sets: tuple[tuple[Given, ...], ...]
    call: str = ""
    tolerance: float = 1e-11

    @property
    def name(self) -> str:
        """The name of the module or the function."""
        found = re.match(r"(?:F\.)?(\w+)", self.text)
        assert found, self.text
        return found[1]

    @property
    def in_place(self) -> bool:
        """Whether an input is written: then it must not be a leaf."""
        return "inplace" in self.text or self.name.endswith("_")

    def names(self, lib: Any, inputs: list, layer: Any = None) -> dict:
        """What the names in an expression mean."""
        known = {"lib": lib, "nn": lib.nn, "F": lib.nn.functional, "inf": np.inf, "layer": layer}
        return {**known, **dict(zip(LETTERS, inputs, strict=False))}

    def build(self, lib: Any, more: str = "") -> Any:
        """The module after a fixed seed, perhaps with one more argument; None for a function."""
        if self.text.startswith("F."):
            return None
        lib.manual_seed(7)
        text = self.text
        if more:
            text = f"{text[:-1]}, {more})" if not text.endswith("()") else f"{text[:-1]}{more})"
        return eval(f"nn.{text}", self.names(lib, []))

    def result(self, lib: Any, inputs: list, layer: Any = None) -> Any:
        """What it gives for some inputs, after a fixed seed."""
        lib.manual_seed(5)
        text = self.text if layer is None else self.call or f"layer({', '.join(LETTERS[: len(inputs)])})"
        return eval(text, self.names(lib, inputs, layer))


def case(text: str, *sets: Any, call: str = "", tolerance: float = 1e-11) -> Case:
    """A line of the table: each set is a shape, for one input, or a list of shapes and other inputs."""

    def inputs(given: Any) -> tuple[Given, ...]:
        parts = given if isinstance(given, list) else [given]
        return tuple(part if isinstance(part, Given) else Given(part) for part in parts)

    return Case(text, tuple(map(inputs, sets)), call, tolerance)
