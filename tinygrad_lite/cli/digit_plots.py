"""The figures of the job `mnist`: which digits are taken for which, and the mistakes that are the worst."""

from typing import Any

import numpy as np

from .plots import new_figure

GREY = "#767676"


def confusion(labels: np.ndarray, predicted: np.ndarray, classes: int) -> Any:
    """How often each digit was taken for each digit; only the mistakes are coloured, or they would be lost."""
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (labels, predicted), 1)
    mistakes = counts.copy()
    np.fill_diagonal(mistakes, 0)

    figure = new_figure(7.6, 6.4)
    axes = figure.subplots()
    top = max(1, mistakes.max())
    image = axes.imshow(mistakes, cmap="Blues", vmin=0, vmax=top)
    for i, j in np.ndindex(counts.shape):
        right = i == j
        dark = mistakes[i, j] > 0.6 * top
        axes.text(
            j, i, f"{counts[i, j]:,}" if counts[i, j] else "·",
            ha="center", va="center", fontsize=8 if right else 9,
            color="white" if dark else GREY if right or not counts[i, j] else "black",
            fontweight="normal" if right or not counts[i, j] else "bold",
        )  # fmt: skip
    axes.set_xticks(range(classes))
    axes.set_yticks(range(classes))
    axes.set_xlabel("digit that the network reads")
    axes.set_ylabel("digit that it is")
    axes.set_title(f"Confusion matrix: {mistakes.sum():,} mistakes in {len(labels):,} test images")
    figure.colorbar(image, ax=axes, shrink=0.8, label="mistakes (images)")
    return figure


def mistakes(images: np.ndarray, labels: np.ndarray, scores: np.ndarray, rows: int = 4, columns: int = 8) -> Any:
    """The misread images whose wrong digit has the greatest lead over the right one."""
    predicted = scores.argmax(1)
    everyone = np.arange(len(labels))
    lead = scores[everyone, predicted] - scores[everyone, labels]
    wrong = np.flatnonzero(predicted != labels)
    worst = wrong[np.argsort(-lead[wrong], kind="stable")][: rows * columns]

    figure = new_figure(1.15 * columns, 1.45 * rows + 0.5)
    grid = figure.subplots(rows, columns)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, i in zip(grid.flat, worst, strict=False):
        axes.imshow(images[i], cmap="gray_r", vmin=0, vmax=255)
        axes.set_title(f"{labels[i]} read as {predicted[i]}\nlead {lead[i]:.1f}", fontsize=8)
    if len(worst):
        title = f"The worst of {len(wrong):,} mistakes, by the lead of the wrong digit's score over the right one's"
    else:
        title = f"Not one of {len(labels):,} test images was misread"
    figure.suptitle(title, fontsize=11)
    return figure
