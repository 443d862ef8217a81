"""What all schedulers share: counting epochs, setting the rates, saving and loading."""

import warnings
from collections.abc import Callable
from types import FunctionType
from typing import Any

from ...tensor import Tensor
from ..optimizer import Optimizer


class LRScheduler:
    """The base of all schedulers (PyTorch's page torch.optim.lr_scheduler.LRScheduler).

    optimizer   whose groups' "lr" is set: once at construction, then at each `step`
    last_epoch  −1 to begin, or the epoch to go on from, with "initial_lr" in the groups

    A scheduler of one's own defines `get_lr`: the new rate of each group, from `last_epoch` (counted from 0), the
    first rates `base_lrs`, and the present ones in `optimizer.param_groups`.

    >>> import tinygrad_lite as tl
    >>> class Harmonic(tl.optim.lr_scheduler.LRScheduler):
    ...     def get_lr(self):
    ...         return [lr / (1 + self.last_epoch) for lr in self.base_lrs]
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = Harmonic(optimizer)
    >>> optimizer.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.5]
    """

    _is_initial = False  # inside the step that the constructor makes
    _get_lr_called_within_step = False

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1):
        self.optimizer = checked(optimizer)
        if last_epoch == -1:
            for group in optimizer.param_groups:
                group.setdefault("initial_lr", copy_of(group["lr"]))
        else:
            for i, group in enumerate(optimizer.param_groups):
                if "initial_lr" not in group:
                    raise KeyError(
                        f"param 'initial_lr' is not specified in param_groups[{i}] when resuming scheduler with "
                        "last_epoch >= 0: load the optimizer's state first, or begin with last_epoch=-1"
                    )
        self.base_lrs = values(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        if not optimizer._scheduled:
            optimizer._scheduled, optimizer._opt_called = True, False
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def get_lr(self) -> list:
        """The rates of the groups at `last_epoch`; `get_last_lr` is what a user wants."""
        raise NotImplementedError(f"{type(self).__name__} says no rates: define get_lr()")

    def get_last_lr(self) -> list:
        """The rates that were set last, one for each group."""
        return self._last_lr

    def step(self, epoch: int | None = None) -> None:
        """Set the rates of the next epoch, after `optimizer.step()`; schedules of batches: after each batch."""
        if self._step_count == 1 and not self.optimizer._opt_called:
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. Call them in the opposite order: "
                "`optimizer.step()` before `lr_scheduler.step()`; otherwise the first rate of the schedule is skipped.",
                UserWarning,
                stacklevel=2,
            )
        self._step_count += 1
        if epoch is not None:
            warn_epoch()
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        closed = None
        if epoch is None:
            self.last_epoch += 1
        else:
            self.last_epoch = epoch
            closed = getattr(self, "_get_closed_form_lr", None)
        self._set(closed or self.get_lr)

    def _set(self, rates: Callable[[], list]) -> None:
        self._get_lr_called_within_step = True
        try:
            new = rates()
        finally:
            self._get_lr_called_within_step = False
        for group, lr in zip(self.optimizer.param_groups, new, strict=True):
            assign(group, "lr", lr)
        self._last_lr = values(self.optimizer, "lr")

    def _warn_outside_step(self) -> None:
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use `get_last_lr()`.",
                UserWarning,
                stacklevel=3,
            )

    def state_dict(self) -> dict:
        """All that a later run needs to go on, except the optimizer's own state."""
        return {key: value for key, value in self.__dict__.items() if key != "optimizer"}

    def load_state_dict(self, state_dict: dict) -> None:
        """Go on from what `state_dict` returned. Load the optimizer's state too, after the scheduler is made."""
        self.__dict__.update(state_dict)


class Multiplied(LRScheduler):
    """A scheduler that multiplies the present rates: several of them on one optimizer multiply."""

    def ratio(self) -> float:
        """The new rate over the present one, on arriving at `last_epoch`."""
        raise NotImplementedError

    def total(self) -> float:
        """The rate at `last_epoch` over the first rate."""
        raise NotImplementedError

    def get_lr(self) -> list:
        self._warn_outside_step()
        ratio = self.ratio()
        return [group["lr"] * ratio for group in self.optimizer.param_groups]

    def _get_closed_form_lr(self) -> list:
        total = self.total()
        return [lr * total for lr in self.base_lrs]


def checked(optimizer: Any) -> Optimizer:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
    return optimizer


def copy_of(value: Any) -> Any:
    return value.clone() if isinstance(value, Tensor) else value


def values(optimizer: Optimizer, option: str) -> list:
    """An option of each group; a copy where it is a tensor."""
    return [copy_of(group[option]) for group in optimizer.param_groups]


def assign(group: dict, option: str, value: Any) -> None:
    """Set an option of a group; a tensor stays the same tensor."""
    if isinstance(group[option], Tensor):
        group[option].fill_(float(value))
    else:
        group[option] = value


def for_each_group(name: str, optimizer: Optimizer, value: Any) -> list:
    """One value for each group, from one for all or a list."""
    number = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [copy_of(value) for _ in range(number)]
    if len(value) != number:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. "
            f"{name} has {len(value)} values, param_groups has {number}."
        )
    return [copy_of(v) for v in value]


def warn_epoch() -> None:
    warnings.warn(
        "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please "
        "use `scheduler.step()`, which goes to the next epoch.",
        UserWarning,
        stacklevel=3,
    )


def without_functions(functions: list) -> list:
    """What can be saved of functions: the attributes of callable objects, None for plain functions."""
    return [None if isinstance(f, FunctionType) else dict(f.__dict__) for f in functions]
