"""The page of `wang`: the runs that it needs, its tables and figures, and what they mean."""

import tinygrad_lite as tl

from . import figures
from .lab import Lab, Run
from .page import Page, mean, percent, plus_minus, versus
from .wang import RADIUS, data, probe, timing, train

EPOCHS = 100
RATES = (10, 1, 0.1, 0.01)
SAMPLES = 10  # runs for each learning rate
PUBLISHED = {  # Table 1: learning rate → (log₁₀ of the total loss, test accuracy %, wall time s), each (mean, sd)
    10: ((2.4, 0.18), (87, 6), (77.71, 4.5)),
    1: ((1.4, 0.1), (98, 0.8), (80.09, 1.5)),
    0.1: ((1.386, 0.17), (99, 0.8), (84.43, 2.9)),
    0.01: ((1.724, 0.05), (96, 0.4), (79.91, 5.5)),
}


def report(lab: Lab) -> Page:
    common = {"structure": "3 layers", "epochs": lab.size(EPOCHS, 2), "points": lab.size(1000, 40)}
    seeds = range(lab.size(SAMPLES, 2))
    runs = lab.run(train, [common | {"lr": lr, "seed": s} for s in seeds for lr in RATES])
    runs += lab.run(train, [common | {"lr": 0.001, "seed": 0}])  # for their Figure 3
    by_rate = {lr: [run for run in runs if run["lr"] == lr] for lr in (*RATES, 0.001)}
    deeper = lab.run(
        train, [common | {"structure": "4 layers, one ReLU", "lr": 0.1, "seed": s} for s in range(lab.size(3, 2))]
    )
    probes = {
        name: lab.run(probe, [common | {"lr": 0.1, "seed": s} | change for s in range(lab.size(2, 1))])
        for name, change in {
            "initial weights and biases N(0, 1)": {"start": "N(0, 1)"},
            "a rate that falls to 0 along a cosine": {"optimizer": "SGD, falling rate"},
            "Adam at 0.002": {"optimizer": "Adam", "lr": 0.002},
        }.items()
    }
    (timed,) = lab.measure(timing, [common | {"lr": 0.1, "seed": 0}])

    page = Page(lab, "Wang, Xie and Liu (2020): a constructor that records")
    page.text(
        """A network 2-25-25-25-2 of sigmoids learns which points of the square lie in the disk of radius ½, by SGD on
        the squared error, one sample at a time. The code (`wang.py`) keeps their idiom: tools write into a constructor,
        by hand or automatically; `tests/test_reports.py` holds the derivatives of the two ways to each other."""
    )
    page.heading("Table 1: learning rates")
    page.table(
        ["after 100 epochs, 10 runs", *(f"lr = {lr:g}" for lr in RATES)],
        [
            ["test accuracy, published (%)", *(f"{p[1][0]} ± {p[1][1]}" for p in PUBLISHED.values())],
            ["test accuracy, ours (%)", *(percent(r["accuracy"] for r in by_rate[lr]) for lr in RATES)],
            ["difference", *(compared(by_rate[lr], lr) for lr in RATES)],
            [
                "best epoch's test accuracy, ours (%)",
                *(percent(max(r["accuracies"]) for r in by_rate[lr]) for lr in RATES),
            ],
            ["log₁₀ total loss, published", *(f"{p[0][0]} ± {p[0][1]}" for p in PUBLISHED.values())],
            ["log₁₀ total loss, ours", *(plus_minus((r["loss"] for r in by_rate[lr]), 2) for lr in RATES)],
            ["time of a run, published (s)", *(f"{p[2][0]} ± {p[2][1]}" for p in PUBLISHED.values())],
            ["time of a run, ours (s)", *(plus_minus(r.seconds for r in by_rate[lr]) for lr in RATES)],
            ["of it, processor time (s)", *(plus_minus(r.processor for r in by_rate[lr]) for lr in RATES)],
        ],
    )
    page.text(
        f"""The total loss is the sum over the training points in the last epoch. One run at lr = 0.1 alone took
        {timed.seconds:.1f} s by the clock, {timed.processor:.1f} s of processor time (runs `timing`): their
        {PUBLISHED[0.1][2][0]} s are {PUBLISHED[0.1][2][0] / timed.processor:.1f} times as long, on their machine of
        2020."""
    )
    page.figure(
        "training", curves(by_rate), "Training, as in their Figure 3: mean over the runs, and ± one standard deviation."
    )
    page.figure(
        "points",
        classified(by_rate[0.1][0], deeper[0]),
        "The test points of the first run, as in their Figures 2 and 4, at lr = 0.1; wrong ones have a ring, and the "
        "dashed line is the rim of the disk.",
    )
    page.heading("Four hidden layers")
    page.text(
        f"""With a fourth hidden layer, and ReLU after the third, lr = 0.1: {percent(r["accuracy"] for r in deeper)} %
        (three layers: {percent(r["accuracy"] for r in by_rate[0.1])} %). They saw their test accuracy "pushed further
        toward 100%", and give no figure."""
    )
    page.heading("What differs, and why")
    page.text(why(by_rate, probes))
    page.table(
        [f"lr = 0.1, {len(probes['Adam at 0.002'])} runs", "test accuracy (%)", "best epoch (%)", "log₁₀ total loss"],
        [
            [
                name,
                percent(r["accuracy"] for r in each),
                percent(r["best"] for r in each),
                plus_minus((r["loss"] for r in each), 2),
            ]
            for name, each in probes.items()
        ],
    )
    page.conditions(
        {
            "data": f"{common['points']} points to train on, as many to test with, uniform in [0,1]²; radius {RADIUS}",
            "inputs": "(x − ½)·√12, so mean 0 and deviation 1 (the report does not say)",
            "initial weights": "N(0, 16·2/(d_in + d_out)) (the report does not say)",
            "initial biases": "N(0, 1) in the first layer, −½ Σ w in the others (the report does not say)",
            "loss": "(y₁ − t₁)² + (y₂ − t₂)² of one sample; two sigmoids as outputs",
            "optimizer": f"SGD, constant rate, {common['epochs']} epochs, a new order in each",
        }
    )
    return page


def compared(runs: list[Run], lr: float) -> str:
    theirs, sd = PUBLISHED[lr][1]
    return versus(100 * mean(runs, "accuracy"), theirs, sd)


def why(by_rate: dict[float, list[Run]], probes: dict[str, list[Run]]) -> str:
    lower = [lr for lr in RATES if 100 * mean(by_rate[lr], "accuracy") < PUBLISHED[lr][1][0] - PUBLISHED[lr][1][1]]
    rates = ", ".join(f"{lr:g}" for lr in lower)
    top = max(RATES, key=lambda lr: mean(by_rate[lr], "accuracy"))
    lifted = max(probes, key=lambda name: mean(probes[name], "accuracy"))
    verdict = f"At the rates {rates} ours is lower by more than one of their deviations. " if lower else ""
    return f"""
        {verdict}The best rate here is {top:g}, with {mean(by_rate[top], "accuracy"):.1%} at the end. The report does
        not give the inputs' scale, the initial weights, the factor before the loss or the order of the samples, and
        any factor before the loss is a factor of the rate; at 0.01 accuracy and loss are near theirs, so the scale
        should be about right. At 10 the first steps drive the sigmoids to 0 and 1, where their derivatives vanish, and
        the answer stays that of the larger class, outside or inside. What would lift the accuracy was sought by
        changing one thing at a time, at 0.1 (the table below): most came of "{lifted}",
        {mean(probes[lifted], "accuracy"):.1%}. One sample at a time at a constant rate never settles: the accuracy at
        the end is that of one epoch among many that differ, and the best epoch's, also in Table 1, is higher. If
        theirs is the best epoch's, or that of the training points, the report does not say so."""


def curves(by_rate: dict[float, list[Run]]):
    figure, (loss, accuracy) = figures.new(2)
    epochs = list(range(1, len(by_rate[0.1][0]["losses"]) + 1))
    for axes, name, scale, label in (
        (loss, "losses", 1, "log₁₀ of the total training loss"),
        (accuracy, "accuracies", 100, "test accuracy (%)"),
    ):
        series = {
            f"lr = {lr:g}": (epochs, [[scale * v for v in run[name]] for run in runs]) for lr, runs in by_rate.items()
        }
        figures.bands(axes, series, xlabel="epoch", ylabel=label)
    return figure


def classified(*runs: Run):
    figure, every = figures.new(len(runs), width=4.6, height=5)
    for axes, run in zip(every, runs, strict=True):
        tl.manual_seed(run["seed"])
        data(run["points"])
        points, _, target = data(run["points"])  # the second draw is the test set
        wrong = points.numpy()[run["wrong"]]
        figures.points(axes, points.numpy(), target[:, 0].long().numpy(), RADIUS)
        ring = {"s": 70, "facecolors": "none", "edgecolors": figures.GREEN, "linewidths": 1.8}
        axes.scatter(*wrong.T, label=f"wrong ({len(wrong)})", **ring)
        axes.set_title(f"{run['structure']}: {run['accuracy']:.1%}")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3, columnspacing=1, handletextpad=0.2)
    return figure
