"""What the figures of several reports share. The colours are those of Okabe and Ito; dashes and marks repeat them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#000000")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)), "-")
BLUE, VERMILION, GREEN, BLACK = COLOURS[0], COLOURS[1], COLOURS[2], COLOURS[5]


def new(columns: int = 1, width: float = 4.6, height: float = 3.4) -> tuple[Any, list[Any]]:
    """A figure of some axes in a row, made without pyplot, so that nothing global is touched."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width * columns, height), layout="constrained")
    return figure, list(figure.subplots(1, columns, squeeze=False)[0])


def bands(axes: Any, series: Mapping[str, tuple[Sequence[float], list[list[float]]]], **labels: Any) -> None:
    """Mean curves over some runs, with a band of one standard deviation; series: name → (epochs, a curve a run)."""
    for i, (name, (epochs, curves)) in enumerate(series.items()):
        values = np.array(curves, float)
        middle, spread = values.mean(0), values.std(0, ddof=1) if len(values) > 1 else np.zeros(values.shape[1])
        # No further than the runs themselves: no accuracy is above 100 %, no loss below 0.
        low, high = np.maximum(middle - spread, values.min(0)), np.minimum(middle + spread, values.max(0))
        axes.fill_between(epochs, low, high, color=COLOURS[i], alpha=0.18, linewidth=0)
        axes.plot(epochs, middle, color=COLOURS[i], linestyle=DASHES[i], label=name)
    axes.set(**labels)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3)
    axes.legend()


def logarithmic(axes: Any) -> None:
    """A logarithmic vertical axis, with its numbers written out: 0.02 rather than 2 × 10⁻²."""
    from matplotlib.ticker import LogLocator

    axes.set_yscale("log")
    axes.yaxis.set_minor_locator(LogLocator(subs=(2, 5)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}")
    axes.grid(alpha=0.3, which="minor")


def points(axes: Any, x: np.ndarray, labels: np.ndarray, radius: float) -> None:
    """Points of the square by class, and the rim of the disk."""
    for label, name, colour, marker in ((1, "inside", VERMILION, "^"), (0, "outside", BLUE, "o")):
        chosen = labels == label
        axes.scatter(*x[chosen].T, s=8, c=colour, marker=marker, linewidths=0, label=f"{name} ({chosen.sum()})")
    angles = np.linspace(0, 2 * np.pi, 200)
    axes.plot(0.5 + radius * np.cos(angles), 0.5 + radius * np.sin(angles), "--", color=BLACK, linewidth=1)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="x₁", ylabel="x₂")
