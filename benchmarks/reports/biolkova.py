"""Biolková and Pham, "Mini Deep Learning Framework" (EPFL): two losses, two optimizers, three activations."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import tinygrad_lite as tl
from tinygrad_lite import nn
from tinygrad_lite.nn import functional as F

WIDTHS = (2, 25, 25, 25, 2)
BATCH = 25
ALPHA = 0.05  # the slope of LeakyReLU below 0


ACTIVATIONS: dict[str, tuple[Callable[[], nn.Module], float]] = {  # with the gain of He et al. (2015)
    "ReLU": (nn.ReLU, nn.init.calculate_gain("relu")),
    "Tanh": (nn.Tanh, nn.init.calculate_gain("tanh")),
    "Leaky ReLU": (lambda: nn.LeakyReLU(ALPHA), nn.init.calculate_gain("leaky_relu", ALPHA)),
}
OPTIMIZERS = {"SGD": tl.optim.SGD, "Adam": tl.optim.Adam}


# --- the method ---


def network(activation: str, variant: str = "") -> nn.Sequential:
    """Linear layers, an activation after each hidden one; w, b ~ N(0, g²·2/(d_in + d_out)), their equation (5)."""
    make, gain = ACTIVATIONS[activation]
    if variant in SLIPS:
        make = SLIPS[variant]
    layers: list[nn.Module] = []
    for d_in, d_out in pairwise(WIDTHS):
        linear = nn.Linear(d_in, d_out)
        if variant == "N(0, 1)":
            nn.init.normal_(linear.weight)
            nn.init.normal_(linear.bias)
        else:
            nn.init.xavier_normal_all_(linear.weight, linear.bias, gain if d_out > 2 else 1.0)
        layers += [linear, make()]
    return nn.Sequential(*layers[:-1])


def loss_of(name: str, scores: tl.Tensor, labels: tl.Tensor) -> tl.Tensor:
    """Their equations (6), on one-hot targets, and (7); each averaged over the batch."""
    if name == "MSE":
        return F.mse_loss(scores, F.one_hot(labels, 2).float())
    return F.cross_entropy(scores, labels)


def fit(model: nn.Sequential, x: tl.Tensor, labels: tl.Tensor, settings: dict) -> None:
    """Batches of 25 in a new order each epoch."""
    optimizer = OPTIMIZERS[settings["optimizer"]](model.parameters(), lr=settings["lr"])
    for _ in range(settings["epochs"]):
        for batch in tl.randperm(len(x)).split(BATCH):
            optimizer.zero_grad()
            loss_of(settings["loss"], model(x[batch]), labels[batch]).backward()
            optimizer.step()


@tl.no_grad()
def accuracy(model: nn.Sequential, x: tl.Tensor, labels: tl.Tensor) -> float:
    return (model(x).argmax(dim=1) == labels).float().mean().item()


def search(settings: dict) -> dict:
    """Train on four fifths of a training set, and validate on the rest."""
    tl.manual_seed(settings["seed"])
    x, labels = tl.datasets.disk(settings["points"])
    x = (x - x.mean(0)) / x.std(0)
    split = settings["points"] * 4 // 5
    model = network(settings["activation"], settings.get("variant", ""))
    fit(model, x[:split], labels[:split], settings)
    return {"accuracy": accuracy(model, x[split:], labels[split:])}


def train(settings: dict) -> dict:
    """Train on all of a training set, and test on as many other points."""
    tl.manual_seed(settings["seed"])
    (x, labels), (x_test, labels_test) = (tl.datasets.disk(settings["points"]) for _ in range(2))
    mean, std = x.mean(0), x.std(0)
    model = network(settings["activation"], settings.get("variant", ""))
    fit(model, (x - mean) / std, labels, settings)
    return {"accuracy": accuracy(model, (x_test - mean) / std, labels_test)}


# --- what may have gone wrong with their LeakyReLU ---


class Inverted(tl.autograd.Function):
    """y = LeakyReLU(x), with a derivative that is wrong: α where x > 0, and 1 where x < 0."""

    @staticmethod
    def forward(ctx: Any, x: tl.Tensor) -> tl.Tensor:
        ctx.save_for_backward(x)
        return F.leaky_relu(x, ALPHA)

    @staticmethod
    def backward(ctx: Any, g: tl.Tensor) -> tl.Tensor:
        (x,) = ctx.saved_tensors
        return tl.where(x > 0, ALPHA, 1.0) * g


class Clipped(tl.autograd.Function):
    """y = LeakyReLU(x), with a derivative that is wrong: α everywhere."""

    @staticmethod
    def forward(ctx: Any, x: tl.Tensor) -> tl.Tensor:
        return F.leaky_relu(x, ALPHA)

    @staticmethod
    def backward(ctx: Any, g: tl.Tensor) -> tl.Tensor:
        return ALPHA * g


class Applied(nn.Module):
    def __init__(self, function: type[tl.autograd.Function]):
        super().__init__()
        self.function = function

    def forward(self, x: tl.Tensor) -> tl.Tensor:
        return self.function.apply(x)


SLIPS: dict[str, Callable[[], nn.Module]] = {
    "derivative inverted": lambda: Applied(Inverted),
    "derivative α everywhere": lambda: Applied(Clipped),
}
