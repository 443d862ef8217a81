"""Wang, Xie and Liu, "Mini deep-learning framework" (EPFL, 2020): a constructor records what its tools do.

Their idiom, on this library. A `Constructor` keeps inputs, outputs and parameters; a tool (`Linear`, `Sigmoid`, `ReLU`)
takes it as an argument and can be applied by hand, forwards and then backwards, or be put into a sequence for `train`:

>>> import tinygrad_lite as tl
>>> mynn = Constructor()
>>> lin, sig = Linear(2, 25, mynn), Sigmoid(mynn)
>>> x = tl.rand(1, 2)
>>> y = sig.forward(lin.forward(x))                         # by hand
>>> dl_dx = lin.backward(sig.backward(tl.ones(1, 25)))
>>> loss = mynn.train([lin, sig], x, tl.zeros(1, 25))       # automatically
>>> [part.shape for part in mynn.x]
[torch.Size([1, 2]), torch.Size([1, 25]), torch.Size([1, 25])]
"""

import math
from typing import Any

import numpy as np

import tinygrad_lite as tl
from tinygrad_lite import nn

RADIUS = 0.5


# --- the idiom ---


class Constructor:
    """Combines operations, and records the input and output of each: x[0] is the network's input, x[-1] its output."""

    def __init__(self):
        self.x: list[tl.Tensor] = []
        self.layers: list[nn.Linear] = []
        self.applied: list[tuple[tl.Tensor, tl.Tensor]] = []  # by hand, and not yet gone back through

    w = property(lambda self: [layer.weight for layer in self.layers])
    b = property(lambda self: [layer.bias for layer in self.layers])
    dl_dw = property(lambda self: [layer.weight.grad for layer in self.layers])
    dl_db = property(lambda self: [layer.bias.grad for layer in self.layers])

    def forward(self, tools: list["Tool"], x: tl.Tensor) -> tl.Tensor:
        """The forward pass alone."""
        self.x = [x]
        for tool in tools:
            self.x.append(tool.operation(self.x[-1]))
        return self.x[-1]

    def train(self, tools: list["Tool"], x: tl.Tensor, target: tl.Tensor) -> tl.Tensor:
        """Forward and backward through the tools; returns the loss ‖x[-1] − target‖²."""
        loss = nn.functional.mse_loss(self.forward(tools, x), target, reduction="sum")
        loss.backward()
        return loss


class Tool:
    """An operation of a constructor. By hand, each has a tape of its own, which ends at its input."""

    def __init__(self, operation: nn.Module, constructor: Constructor):
        self.operation, self.constructor = operation, constructor

    def forward(self, x: tl.Tensor) -> tl.Tensor:
        x = x.detach().requires_grad_()
        y = self.operation(x)
        self.constructor.applied.append((x, y))
        return y

    def backward(self, dl_dy: tl.Tensor) -> tl.Tensor:
        """∂ℓ/∂x = (∂y/∂x)ᵀ ∂ℓ/∂y for the input x of the last `forward`; adds to the derivatives of w and b."""
        x, y = self.constructor.applied.pop()
        y.backward(dl_dy)
        assert x.grad is not None
        return x.grad


class Linear(Tool):
    """y = w x + b, with w ~ N(0, 16·2/(d_in + d_out)).

    As σ(z) = ½ + ½ tanh(z/2), a network of sigmoids computes what one of tanh does whose weights are a quarter of its
    own; here those of tanh are Glorot's. b = −½ Σ w takes away the ½ of the sigmoids before, where there are any.
    """

    def __init__(self, d_in: int, d_out: int, constructor: Constructor):
        layer = nn.Linear(d_in, d_out)
        nn.init.xavier_normal_(layer.weight, gain=4)
        with tl.no_grad():
            layer.bias.copy_(-0.5 * layer.weight.sum(1) if constructor.layers else tl.randn(d_out))
        super().__init__(layer, constructor)
        constructor.layers.append(layer)


class Sigmoid(Tool):
    """y = 1/(1 + e⁻ˣ)."""

    def __init__(self, constructor: Constructor):
        super().__init__(nn.Sigmoid(), constructor)


class ReLU(Tool):
    """y = max(0, x)."""

    def __init__(self, constructor: Constructor):
        super().__init__(nn.ReLU(), constructor)


# --- the experiment ---


def structure(name: str, mynn: Constructor) -> list[Tool]:
    """Hidden layers of 25 units, each with its activation, and an output layer of 2 sigmoids."""
    activations = {"3 layers": [Sigmoid] * 3, "4 layers, one ReLU": [Sigmoid, Sigmoid, ReLU, Sigmoid]}[name]
    tools: list[Tool] = []
    width = 2
    for activation in activations:
        tools += [Linear(width, 25, mynn), activation(mynn)]
        width = 25
    return [*tools, Linear(width, 2, mynn), Sigmoid(mynn)]


def data(n: int) -> tuple[tl.Tensor, tl.Tensor, tl.Tensor]:
    """Points, points standardized, and targets: [1, 0] inside the disk of radius ½, [0, 1] outside or on its edge."""
    points, inside = tl.datasets.disk(n, radius=RADIUS)
    return points, (points - 0.5) * math.sqrt(12), nn.functional.one_hot(1 - inside, 2).float()


def optimizer_of(settings: dict, mynn: Constructor) -> tuple[tl.optim.Optimizer, Any]:
    """SGD at a constant rate; for the probes: a rate that falls to 0 along a cosine, or Adam."""
    parameters, name = mynn.w + mynn.b, settings.get("optimizer", "SGD")
    if name == "Adam":
        return tl.optim.Adam(parameters, lr=settings["lr"]), None
    optimizer = tl.optim.SGD(parameters, lr=settings["lr"])
    falling = tl.optim.lr_scheduler.CosineAnnealingLR(optimizer, settings["epochs"])
    return optimizer, falling if name == "SGD, falling rate" else None


def train(settings: dict) -> dict:
    """One network, trained one sample at a time in a new order each epoch."""
    tl.manual_seed(settings["seed"])
    n = settings["points"]
    (_, x, target), (_, x_test, target_test) = data(n), data(n)
    mynn = Constructor()
    tools = structure(settings["structure"], mynn)
    if settings.get("start") == "N(0, 1)":
        for parameter in mynn.w + mynn.b:
            nn.init.normal_(parameter)
    optimizer, schedule = optimizer_of(settings, mynn)

    samples = list(zip(x.split(1), target.split(1), strict=True))
    losses, accuracies = [], []
    for _ in range(settings["epochs"]):
        total = 0.0
        for i in tl.randperm(n).tolist():
            optimizer.zero_grad()
            total += mynn.train(tools, *samples[i]).item()
            optimizer.step()
        if schedule:
            schedule.step()
        losses.append(math.log10(total))
        with tl.no_grad():
            right = mynn.forward(tools, x_test).argmax(1) == target_test.argmax(1)
        accuracies.append(right.float().mean().item())
    return {
        "loss": losses[-1],
        "accuracy": accuracies[-1],
        "losses": [round(loss, 3) for loss in losses],
        "accuracies": [round(accuracy, 4) for accuracy in accuracies],
        "wrong": np.flatnonzero(~right.numpy()).tolist(),
    }


def probe(settings: dict) -> dict:
    """A run with something changed that the report does not say, or does not do: what would lift the accuracy?"""
    found = train(settings)
    return {"accuracy": found["accuracy"], "loss": found["loss"], "best": max(found["accuracies"])}


def timing(settings: dict) -> dict:
    """The same run, for its time alone."""
    return {"accuracy": train(settings)["accuracy"]}
