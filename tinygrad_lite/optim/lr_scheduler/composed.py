"""Schedules made of schedules: one after the other, or all at once."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from ..optimizer import Optimizer
from .base import LRScheduler, assign, values
from .plateau import ReduceLROnPlateau


class _Composed(LRScheduler):
    """A scheduler that lets others do the work."""

    _schedulers: Sequence[LRScheduler]

    def _take(self, schedulers: Sequence, optimizer: Any) -> None:
        name = type(self).__name__
        if len(schedulers) < 1:
            raise ValueError(f"{name} expects at least one scheduler, but got no scheduler.")
        optimizer = schedulers[0].optimizer if optimizer is None else optimizer
        for i, scheduler in enumerate(schedulers):
            if not hasattr(scheduler, "optimizer"):
                raise TypeError(f"{name} at index {i} should have `optimizer` as its attribute.")
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ValueError(
                    f"{name} does not support `ReduceLROnPlateau` scheduler, whose step() needs a metric: the one at "
                    f"index {i}. Step it by itself"
                )
            if scheduler.optimizer is not optimizer:
                raise ValueError(
                    f"{name} expects all schedulers to belong to the same optimizer, but the "
                    f"{type(scheduler).__name__} at index {i} belongs to another one"
                )
        self._schedulers = schedulers
        self.optimizer = optimizer

    def state_dict(self) -> dict:
        """All that a later run needs to go on, with the states of the schedulers inside."""
        return super().state_dict() | {"_schedulers": [s.state_dict() for s in self._schedulers]}

    def load_state_dict(self, state_dict: dict) -> None:
        schedulers = self._schedulers
        super().load_state_dict(state_dict)
        self._schedulers = schedulers
        for scheduler, state in zip(schedulers, state_dict["_schedulers"], strict=True):
            scheduler.load_state_dict(state)


class SequentialLR(_Composed):
    """One scheduler after the other: the next takes over at each of the milestones, and begins at its epoch 0.

    PyTorch's page torch.optim.lr_scheduler.SequentialLR.

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> warm = tl.optim.lr_scheduler.ConstantLR(optimizer, factor=0.25, total_iters=2)
    >>> decay = tl.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> scheduler = tl.optim.lr_scheduler.SequentialLR(optimizer, [warm, decay], milestones=[2])
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates.append(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.25, 0.25, 1.0, 0.5, 0.25]
    """

    def __init__(self, optimizer: Optimizer, schedulers: list, milestones: list[int], last_epoch: int = -1):
        self._take(schedulers, optimizer)
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                "Sequential Schedulers expects number of schedulers provided to be one more than the number of "
                f"milestone points, but got number of schedulers {len(schedulers)} and the number of milestones to be "
                f"equal to {len(milestones)}"
            )
        self._milestones = milestones
        self.last_epoch = last_epoch + 1
        for group in optimizer.param_groups:  # each scheduler has made a first step when it was built: take them back
            assign(group, "lr", group["initial_lr"])
        rewind(self)
        first = schedulers[bisect_right(milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def step(self) -> None:  # type: ignore[override]
        """Go to the next epoch."""
        self.last_epoch += 1
        i = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[i]
        if i > 0 and self._milestones[i - 1] == self.last_epoch:
            scheduler._update_lr(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


def rewind(scheduler: LRScheduler) -> None:
    """Take back the count of the epoch that a scheduler, or those inside it, began with."""
    if isinstance(scheduler, _Composed):
        for inner in scheduler._schedulers:
            rewind(inner)
    else:
        scheduler.last_epoch -= 1


class ChainedScheduler(_Composed):
    """All schedulers at every step: their factors multiply (PyTorch's page torch.optim.lr_scheduler.ChainedScheduler).

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> constant = tl.optim.lr_scheduler.ConstantLR(optimizer, factor=0.25, total_iters=2)
    >>> decay = tl.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> scheduler = tl.optim.lr_scheduler.ChainedScheduler([constant, decay])
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates.append(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.25, 0.125, 0.25, 0.125]
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None):
        self._take(schedulers, optimizer)
        self._last_lr = values(self.optimizer, "lr")

    def step(self) -> None:  # type: ignore[override]
        """Go to the next epoch."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = values(self.optimizer, "lr")
