"""How a tensor is printed: PyTorch's form, `tensor([1., 2.], grad_fn=<MulBackward0>)`.

The numbers follow PyTorch's page torch.set_printoptions: four decimals, all columns of one width, scientific notation
when the magnitudes ask for it, summarised over 1000 elements.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from . import dtypes


class Options:
    """How tensors are printed; the attributes are the arguments of `set_printoptions`."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


OPTIONS = Options()
PROFILES: dict[str, dict[str, Any]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """How tensors are printed (PyTorch's page torch.set_printoptions).

    precision  the digits after the point
    threshold  tensors of more elements are summarised, with `edgeitems` elements at each end of a dimension
    linewidth  the characters of a line
    profile    "default", "short" or "full": values for the four above
    sci_mode   whether to write numbers as 1.0000e+03; None, also when not given, decides by their magnitudes

    >>> import tinygrad_lite as tl
    >>> tl.set_printoptions(precision=2)
    >>> tl.tensor([1.12345])
    tensor([1.12])
    >>> tl.set_printoptions(profile="default")
    """
    if profile is not None:
        if profile not in PROFILES:
            raise ValueError(f"set_printoptions: profile must be one of {', '.join(PROFILES)}, got {profile!r}")
        vars(OPTIONS).update(PROFILES[profile])
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    vars(OPTIONS).update({name: value for name, value in given.items() if value is not None})
    OPTIONS.sci_mode = sci_mode


def get_printoptions() -> dict[str, Any]:
    """The arguments of `set_printoptions` that are in force, by name."""
    return {name: getattr(OPTIONS, name) for name in Options.__annotations__}


@contextmanager
def printoptions(**options: Any) -> Iterator[None]:
    """`set_printoptions` for the length of a `with` block."""
    before = get_printoptions()
    set_printoptions(**options)
    try:
        yield
    finally:
        set_printoptions(**before)


class Formatter:
    """Writes each number of a tensor, right-justified to one width."""

    def __init__(self, shown: np.ndarray):
        values = shown.ravel()
        self.floating = values.dtype.kind == "f"
        self.whole, self.scientific, self.width = True, False, 1
        if self.floating:
            values = values[np.isfinite(values) & (values != 0)].astype(np.float64)  # these alone decide on the form
            if not values.size:
                return
            low, high = float(np.abs(values).min()), float(np.abs(values).max())
            self.whole = bool((values == np.ceil(values)).all())
            uneven = high / low > 1000.0 or high > 1.0e8 or low < 1.0e-4
            self.scientific = uneven if OPTIONS.sci_mode is None else OPTIONS.sci_mode
        self.width = max((len(self.text(v)) for v in values.tolist()), default=1)

    def text(self, value: Any) -> str:
        if not self.floating:
            return str(value)
        if self.scientific:
            return f"{value:.{OPTIONS.precision}e}"
        if self.whole:
            return f"{value:.0f}." if math.isfinite(value) else str(value)
        return f"{value:.{OPTIONS.precision}f}"

    def __call__(self, value: Any) -> str:
        return self.text(value).rjust(self.width)


def edges(array: np.ndarray) -> np.ndarray:
    """The elements that a summarised print shows."""
    edge = OPTIONS.edgeitems
    for axis, size in enumerate(array.shape):
        if size > 2 * edge:
            array = np.take(array, [*range(edge), *range(size - edge, size)], axis)
    return array


def body(array: np.ndarray, indent: int, show: Formatter, summarise: bool) -> str:
    """The brackets and numbers of an array whose first bracket stands in column `indent`."""
    if array.ndim == 0:
        return show(array.item())
    edge = OPTIONS.edgeitems
    cut = summarise and len(array) > 2 * edge
    ends = (array[:edge], array[len(array) - edge :]) if cut else (array,)
    if array.ndim == 1:
        shown = [[show(v) for v in end.tolist()] for end in ends]
        row = [*shown[0], " ..." if edge else "...", *shown[1]] if cut else shown[0]
        columns = max(1, (OPTIONS.linewidth - indent) // (show.width + 2))
        lines = [", ".join(row[i : i + columns]) for i in range(0, len(row), columns)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    shown = [[body(a, indent + 1, show, summarise) for a in end] for end in ends]
    parts = [*shown[0], "...", *shown[1]] if cut else shown[0]
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"


def represent(array: np.ndarray, suffixes: list[str], prefix: str = "tensor(") -> str:
    """The text of a tensor; the suffixes (grad_fn=…, requires_grad=True) go on the last line if they fit."""
    empty = array.size == 0
    default = dtypes.get_default_dtype()
    usual = (default,) if empty else (default, dtypes.int64, dtypes.bool_)
    if array.dtype not in usual:  # as PyTorch prints it, and as it reads after `import … as torch`
        suffixes = [f"dtype=torch.{array.dtype}", *suffixes]
    if array.ndim != 1 if empty else not OPTIONS.edgeitems:  # where the text does not tell the shape
        suffixes = [f"size={array.shape}", *suffixes]
    if empty:
        text = "[]"
    else:
        summarise = array.size > OPTIONS.threshold
        text = body(array, len(prefix), Formatter(edges(array) if summarise else array), summarise)
    out = prefix + text
    room = OPTIONS.linewidth
    last = len(out) - out.rfind("\n") + 1
    for suffix in suffixes:
        if last + len(suffix) + 2 > room:
            out += ",\n" + " " * len(prefix) + suffix
            last = len(prefix) + len(suffix)
        else:
            out += ", " + suffix
            last += len(suffix) + 2
    return out + ")"
