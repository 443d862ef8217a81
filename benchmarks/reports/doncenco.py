"""Doncenco, Huang and Maudet, "Deep Learning Report" (2023): MNIST by linear classifiers and deep networks.

They trained one example at a time, and wished for batches and convolutions: here are both.
"""

import statistics
import time
from typing import Any

import tinygrad_lite as tl
from tinygrad_lite import nn
from tinygrad_lite.nn import functional as F
from tinygrad_lite.optim.lr_scheduler import DecayOnRise, OneCycleLR

from . import digits

BETA, DECAY = 0.9, 0.5


# --- the autograd walk-through of their sections 2 and 3 ---


def gradients_by_hand(x: Any, y: int, W1: Any, b1: Any, W2: Any, b2: Any) -> tuple[float, list[Any]]:
    """NLL of two layers with ReLU, and its gradients by the chain rule: their equations (2), (5), (14), (15).

    z₁ = x W₁ᵀ + b₁,  z₁′ = ReLU(z₁),  z₂ = z₁′ W₂ᵀ + b₂;  ∇_z NLL = softmax(z) − e_y. NumPy alone: no tape.
    """
    import numpy as np

    z1 = x @ W1.T + b1
    h = np.maximum(0, z1)
    z2 = h @ W2.T + b2
    loss = -z2[y] + np.log(np.exp(z2).sum())
    dz2 = np.exp(z2) / np.exp(z2).sum()
    dz2[y] -= 1
    dz1 = (dz2 @ W2) * (z1 > 0)
    return float(loss), [np.outer(dz1, x), dz1, np.outer(dz2, h), dz2]


# --- the method ---


def linear(d_in: int, d_out: int) -> nn.Linear:
    """z = x Wᵀ + b with Glorot's W ~ U(±√6/√(k + d)), their equation (18), and b = 0."""
    layer = nn.Linear(d_in, d_out)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


class DeepNetwork(nn.Module):
    """n linear layers with an activation between them; with one layer it is the linear classifier."""

    def __init__(self, dim_input: int, dim_output: int, hidden_dim: int, n_layers: int, tanh: bool):
        super().__init__()
        self.layers = nn.ModuleList()
        indim, outdim = dim_input, hidden_dim
        for i in range(n_layers):
            if i == n_layers - 1:
                outdim = dim_output
            if i > 0:
                indim = hidden_dim
            self.layers.extend([linear(indim, outdim), nn.Tanh() if tanh else nn.ReLU()])
        self.layers.pop(-1)  # no activation after the last layer

    def forward(self, x: tl.Tensor) -> tl.Tensor:
        for layer in self.layers:
            x = layer(x)
        return x


def convolutional() -> nn.Sequential:
    """1×28×28 → 16×12×12 → 32×4×4 → 128 → 10."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 5),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Conv2d(16, 32, 5),
        nn.MaxPool2d(2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(512, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )


def optimizer_of(model: nn.Module, lr: float, momentum: bool) -> tl.optim.SGD:
    """m ← β m + (1 − β) ∇, W ← W − η m: their equations (16) and (17), a running average of the gradients."""
    beta = BETA if momentum else 0.0
    return tl.optim.SGD(model.parameters(), lr=lr, momentum=beta, dampening=beta)


@tl.no_grad()
def evaluated(model: nn.Module, x: tl.Tensor, labels: tl.Tensor) -> tuple[float, float]:
    """(mean NLL, accuracy)."""
    scores = tl.cat([model(part) for part in x.split(1000)])
    return F.cross_entropy(scores, labels).item(), (scores.argmax(1) == labels).float().mean().item()


def fit(model: nn.Module, settings: dict) -> dict:
    """Train on five sixths of the training images, develop on the rest; the test images are seen once, at the end."""
    images, labels, *test = digits.load()
    shape = (-1, 784) if isinstance(model, DeepNetwork) else (-1, 1, 28, 28)
    images = images.reshape(shape)
    split = len(images) * 5 // 6
    (x, y), dev = (images[:split], labels[:split]), (images[split:], labels[split:])
    steps = -(-split // settings["batch"])
    if settings.get("schedule") == "one cycle":
        optimizer = tl.optim.Adam(model.parameters(), lr=settings["lr"])
        schedule: Any = OneCycleLR(optimizer, settings["lr"], total_steps=settings["epochs"] * steps)
    else:
        optimizer = optimizer_of(model, settings["lr"], settings["momentum"])
        schedule = DecayOnRise(optimizer, factor=DECAY) if settings["decay"] else None

    history: dict[str, list[float]] = {"train_loss": [], "train_accuracy": [], "dev_loss": [], "dev_accuracy": []}
    training = 0.0
    for _ in range(settings["epochs"]):
        total, right = 0.0, 0
        begin = time.process_time()
        for chosen in tl.randperm(split).split(settings["batch"]):
            scores, target = model(x[chosen]), y[chosen]
            optimizer.zero_grad()
            loss = F.cross_entropy(scores, target)
            loss.backward()
            optimizer.step()
            if isinstance(schedule, OneCycleLR):
                schedule.step()
            total += loss.item() * len(target)
            right += (scores.array.argmax(1) == target.array).sum()
        if isinstance(schedule, DecayOnRise):
            schedule.step(total)  # if loss[i] > loss[i-1]: learning_rate = learning_rate * decay_rate
        training += time.process_time() - begin
        for name, value in zip(history, (total / split, right / split, *evaluated(model, *dev)), strict=True):
            history[name].append(round(float(value), 5))
    accuracy = evaluated(model, test[0].reshape(shape), test[1])[1]
    return history | {"test_accuracy": accuracy, "seconds_per_epoch": training / settings["epochs"]}


def grid(settings: dict) -> dict:
    """One cell of the search; its test accuracy is not kept, as nothing may be chosen by it."""
    tl.manual_seed(settings["seed"])
    found = fit(DeepNetwork(784, 10, settings["hidden"], settings["layers"], settings["tanh"]), settings)
    return {"dev_accuracy": found["dev_accuracy"], "seconds_per_epoch": found["seconds_per_epoch"]}


def final(settings: dict) -> dict:
    """A network that is trained to the end, and tested."""
    tl.manual_seed(settings["seed"])
    return fit(DeepNetwork(784, 10, settings["hidden"], settings["layers"], settings["tanh"]), settings)


def convolution(settings: dict) -> dict:
    tl.manual_seed(settings["seed"])
    return fit(convolutional(), settings)


def timing(settings: dict) -> dict:
    """Processor time of a training step with so many examples, on numbers like MNIST's."""
    tl.manual_seed(0)
    model = DeepNetwork(784, 10, settings["hidden"], settings["layers"], settings["tanh"])
    optimizer = optimizer_of(model, 1e-4, settings["momentum"])
    parts = (numbers.split(settings["batch"]) for numbers in (tl.randn(2048, 784), tl.randint(0, 10, (2048,))))
    batches = list(zip(*parts, strict=True))

    def step(i: int) -> None:
        x, y = batches[i % len(batches)]
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    samples = []
    for turn in range(settings["turns"]):
        begin = time.process_time()
        for i in range(settings["steps"]):
            step(turn * settings["steps"] + i)
        samples.append((time.process_time() - begin) / settings["steps"])
    return {"step": statistics.median(samples)}
