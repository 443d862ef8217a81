"""The figures of every job: learning curves, and the decisions in the plane. Numbers in, matplotlib's Figure out.

The figures are made without pyplot, so that nothing global is touched; the colours are those of Okabe and Ito ("Color
Universal Design", 2008), which people see apart whatever their colour vision; shapes and dashes say the same again.
"""

from typing import Any, Literal

import numpy as np

from .settings import Settings
from .training import History

BLUE, VERMILION, BLACK = "#0072b2", "#d55e00", "#000000"
PALE_BLUE, PALE_ORANGE = "#cfe3f1", "#fbe7c2"
DOTS = 150  # per inch of a PNG


def new_figure(width: float, height: float, layout: Literal["constrained", "compressed"] = "constrained") -> Any:
    """An empty figure of so many inches; saving it needs no screen."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=DOTS, layout=layout)


def curves(history: History, settings: Settings) -> Any:
    """Loss and accuracy after each epoch, on training and test data."""
    from matplotlib.ticker import LogLocator, MaxNLocator

    figure = new_figure(10, 4)
    loss, accuracy = figure.subplots(1, 2)
    epochs = np.arange(1, history.epochs + 1)
    marker = "o" if len(epochs) <= 30 else None
    for name, style, colour, losses, accuracies in (
        ("training data", "--", BLUE, history.train_loss, history.train_accuracy),
        ("test data", "-", VERMILION, history.test_loss, history.test_accuracy),
    ):
        line: dict[str, Any] = {"color": colour, "linestyle": style, "marker": marker, "markersize": 3.5}
        loss.plot(epochs, losses, label=f"{name}: {losses[-1]:.4f} at the end", **line)
        accuracy.plot(epochs, np.multiply(accuracies, 100), label=f"{name}: {accuracies[-1]:.2%} at the end", **line)

    loss.set_title(f"Loss: {'cross-entropy' if settings.loss == 'cross-entropy' else 'mean squared error'}")
    loss.set_ylabel("loss per sample (nats)" if settings.loss == "cross-entropy" else "mean squared error")
    losses = history.train_loss + history.test_loss
    if max(losses) > 10 * min(losses):
        loss.set_yscale("log")
        loss.yaxis.set_minor_locator(LogLocator(subs=(2, 5)))
        loss.yaxis.set_major_formatter("{x:g}")
        loss.yaxis.set_minor_formatter("{x:g}")
    accuracy.set_title("Accuracy")
    accuracy.set_ylabel("correctly classified (%)")
    # In a long training the first epochs are far below the others; the range follows the last three quarters.
    first = len(epochs) // 4 if len(epochs) > 10 else 0
    bottom = 100 * min(history.train_accuracy[first:] + history.test_accuracy[first:])
    accuracy.set_ylim(bottom - 0.15 * (100.5 - bottom), 100 + 0.05 * (100.5 - bottom))
    for axes in (loss, accuracy):
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3, which="both")
        axes.legend()
    return figure


def boundary(
    ticks: np.ndarray,
    lead: np.ndarray,
    points: np.ndarray,
    labels: np.ndarray,
    predicted: np.ndarray,
    radius: float,
    accuracy: float,
) -> Any:
    """The plane as the model divides it, the test points with their true classes, and the mistakes.

    lead  score of "inside" minus score of "outside", at every pair of ticks (rows: second coordinate)
    """
    from matplotlib.patches import Patch

    figure = new_figure(8.8, 6.4, layout="compressed")  # what stands beside a square axes stays beside it
    axes = figure.subplots()
    levels = [min(lead.min(), 0) - 1, 0, max(lead.max(), 0) + 1]
    axes.contourf(ticks, ticks, lead, levels=levels, colors=[PALE_BLUE, PALE_ORANGE])
    angles = np.linspace(0, 2 * np.pi, 400)
    rim = 0.5 + radius * np.array([np.cos(angles), np.sin(angles)])
    axes.plot(*rim, "--", color=BLACK, linewidth=1.2, label="rim of the disk")
    for label, name, colour, marker in ((1, "inside", VERMILION, "^"), (0, "outside", BLUE, "o")):
        chosen = labels == label
        axes.scatter(
            *points[chosen].T, s=14, c=colour, marker=marker, linewidths=0, label=f"{chosen.sum()} test points {name}"
        )
    wrong = predicted != labels
    ring: dict[str, Any] = {"s": 110, "facecolors": "none", "edgecolors": BLACK, "linewidths": 1.6}
    axes.scatter(*points[wrong].T, label=f"{wrong.sum()} misclassified", **ring)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="x₁", ylabel="x₂")
    axes.set_title(f"Decisions of the network; {accuracy:.2%} of {len(labels):,} test points are right")
    regions = [
        Patch(color=PALE_ORANGE, label='the network says "inside"'),
        Patch(color=PALE_BLUE, label='the network says "outside"'),
    ]
    handles = regions + axes.get_legend_handles_labels()[0]
    figure.legend(handles=handles, loc="outside right center", frameon=False)
    return figure
