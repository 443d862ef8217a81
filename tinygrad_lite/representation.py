"""How a tensor is printed: PyTorch's form, `tensor([1., 2.], grad_fn=<MulBackward0>)`.

The numbers follow PyTorch's page torch.set_printoptions: four decimals, all columns of one width, scientific notation
when the magnitudes ask for it, summarised over 1000 elements.
"""

import math
from typing import Any

import numpy as np

from . import dtypes

PRECISION, THRESHOLD, EDGE, WIDTH = 4, 1000, 3, 80


def set_printoptions(
    precision: int | None = None,
    threshold: int | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """How tensors are printed: digits, when to summarise, line width (PyTorch's page torch.set_printoptions)."""
    global PRECISION, THRESHOLD, EDGE, WIDTH
    if profile is not None:
        profiles = {"default": (4, 1000, 3, 80), "short": (2, 1000, 2, 80), "full": (4, float("inf"), 3, 80)}
        PRECISION, THRESHOLD, EDGE, WIDTH = profiles[profile]
    PRECISION = PRECISION if precision is None else precision
    THRESHOLD = THRESHOLD if threshold is None else threshold
    EDGE = EDGE if edgeitems is None else edgeitems
    WIDTH = WIDTH if linewidth is None else linewidth


class Formatter:
    """Renders every number of a tensor with the same width."""

    def __init__(self, values: np.ndarray):
        self.kind = values.dtype.kind
        self.whole = self.scientific = False
        self.width = 1
        if self.kind != "f":
            self.width = max((len(str(v)) for v in values.ravel().tolist()), default=1)
            return
        finite = values[np.isfinite(values) & (values != 0)].astype(np.float64)
        if finite.size == 0:
            self.whole = bool(values.size) and bool(np.isfinite(values).any())
            self.width = max((len(self.text(v)) for v in values.ravel().tolist()), default=1)
            return
        low, high = float(np.abs(finite).min()), float(np.abs(finite).max())
        self.whole = bool((finite == np.ceil(finite)).all())
        self.scientific = high / low > 1000.0 or high > 1.0e8 or (not self.whole and low < 1.0e-4)
        if self.whole:
            self.scientific = high / low > 1000.0 or high > 1.0e8
        self.width = max(len(self.text(v)) for v in values.ravel().tolist())

    def text(self, value: Any) -> str:
        if self.kind == "f" and math.isfinite(value):
            if self.scientific:
                return f"{value:.{PRECISION}e}"
            return f"{value:.0f}." if self.whole else f"{value:.{PRECISION}f}"
        return str(value)

    def __call__(self, value: Any) -> str:
        return self.text(value).rjust(self.width)


def edges(array: np.ndarray) -> np.ndarray:
    """The elements that a summarised print shows."""
    if array.size <= THRESHOLD:
        return array
    for axis, size in enumerate(array.shape):
        if size > 2 * EDGE:
            array = np.take(array, [*range(EDGE), *range(size - EDGE, size)], axis)
    return array


def body(array: np.ndarray, indent: int, show: Formatter, summarise: bool) -> str:
    if array.ndim == 0:
        return show(array.item())
    size = array.shape[0]
    cut = summarise and size > 2 * EDGE
    if array.ndim == 1:
        row: list[str] = []
        if cut:
            row = [show(v) for v in array[:EDGE].tolist()] + [" ..."] + [show(v) for v in array[-EDGE:].tolist()]
        else:
            row = [show(v) for v in array.tolist()]
        columns = max(1, (WIDTH - indent) // (show.width + 2))
        lines = [", ".join(row[i : i + columns]) for i in range(0, len(row), columns)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    if cut:
        parts = [body(a, indent + 1, show, summarise) for a in array[:EDGE]]
        parts += ["..."] + [body(a, indent + 1, show, summarise) for a in array[-EDGE:]]
    else:
        parts = [body(a, indent + 1, show, summarise) for a in array]
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(parts) + "]"


def represent(array: np.ndarray, suffixes: list[str], prefix: str = "tensor(") -> str:
    """The text of a tensor; the suffixes (grad_fn=…, requires_grad=True) go on the last line if they fit."""
    suffixes = list(suffixes)
    if array.dtype not in (dtypes.get_default_dtype(), dtypes.int64, dtypes.bool_) or (
        array.size == 0 and array.dtype != dtypes.get_default_dtype()
    ):
        name = "bool" if array.dtype == dtypes.bool_ else str(array.dtype)
        suffixes.insert(0, f"dtype=torch.{name}")  # as PyTorch prints it, and as it reads after `import … as torch`
    if array.size == 0:
        if array.ndim != 1:
            suffixes.insert(0, f"size={array.shape}")
        text = "[]"
    else:
        show = Formatter(edges(array))
        text = body(array, len(prefix), show, array.size > THRESHOLD)
    out = prefix + text
    last = len(out) - out.rfind("\n") - 1
    for suffix in suffixes:
        if last + len(suffix) + 2 > WIDTH:
            out += ",\n" + " " * len(prefix) + suffix
            last = len(prefix) + len(suffix)
        else:
            out += ", " + suffix
            last += len(suffix) + 2
    return out + ")"
