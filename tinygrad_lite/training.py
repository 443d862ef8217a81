"""Conveniences of a training loop that PyTorch leaves to its users: a progress bar, and knowing when to stop.

How the rate falls when the loss rises is a schedule: optim.lr_scheduler.DecayOnRise. Together:

>>> import tinygrad_lite as tl
>>> _ = tl.manual_seed(0)
>>> points, labels = tl.datasets.disk(200)
>>> model = tl.nn.Sequential(tl.nn.Linear(2, 25), tl.nn.Tanh(), tl.nn.Linear(25, 2))
>>> optimizer = tl.optim.Adam(model.parameters(), lr=0.05)
>>> scheduler = tl.optim.lr_scheduler.DecayOnRise(optimizer, factor=0.5)
>>> stopping = tl.training.EarlyStopping(patience=5, min_delta=1e-3)
>>> for epoch in range(1000):
...     optimizer.zero_grad()
...     loss = tl.nn.functional.cross_entropy(model(points), labels)
...     loss.backward()
...     optimizer.step()
...     scheduler.step(loss)
...     if stopping(loss, model):
...         break
>>> epoch < 999
True
"""

from collections.abc import Iterable
from math import inf, isnan
from typing import Any

from .nn import Module
from .tensor import Tensor


def progress(iterable: Iterable, desc: str | None = None, **options: Any) -> Any:
    """The same items, with a progress bar of tqdm while they are taken.

    `options` are those of tqdm. `bar.set_postfix(loss=…)` shows numbers beside the bar.

    Errors: ImportError if tqdm is not installed.

    >>> import io, tinygrad_lite as tl
    >>> bar = tl.training.progress(range(3), "epochs", file=io.StringIO())
    >>> for epoch in bar:
    ...     bar.set_postfix(loss=1 / (1 + epoch))
    """
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise ImportError(
            "progress: tqdm draws the bar, and it is not installed: pip install tqdm, or loop without progress()"
        ) from None
    return tqdm(iterable, desc, **options)


class EarlyStopping:
    """Says when to stop: after `patience` epochs in a row in which a metric did not get better.

    patience      how many, at least 1
    min_delta     by so much a metric must be better than the best so far to count as better
    mode          "min": it shall fall (a loss); "max": it shall rise (an accuracy)
    restore_best  when it says stop, the model gets back the weights of its best epoch, if it was given

    `best` and `best_epoch` tell the best metric and when it was (from 0), `waited` the epochs since. A metric that is
    not a number is never better. L. Prechelt, Early Stopping – But When?, 1998.

    >>> import tinygrad_lite as tl
    >>> model = tl.nn.Linear(1, 1)
    >>> stopping = tl.training.EarlyStopping(patience=2)
    >>> for epoch, loss in enumerate([3.0, 2.0, 2.5, 2.1, 1.0]):
    ...     _ = tl.nn.init.constant_(model.weight, loss)
    ...     if stopping(loss, model):
    ...         break
    >>> epoch, stopping.best_epoch, model.weight.item()
    (3, 1, 2.0)
    """

    def __init__(self, patience: int = 10, min_delta: float = 0.0, mode: str = "min", restore_best: bool = True):
        if patience < 1:
            raise ValueError(f"EarlyStopping: patience is at least 1, not {patience}")
        if min_delta < 0:
            raise ValueError(f"EarlyStopping: min_delta is at least 0, not {min_delta}")
        if mode not in ("min", "max"):
            raise ValueError(f"EarlyStopping: mode is 'min' or 'max', not {mode!r}")
        self.patience, self.min_delta, self.mode, self.restore_best = patience, min_delta, mode, restore_best
        self.best = inf if mode == "min" else -inf
        self.best_epoch, self.epochs, self.waited = -1, 0, 0
        self.best_state: dict | None = None

    def __call__(self, metric: Any, model: Module | None = None) -> bool:
        """Take the metric of the epoch that has ended, a number or a 0-d tensor; whether to stop."""
        value = float(metric.item() if isinstance(metric, Tensor) else metric)
        gain = self.best - value if self.mode == "min" else value - self.best
        if not isnan(value) and (gain > self.min_delta or self.best_epoch < 0):
            self.best, self.best_epoch, self.waited = value, self.epochs, 0
            if model is not None and self.restore_best:
                self.best_state = {path: t.clone() for path, t in model.state_dict().items()}
        else:
            self.waited += 1
        self.epochs += 1
        stop = self.waited >= self.patience
        if stop and model is not None:
            self.restore(model)
        return stop

    def restore(self, model: Module) -> None:
        """Give a model the weights of its best epoch: for a loop that ends in another way."""
        if self.best_state is not None:
            model.load_state_dict(self.best_state)

    def state_dict(self) -> dict:
        """All that a later run needs to go on."""
        return dict(self.__dict__)

    def load_state_dict(self, state_dict: dict) -> None:
        """Go on from what `state_dict` returned."""
        self.__dict__.update(state_dict)
