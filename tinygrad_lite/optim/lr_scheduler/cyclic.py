"""Schedules that go up and down batch by batch, and move the momentum against the rate."""

from collections.abc import Callable
from math import cos, floor, pi
from typing import Any

from ..optimizer import Optimizer
from .base import LRScheduler, assign, checked, for_each_group, without_functions


class _WithMomentum(LRScheduler):
    """A scheduler that may also set the momentum: SGD's "momentum", or β₁ in the "betas" of Adam's family."""

    def _begin_momentum(self, cycle_momentum: bool, base_momentum: Any, max_momentum: Any, last_epoch: int) -> None:
        self.cycle_momentum = cycle_momentum
        if not cycle_momentum:
            return
        options = self.optimizer.defaults
        if "momentum" not in options and "betas" not in options:
            raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
        self.use_beta1 = "betas" in options
        lowest = for_each_group("base_momentum", self.optimizer, base_momentum)
        highest = for_each_group("max_momentum", self.optimizer, max_momentum)
        self._momentum_bounds(lowest, highest)
        if last_epoch == -1:
            self._set_momentum(highest)
            for group, low, high in zip(self.optimizer.param_groups, lowest, highest, strict=True):
                group["max_momentum"], group["base_momentum"] = high, low

    def _momentum_bounds(self, lowest: list, highest: list) -> None:
        pass

    def _set_momentum(self, momentums: list) -> None:
        for group, momentum in zip(self.optimizer.param_groups, momentums, strict=True):
            if self.use_beta1:
                group["betas"] = (momentum, *group["betas"][1:])
            else:
                group["momentum"] = momentum


class CyclicLR(_WithMomentum):
    """From base_lr up to max_lr in `step_size_up` batches, down again in `step_size_down`, and so on.

    mode            what the height of the cycles does: "triangular" keeps it, "triangular2" halves it with each
                    cycle, "exp_range" multiplies it by gamma with each batch
    scale_fn        a function of one's own instead: the height's factor, of the cycle (from 1) or, with
                    scale_mode="iterations", of the batch
    cycle_momentum  move the momentum from max_momentum down to base_momentum while the rate goes up

    Call `step()` after each batch. Smith, "Cyclical Learning Rates for Training Neural Networks", 2017; PyTorch's page
    torch.optim.lr_scheduler.CyclicLR.

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0, momentum=0.9)
    >>> scheduler = tl.optim.lr_scheduler.CyclicLR(optimizer, base_lr=1.0, max_lr=3.0, step_size_up=2)
    >>> rates = []
    >>> for batch in range(6):
    ...     rates.append(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 2.0, 3.0, 2.0, 1.0, 2.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: Any,
        max_lr: Any,
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: Any = 0.8,
        max_momentum: Any = 0.9,
        last_epoch: int = -1,
    ):
        self.optimizer = checked(optimizer)
        base_lrs = for_each_group("base_lr", optimizer, base_lr)
        self.max_lrs = for_each_group("max_lr", optimizer, max_lr)
        if mode not in {"triangular", "triangular2", "exp_range"} and scale_fn is None:
            raise ValueError("mode is invalid and scale_fn is None")
        up = float(step_size_up)
        self.total_size = up + (up if step_size_down is None else float(step_size_down))
        self.step_ratio = up / self.total_size
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode
        if scale_fn is None:
            self.scale_mode = "iterations" if mode == "exp_range" else "cycle"
        self._begin_momentum(cycle_momentum, base_momentum, max_momentum, last_epoch)
        if last_epoch == -1:
            for group, lr in zip(optimizer.param_groups, base_lrs, strict=True):
                assign(group, "lr", lr)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def _momentum_bounds(self, lowest: list, highest: list) -> None:
        self.base_momentums, self.max_momentums = lowest, highest

    def scale_fn(self, x: float) -> float:
        """The height of a cycle over the full height."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "triangular2":
            return 1 / (2.0 ** (x - 1))
        return self.gamma**x if self.mode == "exp_range" else 1.0

    def get_lr(self) -> list:
        self._warn_outside_step()
        cycle = floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        height = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            bounds = zip(self.base_momentums, self.max_momentums, strict=True)
            self._set_momentum([high - (high - low) * height * scale for low, high in bounds])
        return [low + (high - low) * height * scale for low, high in zip(self.base_lrs, self.max_lrs, strict=True)]

    def state_dict(self) -> dict:
        """All that a later run needs to go on; a scale_fn is saved only if it is a callable object, not a function."""
        function = self._scale_fn_custom
        saved = None if function is None else without_functions([function])[0]
        return super().state_dict() | {"_scale_fn_custom": saved}

    def load_state_dict(self, state_dict: dict) -> None:
        function = self._scale_fn_custom
        super().load_state_dict(state_dict)
        self._scale_fn_custom = function
        if state_dict["_scale_fn_custom"] is not None and function is not None:
            function.__dict__.update(state_dict["_scale_fn_custom"])


class OneCycleLR(_WithMomentum):
    """One cycle: from max_lr/div_factor up to max_lr, then down to the first rate/final_div_factor, along half cosines.

    total_steps      the number of batches; or say `epochs` and `steps_per_epoch`
    pct_start        the part of them in which the rate rises
    anneal_strategy  "cos", or "linear"
    cycle_momentum   move the momentum from max_momentum down to base_momentum and back, against the rate
    three_phase      down to the first rate first, as long as up, and then to the last

    Call `step()` after each batch. Smith and Topin, "Super-Convergence: Very Fast Training of Neural Networks Using
    Large Learning Rates", 2018; PyTorch's page torch.optim.lr_scheduler.OneCycleLR.

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0, momentum=0.9)
    >>> scheduler = tl.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=10)
    >>> rates = []
    >>> for batch in range(5):
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 3))
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.04, 0.52, 1.0, 0.95, 0.812]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: Any,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: Any = 0.85,
        max_momentum: Any = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ):
        self.optimizer = checked(optimizer)
        if total_steps is not None:
            self.total_steps = positive("total_steps", total_steps)
        elif epochs is not None and steps_per_epoch is not None:
            self.total_steps = positive("epochs", epochs) * positive("steps_per_epoch", steps_per_epoch)
        else:
            raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
        if pct_start < 0 or pct_start > 1 or not isinstance(pct_start, float):
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in {"cos", "linear"}:
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        up, end = float(pct_start * self.total_steps) - 1, self.total_steps - 1
        if three_phase:
            down = float(2 * pct_start * self.total_steps) - 2
            self._schedule_phases = [
                phase(up, "initial_lr", "max_lr", "max_momentum", "base_momentum"),
                phase(down, "max_lr", "initial_lr", "base_momentum", "max_momentum"),
                phase(end, "initial_lr", "min_lr", "max_momentum", "max_momentum"),
            ]
        else:
            self._schedule_phases = [
                phase(up, "initial_lr", "max_lr", "max_momentum", "base_momentum"),
                phase(end, "max_lr", "min_lr", "base_momentum", "max_momentum"),
            ]
        self._anneal_func_type = anneal_strategy
        highest = for_each_group("max_lr", optimizer, max_lr)
        self._begin_momentum(cycle_momentum, base_momentum, max_momentum, last_epoch)
        if last_epoch == -1:
            for group, lr in zip(optimizer.param_groups, highest, strict=True):
                group["initial_lr"] = lr / div_factor
                group["max_lr"] = lr
                group["min_lr"] = group["initial_lr"] / final_div_factor
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list:
        self._warn_outside_step()
        t = self.last_epoch
        if t > self.total_steps:
            raise ValueError(f"Tried to step {t} times. The specified number of total steps is {self.total_steps}")
        start, current = 0.0, self._schedule_phases[0]
        for following in self._schedule_phases[1:]:
            if t <= current["end_step"]:
                break
            start, current = current["end_step"], following
        part = (t - start) / (current["end_step"] - start)
        groups = self.optimizer.param_groups
        if self.cycle_momentum:
            ends = current["start_momentum"], current["end_momentum"]
            self._set_momentum([self._between(group[ends[0]], group[ends[1]], part) for group in groups])
        return [self._between(group[current["start_lr"]], group[current["end_lr"]], part) for group in groups]

    def _between(self, start: Any, end: Any, part: float) -> Any:
        """The value at a part of the way from start to end."""
        if self._anneal_func_type == "linear":
            return (end - start) * part + start
        return end + (start - end) / 2.0 * (cos(pi * part) + 1)


def positive(name: str, number: Any) -> int:
    if not isinstance(number, int) or number <= 0:
        raise ValueError(f"Expected positive integer {name}, but got {number}")
    return number


def phase(end_step: float, start_lr: str, end_lr: str, start_momentum: str, end_momentum: str) -> dict:
    """A part of the cycle: until which batch, and between which options of the groups."""
    return {
        "end_step": end_step,
        "start_lr": start_lr,
        "end_lr": end_lr,
        "start_momentum": start_momentum,
        "end_momentum": end_momentum,
    }
