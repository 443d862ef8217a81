"""Gengler and Yuan, "EE-559 Deep Learning Project 2" (EPFL, 2021): one output unit, one sample at a time."""

import math

import tinygrad_lite as tl
from tinygrad_lite import nn

LOSSES = {
    "MSE": nn.MSELoss(),  # (y − t)²
    "MAE": nn.L1Loss(),  # |y − t|
    "BCE": nn.BCEWithLogitsLoss(),  # −t log σ(y) − (1 − t) log(1 − σ(y))
}
OPTIMIZERS = {"SGD": tl.optim.SGD, "Adam": tl.optim.Adam}
THRESHOLDS = {"MSE": 0.5, "MAE": 0.5, "BCE": 0.0}  # an output above it says "inside"; σ(0) = ½


def network(std: float) -> nn.Sequential:
    """2-25-25-25-1 with ReLU; weights and biases are normal with a given standard deviation."""
    model = nn.Sequential(
        nn.Linear(2, 25), nn.ReLU(), nn.Linear(25, 25), nn.ReLU(), nn.Linear(25, 25), nn.ReLU(), nn.Linear(25, 1)
    )
    for parameter in model.parameters():
        nn.init.normal_(parameter, 0.0, std)
    return model


def data(n: int, raw: bool) -> tuple[tl.Tensor, tl.Tensor]:
    """Points of the square, or standardized (a uniform number on [0,1] has the variance 1/12), and targets 0 or 1."""
    points, inside = tl.datasets.disk(n)
    return points if raw else (points - 0.5) * math.sqrt(12), inside.float()[:, None]


def train(settings: dict) -> dict:
    """For each epoch, for each sample: zero the gradients, forward, loss, backward, step."""
    found = fit(settings)
    return {"accuracy": found.pop("accuracies")[-1], **found}


def probe(settings: dict) -> dict:
    """The same, for the test accuracies after the last epochs: how much do they jump?"""
    return {"accuracies": [round(accuracy, 4) for accuracy in fit(settings)["accuracies"][-20:]]}


def fit(settings: dict) -> dict:
    tl.manual_seed(settings["seed"])
    n, raw = settings["points"], settings.get("raw", False)
    (x, t), (x_test, t_test) = data(n, raw), data(n, raw)
    model, criterion = network(settings["std"]), LOSSES[settings["loss"]]
    optimizer = OPTIMIZERS[settings["optimizer"]](model.parameters(), lr=settings["lr"])

    samples = list(zip(x.split(1), t.split(1), strict=True))
    threshold = THRESHOLDS[settings["loss"]]
    epochs, train_losses, test_losses, accuracies = [], [], [], []
    for epoch in range(1, settings["epochs"] + 1):
        for i in tl.randperm(n).tolist():
            sample, target = samples[i]
            optimizer.zero_grad()
            loss = criterion(model(sample), target)
            loss.backward()
            optimizer.step()
        with tl.no_grad():
            y_test = model(x_test)
            accuracies.append(((y_test > threshold) == (t_test > 0.5)).float().mean().item())
            if epoch % max(1, settings["epochs"] // 50) == 0:
                epochs.append(epoch)
                train_losses.append(float(f"{criterion(model(x), t).item():.4g}"))
                test_losses.append(float(f"{criterion(y_test, t_test).item():.4g}"))
    return {"accuracies": accuracies, "epochs_at": epochs, "train_losses": train_losses, "test_losses": test_losses}
