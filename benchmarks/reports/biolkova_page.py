"""The page of `biolkova`: the runs that it needs, its tables and figures, and what they mean."""

import statistics
from typing import Any

import numpy as np

from . import figures
from .biolkova import ALPHA, BATCH, SLIPS, search, train
from .lab import Lab, Run
from .page import Page, mean, percent, versus

PUBLISHED = {  # Table I: mean test accuracy and standard deviation over 10 runs, in percent
    ("MSE", "SGD", "ReLU"): (96.7, 1.1),
    ("MSE", "SGD", "Tanh"): (95.3, 1.4),
    ("MSE", "SGD", "Leaky ReLU"): (89.7, 1.2),
    ("MSE", "Adam", "ReLU"): (96.8, 1.6),
    ("MSE", "Adam", "Tanh"): (94.9, 1.9),
    ("MSE", "Adam", "Leaky ReLU"): (85.9, 2.8),
    ("Cross-Entropy", "SGD", "ReLU"): (97.4, 0.9),
    ("Cross-Entropy", "SGD", "Tanh"): (97.0, 1.0),
    ("Cross-Entropy", "SGD", "Leaky ReLU"): (92.7, 0.8),
    ("Cross-Entropy", "Adam", "ReLU"): (96.9, 0.6),
    ("Cross-Entropy", "Adam", "Tanh"): (96.7, 1.4),
    ("Cross-Entropy", "Adam", "Leaky ReLU"): (94.7, 1.6),
}
Cell = tuple[str, str, str]  # loss, optimizer, activation
EPOCHS, RUNS = 30, 10
GRID = {"SGD": (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4), "Adam": (0.001, 0.002, 0.005, 0.01, 0.02)}
SEARCH_SEEDS = range(100, 110)  # other data than that of the runs that are reported, which have the seeds from 0 on
VARIANTS = ["N(0, 1)", *SLIPS]


def report(lab: Lab) -> Page:
    common = {"epochs": lab.size(EPOCHS, 2), "points": lab.size(1000, 50)}
    cells: list[tuple[Cell, str]] = [(cell, "") for cell in PUBLISHED]
    cells += [(cell, variant) for variant in VARIANTS for cell in PUBLISHED if cell[2] == "Leaky ReLU"]
    rates = {cell: best_rate(lab, *cell, common) for cell in cells}
    settings = {
        cell: [described(*cell) | common | {"lr": rates[cell], "seed": s} for s in range(lab.size(RUNS, 2))]
        for cell in cells
    }
    runs = iter(lab.run(train, [each for cell in cells for each in settings[cell]]))
    found = {cell: [next(runs) for _ in settings[cell]] for cell in cells}
    ours = {cell: found[cell, ""] for cell in PUBLISHED}

    page = Page(lab, "Biolková and Pham: two losses, two optimizers, three activations")
    page.text(
        """A network 2-25-25-25-2 learns which points of the square lie in the disk of radius 1/√(2π), from 1,000
        points, in 30 epochs of batches of 25. The learning rate of each of the twelve models is found by a grid
        search."""
    )
    page.heading("Table I: test accuracy (%)")
    page.table(
        ["loss, optimizer, activation", "learning rate", "published", "ours", "difference"],
        [
            [
                ", ".join(cell),
                f"{rates[cell, '']:g}",
                f"{theirs} ± {sd}",
                percent(run["accuracy"] for run in ours[cell]),
                versus(100 * mean(ours[cell], "accuracy"), theirs, sd),
            ]
            for cell, (theirs, sd) in PUBLISHED.items()
        ],
    )
    page.text("Mean ± standard deviation over 10 runs, theirs and ours; each of ours has its own points and weights.")
    page.figure("accuracy", bars(ours), "Table I as a picture: mean test accuracy, ± one standard deviation.")
    page.heading("What lifted Leaky ReLU")
    page.table(
        ["Leaky ReLU", *(", ".join(cell[:2]) for cell in PUBLISHED if cell[2] == "Leaky ReLU")],
        [
            ["published", *(f"{p[0]} ± {p[1]}" for cell, p in PUBLISHED.items() if cell[2] == "Leaky ReLU")],
            *(
                [
                    name,
                    *(percent(r["accuracy"] for r in found[c, v]) for c, v in cells if v == variant and c[2][0] == "L"),
                ]
                for variant, name in [("", "ours"), *((v, f"ours, slip: {v}") for v in VARIANTS)]
            ),
        ],
    )
    page.text(why_leaky(found))
    page.heading("What differs, and why")
    page.text(why(ours))
    page.conditions(
        {
            "data": f"{common['points']} points to train on, as many to test with; radius 1/√(2π)",
            "inputs": "standardized by mean and deviation of the training points",
            "initial weights and biases": "N(0, g²·2/(d_in + d_out)), g of He et al.; g = 1 before the output",
            "epochs, batch": f"{common['epochs']}, {BATCH}; a new order in each epoch; constant rate",
            **{f"grid, {name}": ", ".join(f"{rate:g}" for rate in grid) for name, grid in GRID.items()},
            "search": f"validation on a fifth of the training set, {lab.size(len(SEARCH_SEEDS), 1)} sets a rate",
        }
    )
    return page


def described(cell: Cell, variant: str) -> dict:
    named = dict(zip(("loss", "optimizer", "activation"), cell, strict=True))
    return named | ({"variant": variant} if variant else {})


def best_rate(lab: Lab, cell: Cell, variant: str, common: dict) -> float:
    """The rate of the best mean validation accuracy."""
    seeds = SEARCH_SEEDS[: lab.size(4 if variant else len(SEARCH_SEEDS), 1)]
    grid = [rate / 10 if variant == "N(0, 1)" else rate for rate in GRID[cell[1]]]  # large weights, large gradients
    runs = lab.run(search, [described(cell, variant) | common | {"lr": lr, "seed": s} for lr in grid for s in seeds])
    return max(grid, key=lambda lr: mean([run for run in runs if run["lr"] == lr], "accuracy"))


def why_leaky(found: dict[tuple[Cell, str], list[Run]]) -> str:
    gap = max(
        abs(mean(found[(*cell[:2], "ReLU"), ""], "accuracy") - mean(runs, "accuracy"))
        for (cell, variant), runs in found.items()
        if cell[2] == "Leaky ReLU" and not variant
    )
    theirs = max(
        PUBLISHED[(*cell[:2], "ReLU")][0] - accuracy for cell, (accuracy, _) in PUBLISHED.items() if cell[2][0] == "L"
    )
    return f"""
        With α = {ALPHA} Leaky ReLU is nearly ReLU, and so are its results here: the two differ by at most
        {100 * gap:.1f} points, where theirs differ by up to {theirs:.1f}. So α, which they suspected, is not the
        cause. Nothing was done to lift it but to take its derivative, 1 above 0 and α below, and its gain √(2/(1 +
        α²)) as they are. The rows below "ours" are slips that could cost so much: all weights and biases from N(0, 1),
        which their text prescribes for a layer without a known activation (with rates ten times smaller); α and 1
        exchanged in the derivative; α for both. Each costs accuracy in some models, but none gives their four figures:
        which slip it was, if it was one of these, cannot be told."""


def why(ours: dict[Cell, list[Run]]) -> str:
    lower = [", ".join(cell) for cell, (p, sd) in PUBLISHED.items() if 100 * mean(ours[cell], "accuracy") < p - sd]
    higher = sum(100 * mean(ours[cell], "accuracy") >= PUBLISHED[cell][0] for cell in PUBLISHED)
    verdict = (
        f"The cells that are lower by more than one of their deviations are: {'; '.join(lower)}."
        if lower
        else "No cell is below theirs by more than one of their deviations."
    )
    averages = {name: statistics.mean(mean(ours[c], "accuracy") for c in ours if c[1] == name) for name in GRID}
    return f"""
        {higher} of the 12 means are at theirs or above. {verdict} Architecture, initialisation, batches and epochs are
        theirs; the grid and the validation are ours, as the report does not give them. They found Adam "not as
        efficient as SGD"; here Adam is ahead, {averages["Adam"]:.1%} against {averages["SGD"]:.1%} on average: in
        1,200 steps SGD at a constant rate either has not arrived or, at a larger rate, still jumps about. The output
        layer has Xavier's weights too, where their text has N(0, 1) for a layer that no activation follows."""


def bars(ours: dict[Cell, list[Run]]):
    figure, (axes,) = figures.new(1, width=9, height=4)
    places = np.arange(len(PUBLISHED))
    published = np.array(list(PUBLISHED.values()))
    values = 100 * np.array([[run["accuracy"] for run in ours[cell]] for cell in PUBLISHED])
    style: dict[str, Any] = {"linestyle": "none", "capsize": 3, "markersize": 6}
    axes.errorbar(
        places - 0.12, published[:, 0], published[:, 1], marker="s", color=figures.VERMILION, label="published", **style
    )
    axes.errorbar(
        places + 0.12, values.mean(1), values.std(1, ddof=1), marker="o", color=figures.BLUE, label="ours", **style
    )
    axes.set_xticks(places, [f"{loss.replace('Cross-Entropy', 'CE')}\n{name}\n{act}" for loss, name, act in PUBLISHED])
    axes.tick_params(axis="x", labelsize=8)
    axes.set_ylabel("test accuracy (%)")
    axes.grid(alpha=0.3, axis="y")
    axes.legend(loc="lower right")
    return figure
