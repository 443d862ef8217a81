"""Alleon, Dellaferrera and Zampieri, "Implementing a Deep Learning framework from scratch" (EPFL): four optimizers.

The experiments are written for a library `lib`, which is this one or PyTorch: the names are the same, and after the
same seed so are the random numbers.
"""

import math
import statistics
import time
from typing import Any

import tinygrad_lite as tl

from . import digits

BATCH = 50
RATES = {"SGD": 0.005, "momentum": 0.005, "Adam": 0.005, "BFGS": 0.2}  # their Table I


def library(name: str) -> Any:
    if name == "PyTorch":
        import torch

        torch.set_num_threads(1)
        return torch
    return tl


# --- the method ---


def start(lib: Any, linear: Any, kind: str) -> None:
    """Weights and biases, by the type of initialisation; d inputs and o outputs."""
    o, d = linear.weight.shape
    for parameter in (linear.weight, linear.bias):
        if kind == "type I":  # what PyTorch's Linear has, U(−1/√d, 1/√d), divided by √3
            lib.nn.init.uniform_(parameter, -1 / math.sqrt(3 * d), 1 / math.sqrt(3 * d))
        else:  # "Xavier": N(0, 2/(d + o)), or "N(0, σ²)"
            std = math.sqrt(2 / (d + o)) if kind == "Xavier" else float(kind.removeprefix("N(0, ").removesuffix("²)"))
            lib.nn.init.normal_(parameter, 0.0, std)


def network(lib: Any, kind: str = "type I", dropout: float = 0.0, widths: tuple[int, ...] = (2, 25, 25, 25, 2)) -> Any:
    """ReLU after the first two hidden layers, rectified tanh ½(1 + tanh) after the third, scores at the end."""
    nn = lib.nn

    class RectifiedTanh(nn.Module):
        def forward(self, x):
            return 0.5 * (1 + lib.tanh(x))

    layers = []
    activations = [nn.ReLU] * (len(widths) - 3) + [RectifiedTanh if lib is not tl else nn.RectifiedTanh]
    for d_in, d_out, activation in zip(widths, widths[1:-1], activations, strict=False):
        layers += [nn.Linear(d_in, d_out), activation()]
        layers += [nn.Dropout(dropout)] if dropout else []
    model = nn.Sequential(*layers, nn.Linear(*widths[-2:]))
    for layer in model:
        if isinstance(layer, nn.Linear):
            start(lib, layer, kind)
    return model


def optimizer_of(lib: Any, name: str, model: Any, **options: float) -> Any:
    parameters = model.parameters()
    if name == "BFGS":
        return tl.optim.BFGS(parameters, lr=RATES[name])
    if name == "Adam":
        return lib.optim.Adam(parameters, lr=RATES[name], **options)
    return lib.optim.SGD(parameters, lr=RATES[name], momentum=0.9 if name == "momentum" else 0.0, **options)


def data(lib: Any, n: int) -> tuple[Any, Any]:
    """Points of the square, standardized (a uniform number on [0,1] has the variance 1/12), and labels."""
    points = lib.rand(n, 2)
    inside = ((points - 0.5) ** 2).sum(1) < tl.datasets.RADIUS**2
    return (points - 0.5) * math.sqrt(12), inside.long()


def loss_of(lib: Any, name: str, outputs: Any, targets: Any) -> Any:
    """The mean over the two outputs of a sample; then the sum over the batch, as in their (3), or the mean."""
    F = lib.nn.functional
    if name == "BCE":
        return F.binary_cross_entropy_with_logits(outputs, targets)
    return F.mse_loss(outputs, targets) * (len(targets) if name == "MSE, sum" else 1)


def epochs_of(lib: Any, model: Any, optimizer: Any, loss: str, x: Any, targets: Any, batch: int, epochs: int) -> Any:
    """Train; yields the mean loss of each epoch."""
    for _ in range(epochs):
        total = 0.0
        for chosen in lib.randperm(len(x)).split(batch):
            optimizer.zero_grad()
            value = loss_of(lib, loss, model(x[chosen]), targets[chosen])
            value.backward()
            optimizer.step()
            total += value.item() * (1 if loss.endswith("sum") else len(chosen))
        yield total / len(x)


def accuracy(lib: Any, model: Any, x: Any, labels: Any) -> float:
    model.eval()
    with lib.no_grad():
        right = (model(x).argmax(1) == labels).float().mean().item()
    model.train()
    return right


def train(settings: dict) -> dict:
    """One training, measured on test points by the way."""
    lib = library(settings["library"])
    lib.manual_seed(settings["seed"])
    n, name = settings["points"], settings["optimizer"]
    (x, labels), (x_test, labels_test) = data(lib, n), data(lib, n)
    model = network(lib, settings["start"], settings.get("dropout", 0.0))
    options = {"weight_decay": settings["weight_decay"]} if "weight_decay" in settings else {}
    optimizer = optimizer_of(lib, name, model, **options)
    targets = lib.nn.functional.one_hot(labels, 2).float()

    epochs, losses, accuracies = [], [], []
    begin = time.process_time()
    training = epochs_of(lib, model, optimizer, settings["loss"], x, targets, BATCH, settings["epochs"])
    for epoch, loss in enumerate(training, start=1):
        if epoch % max(1, settings["epochs"] // 40) == 0:
            epochs.append(epoch)
            losses.append(float(f"{loss:.4g}") if math.isfinite(loss) else 1e9)
            accuracies.append(round(accuracy(lib, model, x_test, labels_test), 4))
    return {
        "accuracy": accuracies[-1],
        "epochs_at": epochs,
        "losses": losses,
        "accuracies": accuracies,
        "epochs_per_second": settings["epochs"] / (time.process_time() - begin),
    }


def baseline(settings: dict) -> dict:
    """A linear classifier, by L-BFGS on the cross-entropy, with or without |x|² as a third input."""
    tl.manual_seed(settings["seed"])
    (x, labels), (x_test, labels_test) = data(tl, settings["points"]), data(tl, settings["points"])
    if settings["feature"]:
        x, x_test = (tl.cat([z, (z * z).sum(1, keepdim=True)], dim=1) for z in (x, x_test))
    model = tl.nn.Linear(x.shape[1], 2)
    optimizer = tl.optim.LBFGS(model.parameters(), max_iter=100, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = tl.nn.functional.cross_entropy(model(x), labels)
        loss.backward()
        return loss

    optimizer.step(closure)
    return {"accuracy": accuracy(tl, model, x_test, labels_test)}


def timing(settings: dict) -> dict:
    """Epochs a second of SGD at a batch size: both libraries take turns, so that other work hits both alike.

    Measured in processor time, which on a machine that does nothing else is the time by the clock.
    """
    epochs, samples = {}, {}
    for name in settings["libraries"]:
        lib = library(name)
        lib.manual_seed(0)
        x, labels = data(lib, settings["points"])
        targets = lib.nn.functional.one_hot(labels, 2).float()
        model = network(lib)
        optimizer = optimizer_of(lib, settings["optimizer"], model)
        epochs[name] = epochs_of(lib, model, optimizer, "MSE, sum", x, targets, settings["batch"], 10**9)
        next(epochs[name])
    for name in settings["libraries"] * settings["turns"]:
        begin, count = time.process_time(), 0
        while (passed := time.process_time() - begin) < settings["turn"]:
            next(epochs[name])
            count += 1
        samples.setdefault(name, []).append(count / passed)
    return {name: statistics.median(values) for name, values in samples.items()}


def mnist(settings: dict) -> dict:
    """A wider network of the same kind on MNIST, by Adam; the time is that of the training alone."""
    lib = library(settings["library"])
    arrays = [tensor.numpy() for tensor in digits.load()]
    x, labels, x_test, labels_test = arrays if lib is tl else map(lib.from_numpy, arrays)
    if lib is tl:
        x, labels, x_test, labels_test = digits.load()
    lib.manual_seed(settings["seed"])
    model = network(lib, dropout=settings["dropout"], widths=(784, *settings["hidden"], 10))
    optimizer = lib.optim.Adam(model.parameters(), lr=settings["lr"])
    targets = lib.nn.functional.one_hot(labels, 10).float()
    begin = time.process_time()
    for _ in epochs_of(lib, model, optimizer, settings["loss"], x, targets, 100, settings["epochs"]):
        pass
    seconds = (time.process_time() - begin) / settings["epochs"]
    return {"accuracy": accuracy(lib, model, x_test, labels_test), "seconds_per_epoch": seconds}
