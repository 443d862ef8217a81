"""The training loop: forward, loss, backward, step, as in every PyTorch script."""

import math
import time
from dataclasses import dataclass, field

import numpy as np

import tinygrad_lite as tl
from tinygrad_lite import nn
from tinygrad_lite.nn import functional as F
from tinygrad_lite.utils.data import DataLoader, TensorDataset

from .settings import JobError, Settings


def cross_entropy(scores: tl.Tensor, labels: tl.Tensor) -> tl.Tensor:
    """−log of the share that softmax gives to the right class, averaged over the samples."""
    return F.cross_entropy(scores, labels)


def mse(scores: tl.Tensor, labels: tl.Tensor) -> tl.Tensor:
    """The squared distance to 1 for the right class and 0 for the others, averaged over samples and classes."""
    return F.mse_loss(scores, F.one_hot(labels, scores.shape[1]).float())


LOSSES = {"cross-entropy": cross_entropy, "mse": mse}

OPTIMIZERS = {
    "sgd": lambda parameters, lr: tl.optim.SGD(parameters, lr=lr),
    "momentum": lambda parameters, lr: tl.optim.SGD(parameters, lr=lr, momentum=0.9),
    "adam": lambda parameters, lr: tl.optim.Adam(parameters, lr=lr),
}


@dataclass
class History:
    """What was measured after each epoch, on all training and all test data; and how the training ended."""

    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    test_loss: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def epochs(self) -> int:
        """The epochs that were completed."""
        return len(self.test_accuracy)


def train(model: nn.Module, training: TensorDataset, test: TensorDataset, settings: Settings) -> History:
    """Train a model, with a progress bar. Ctrl-C ends it early, with the model as it was after the last whole epoch."""
    from tqdm import tqdm

    criterion = LOSSES[settings.loss]
    optimizer = OPTIMIZERS[settings.optimizer](model.parameters(), settings.lr)
    # Large steps find the way, small steps at the end settle: without this the accuracy jumps up and down by a percent
    # from epoch to epoch, and where it stops is luck.
    scheduler = tl.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=settings.epochs)
    # A new random order in each epoch, so that no two epochs push along the same path.
    batches = DataLoader(training, batch_size=settings.batch_size, shuffle=True)

    history = History()
    kept = copy_of_state(model)
    start = time.perf_counter()
    bar = tqdm(total=settings.epochs, desc=settings.job, bar_format=BAR, dynamic_ncols=True)
    with bar, np.errstate(over="ignore", invalid="ignore"):  # a loss that overflows is reported below, once
        try:
            for _ in range(settings.epochs):
                model.train()  # dropout is active
                for x, labels in batches:
                    optimizer.zero_grad()  # derivatives add up otherwise
                    loss = criterion(model(x), labels)
                    loss.backward()  # fills .grad of every parameter
                    optimizer.step()  # moves every parameter against its .grad
                scheduler.step()

                measured = (*evaluate(model, criterion, training), *evaluate(model, criterion, test))
                if not math.isfinite(measured[0]):
                    raise JobError(
                        f"the loss is {measured[0]} after epoch {history.epochs + 1}: the learning rate "
                        f"{settings.lr:g} is too large; try --lr {settings.lr / 10:g}"
                    )
                kept = copy_of_state(model)
                record(history, measured)
                bar.set_postfix_str(progress(history), refresh=False)
                bar.update()
        except KeyboardInterrupt:
            if not history.epochs:
                raise  # there is nothing to keep
            history.interrupted = True
            model.load_state_dict(kept)
    history.seconds = time.perf_counter() - start
    return history


@tl.no_grad()  # nothing is recorded on the tape: there will be no backward
def scores_of(model: nn.Module, x: tl.Tensor, rows: int = 1000) -> tl.Tensor:
    """The model's outputs, some rows at a time: the values between the layers then stay in the processor's cache."""
    model.eval()  # dropout is not active
    return tl.cat([model(part) for part in x.split(rows)])


def evaluate(model: nn.Module, criterion, data: TensorDataset) -> tuple[float, float]:
    """(loss, share of samples that get the right label) on all data."""
    x, labels = data.tensors
    scores = scores_of(model, x)
    correct = (scores.argmax(dim=1) == labels).sum().item()
    return criterion(scores, labels).item(), correct / len(data)


def copy_of_state(model: nn.Module) -> dict[str, tl.Tensor]:
    """The parameters and buffers; copies, as the state_dict itself shares the model's memory."""
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def record(history: History, measured: tuple[float, float, float, float]) -> None:
    series = (history.train_loss, history.train_accuracy, history.test_loss, history.test_accuracy)
    for values, value in zip(series, measured, strict=True):
        values.append(value)


BAR = "{desc} {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}]{postfix}"


def progress(history: History) -> str:
    """The last measurements, short enough to stand beside the bar."""
    return (
        f"train {history.train_loss[-1]:.4f} {history.train_accuracy[-1]:.2%}, "
        f"test {history.test_loss[-1]:.4f} {history.test_accuracy[-1]:.2%}"
    )
