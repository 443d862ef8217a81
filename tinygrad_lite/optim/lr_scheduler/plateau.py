"""Schedules that look at the results: decay when they stop getting better, or get worse."""

from math import inf, isnan
from typing import Any

from ...tensor import Tensor
from ..optimizer import Optimizer
from .base import LRScheduler, assign, checked, values, warn_epoch


class ReduceLROnPlateau(LRScheduler):
    """η ← factor · η when a metric has not improved for more than `patience` epochs.

    mode            "min": the metric shall fall (a loss); "max": it shall rise (an accuracy)
    threshold       what counts as better than the best so far: by this part of it (threshold_mode "rel"), or by this
                    much ("abs")
    cooldown        epochs after a decay in which nothing is counted
    min_lr          the lowest rate, one for all groups or a list
    eps             a change of the rate smaller than this is not made

    patience=0 and threshold=0 decay the rate whenever the loss is not below its best so far. PyTorch's page
    torch.optim.lr_scheduler.ReduceLROnPlateau.

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = tl.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> rates = []
    >>> for loss in [3.0, 2.0, 2.5, 2.5, 2.5]:
    ...     scheduler.step(loss)
    ...     rates += scheduler.get_last_lr()
    >>> rates
    [1.0, 1.0, 1.0, 0.5, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: Any = 0,
        eps: float = 1e-8,
    ):
        if factor >= 1.0:
            raise ValueError("Factor should be < 1.0.")
        if mode not in {"min", "max"}:
            raise ValueError(f"mode {mode} is unknown!")
        if threshold_mode not in {"rel", "abs"}:
            raise ValueError(f"threshold mode {threshold_mode} is unknown!")
        self.optimizer = checked(optimizer)
        number = len(optimizer.param_groups)
        if isinstance(min_lr, (list, tuple)):
            if len(min_lr) != number:
                raise ValueError(f"expected {number} min_lrs, got {len(min_lr)}")
            self.default_min_lr, self.min_lrs = None, list(min_lr)
        else:
            self.default_min_lr, self.min_lrs = min_lr, [min_lr] * number
        self.factor = factor
        self.patience = patience
        self.cooldown = cooldown
        self.eps = eps
        self.last_epoch = 0
        self._last_lr = values(optimizer, "lr")
        self.mode, self.threshold, self.threshold_mode = mode, threshold, threshold_mode
        self.mode_worse = inf if mode == "min" else -inf
        self._reset()

    def _reset(self) -> None:
        self.best = self.mode_worse
        self.cooldown_counter = 0
        self.num_bad_epochs = 0

    def step(self, metrics: Any, epoch: int | None = None) -> None:  # type: ignore[override]
        """Look at the metric of the epoch that has ended, a number or a 0-d tensor."""
        current = float(metrics)
        if epoch is not None:
            warn_epoch()
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self._is_better(current, self.best):
            self.best = current
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce_lr()
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = values(self.optimizer, "lr")

    def _reduce_lr(self) -> None:
        groups = self.optimizer.param_groups
        if len(groups) != len(self.min_lrs):
            if self.default_min_lr is None:
                raise RuntimeError(
                    f"ReduceLROnPlateau: the optimizer has {len(groups)} param groups now, and min_lr was given for "
                    f"{len(self.min_lrs)}: set the scheduler's min_lrs to a list of {len(groups)}"
                )
            self.min_lrs = [self.default_min_lr] * len(groups)
        for group, lowest in zip(groups, self.min_lrs, strict=True):
            present = float(group["lr"])
            new = max(present * self.factor, lowest)
            if present - new > self.eps:
                assign(group, "lr", new)

    @property
    def in_cooldown(self) -> bool:
        """Whether bad epochs are not counted now."""
        return self.cooldown_counter > 0

    def _is_better(self, metric: float, best: float) -> bool:
        sign = 1 if self.mode == "max" else -1
        margin = 1.0 + sign * self.threshold
        bound = best * margin if self.threshold_mode == "rel" else best + sign * self.threshold
        return metric > bound if sign > 0 else metric < bound


class DecayOnRise(LRScheduler):
    """η ← factor · η when a loss is higher than at the step before: after an epoch that made it worse.

    factor  in (0, 1)
    min_lr  the rate does not fall below it

    The rule compares with the last loss, not with the best so far as ReduceLROnPlateau does: a loss that falls again,
    though not to a new best, leaves the rate alone. A loss that is not a number counts as a rise. One of the oldest
    rate schedules, "bold driver" without its increases (R. Battiti, Accelerated Backpropagation
    Learning: Two Optimization Methods, 1989).

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = tl.optim.lr_scheduler.DecayOnRise(optimizer, factor=0.5)
    >>> rates = []
    >>> for loss in [3.0, 4.0, 3.5, 3.5, 3.6]:
    ...     scheduler.step(loss)
    ...     rates += scheduler.get_last_lr()
    >>> rates
    [1.0, 0.5, 0.5, 0.5, 0.25]
    """

    def __init__(self, optimizer: Optimizer, factor: float = 0.5, min_lr: float = 0.0):
        if not 0.0 < factor < 1.0:
            raise ValueError(f"DecayOnRise: factor must lie between 0 and 1, and it is {factor}")
        self.optimizer = checked(optimizer)
        self.factor, self.min_lr = factor, min_lr
        self.last_epoch = 0
        self.last_loss = inf
        self._last_lr = values(optimizer, "lr")

    def step(self, metrics: Any, epoch: int | None = None) -> None:  # type: ignore[override]
        """Look at the loss of the epoch that has ended, a number or a 0-d tensor."""
        loss = float(metrics.item() if isinstance(metrics, Tensor) else metrics)
        if epoch is not None:
            warn_epoch()
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if loss > self.last_loss or isnan(loss):
            for group in self.optimizer.param_groups:
                present = float(group["lr"])
                assign(group, "lr", min(present, max(present * self.factor, self.min_lr)))
        self.last_loss = loss
        self._last_lr = values(self.optimizer, "lr")
