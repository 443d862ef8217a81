"""The page of `gengler`: the runs that it needs, its tables and figures, and what they mean."""

import statistics

from . import figures
from .gengler import LOSSES, OPTIMIZERS, probe, train
from .lab import Lab, Run
from .page import Page, mean, percent, versus

RUNS = {"MSE": 3, "MAE": 1, "BCE": 1}  # the report has results for MSE
SETTINGS = {"SGD": {"lr": 5e-5, "epochs": 500}, "Adam": {"lr": 5e-3, "epochs": 100}}
PUBLISHED = {"SGD": 97.7, "Adam": 98.3}  # test accuracy (%), MSE
TOLERANCE = 0.5  # points: they give no deviation


def report(lab: Lab) -> Page:
    common = {"std": 0.4, "points": lab.size(1000, 40)}
    cells = [(loss, optimizer) for loss in LOSSES for optimizer in OPTIMIZERS]
    settings = {
        (loss, name): [
            common
            | {"loss": loss, "optimizer": name, "seed": seed, "lr": SETTINGS[name]["lr"]}
            | {"epochs": lab.size(SETTINGS[name]["epochs"], 3)}
            for seed in range(lab.size(RUNS[loss], 1))
        ]
        for loss, name in cells
    }
    runs = lab.run(train, [each for cell in cells for each in settings[cell]])
    found = {cell: [run for run in runs if (run["loss"], run["optimizer"]) == cell] for cell in cells}

    probed = common | {"loss": "MSE", "optimizer": "Adam", "lr": SETTINGS["Adam"]["lr"]}
    probed |= {"epochs": lab.size(SETTINGS["Adam"]["epochs"], 3)}
    probes = lab.run(probe, [probed | {"seed": seed} for seed in range(lab.size(3, 1))])

    page = Page(lab, "Gengler and Yuan (2021): one output, one sample at a time")
    page.text(
        """A network 2-25-25-25-1 with ReLU learns to give 1 inside the disk of radius 1/√(2π) and 0 outside, from 1,000
        points, one at a time. SGD has the learning rate 5e-5 and 500 epochs, Adam 5e-3 and 100 epochs, as published."""
    )
    page.heading("Test accuracy (%)")
    rows = []
    for loss, name in cells:
        ours = [run["accuracy"] for run in found[loss, name]]
        published = PUBLISHED[name] if loss == "MSE" else "none"
        difference = versus(100 * mean(found[loss, name], "accuracy"), PUBLISHED[name], TOLERANCE)
        rows.append(
            [
                f"{loss}, {name}",
                published,
                f"{percent(ours)} ({len(ours)} run{'s' * (len(ours) > 1)})",
                f"{100 * max(ours):.1f}",
                difference if loss == "MSE" else "–",
                f"{mean_time(found[loss, name], 'seconds'):.1f}",
                f"{mean_time(found[loss, name], 'processor'):.1f}",
            ]
        )
    page.table(
        ["loss, optimizer", "published", "ours", "best run", "difference", "s a run", "processor s"],
        rows,
    )
    page.text(
        """They implemented MAE and BCE, but give results for MSE alone, of one run each; with no deviation given, half
        a point counts as the same. BCE is applied to a sigmoid of the output."""
    )
    for name, number in (("SGD", 2), ("Adam", 3)):
        page.figure(
            f"loss-{name.lower()}",
            curves({loss: found[loss, name] for loss in LOSSES}),
            f"Training and test loss with {name}, as in their Figure {number} (MSE), and with the other two losses: "
            "mean over the runs, and ± one standard deviation.",
        )
    page.heading("What differs, and why")
    page.text(why(found, probes))
    page.table(
        ["MSE, Adam: test accuracy after each of the last 20 epochs (%)", "mean", "lowest", "highest"],
        [
            [f"seed {run['seed']}", *(f"{100 * of(run['accuracies']):.1f}" for of in (statistics.mean, min, max))]
            for run in probes
        ],
    )
    page.conditions(
        {
            "data": f"{common['points']} points to train on, as many to test with, uniform in [0,1]²",
            "inputs": "(x − ½)·√12, so mean 0 and deviation 1 (the report does not say)",
            "initial weights and biases": f"N(0, {common['std']}²) (normal in the report, which gives no deviation)",
            **{name: f"lr {each['lr']:g}, {lab.size(each['epochs'], 3)} epochs" for name, each in SETTINGS.items()},
            "order": "a new one in each epoch",
        }
    )
    return page


def mean_time(runs: list[Run], time: str) -> float:
    return sum(getattr(run, time) for run in runs) / len(runs)


def why(found: dict[tuple[str, str], list[Run]], probes: list[Run]) -> str:
    sgd, adam = (100 * mean(found["MSE", name], "accuracy") for name in ("SGD", "Adam"))
    lower = [name for name, ours in (("SGD", sgd), ("Adam", adam)) if ours < PUBLISHED[name] - TOLERANCE]
    verdict = f"{' and '.join(lower)} is lower here. " if lower else ""
    jumps = [max(run["accuracies"]) - min(run["accuracies"]) for run in probes]
    return f"""
        {verdict}What the report leaves open decides how far SGD comes: at 5e-5, its 500,000 steps follow the gradient
        for a time of only 25, and in trials a network that started from smaller weights, or from inputs in [0,1], was
        still learning then. Inputs with mean 0 and deviation 1, and weights and biases of deviation 0.4, start it
        faster. Adam at 5e-3, one sample at a time, makes steps that do not shrink: within the last 20 epochs the test
        accuracy of a run moves over a range of {100 * statistics.mean(jumps):.1f} points on average (the table below),
        so that where a single run ends, theirs or one of ours, is partly luck. MAE pulls with the same force however
        small the error is, BCE with less and less."""


def curves(found: dict[str, list[Run]]):
    figure, every = figures.new(len(found), width=3.6, height=3.2)
    for axes, (loss, runs) in zip(every, found.items(), strict=True):
        epochs = runs[0]["epochs_at"]
        series = {part: (epochs, [run[f"{part}_losses"] for run in runs]) for part in ("train", "test")}
        figures.bands(axes, series, xlabel="epoch", ylabel=f"{loss} per point", title=loss)
        figures.logarithmic(axes)
    return figure
