"""Schedules that multiply the rate: by steps, at milestones, along a line or a power, or by a function."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable

from ..optimizer import Optimizer
from .base import LRScheduler, Multiplied, values, without_functions


class StepLR(Multiplied):
    """η ← γ η every `step_size` epochs (PyTorch's page torch.optim.lr_scheduler.StepLR).

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = tl.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates.append(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1):
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def ratio(self) -> float:
        return 1.0 if self.last_epoch == 0 or self.last_epoch % self.step_size else self.gamma

    def total(self) -> float:
        return self.gamma ** (self.last_epoch // self.step_size)


class MultiStepLR(Multiplied):
    """η ← γ η at each of the milestones, which are epochs (PyTorch's page torch.optim.lr_scheduler.MultiStepLR).

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = tl.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[1, 3], gamma=0.5)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates.append(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 0.5, 0.5, 0.25, 0.25]
    """

    def __init__(self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1):
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def ratio(self) -> float:
        return self.gamma ** self.milestones[self.last_epoch]

    def total(self) -> float:
        return self.gamma ** bisect_right(sorted(self.milestones.elements()), self.last_epoch)


class ExponentialLR(Multiplied):
    """η ← γ η every epoch (PyTorch's page torch.optim.lr_scheduler.ExponentialLR).

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = tl.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> optimizer.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.5]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1):
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def ratio(self) -> float:
        return 1.0 if self._is_initial else self.gamma

    def total(self) -> float:
        return self.gamma**self.last_epoch


class ConstantLR(Multiplied):
    """The rate times `factor` before epoch `total_iters`, then the full rate (torch.optim.lr_scheduler.ConstantLR).

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = tl.optim.lr_scheduler.ConstantLR(optimizer, factor=0.5, total_iters=2)
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates.append(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.5, 0.5, 1.0, 1.0]
    """

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5, last_epoch: int = -1):
        if factor > 1.0 or factor < 0:
            raise ValueError("Constant multiplicative factor expected to be between 0 and 1.")
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def ratio(self) -> float:
        if self.last_epoch == 0:
            return self.factor
        return 1.0 / self.factor if self.last_epoch == self.total_iters else 1.0

    def total(self) -> float:
        return self.factor + (self.last_epoch >= self.total_iters) * (1 - self.factor)


class LinearLR(Multiplied):
    """The rate times a factor that goes from `start_factor` to `end_factor` along a line, until epoch `total_iters`.

    PyTorch's page torch.optim.lr_scheduler.LinearLR.

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = tl.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.25, total_iters=3)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates.append(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [0.25, 0.5, 0.75, 1.0, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ):
        if start_factor > 1.0 or start_factor <= 0:
            raise ValueError("Starting multiplicative factor expected to be greater than 0 and less or equal to 1.")
        if end_factor > 1.0 or end_factor < 0:
            raise ValueError("Ending multiplicative factor expected to be between 0 and 1.")
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def ratio(self) -> float:
        if self.last_epoch == 0:
            return self.start_factor
        if self._is_initial or self.last_epoch > self.total_iters:
            return 1.0
        rise = self.end_factor - self.start_factor
        return 1.0 + rise / (self.total_iters * self.start_factor + (self.last_epoch - 1) * rise)

    def total(self) -> float:
        rise = self.end_factor - self.start_factor
        return self.start_factor + rise * min(self.total_iters, self.last_epoch) / self.total_iters


class PolynomialLR(Multiplied):
    """η₀ (1 − t/T)^power until epoch T = `total_iters`, then 0 (PyTorch's page torch.optim.lr_scheduler.PolynomialLR).

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = tl.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=2, power=2.0)
    >>> rates = []
    >>> for epoch in range(4):
    ...     rates.append(optimizer.param_groups[0]["lr"])
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 0.25, 0.0, 0.0]
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1):
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def ratio(self) -> float:
        if self._is_initial or self.last_epoch > self.total_iters:
            return 1.0
        now, before = (1.0 - epoch / self.total_iters for epoch in (self.last_epoch, self.last_epoch - 1))
        return (now / before) ** self.power

    def total(self) -> float:
        return (1.0 - min(self.total_iters, self.last_epoch) / self.total_iters) ** self.power


class _ByFunction(LRScheduler):
    """One function of the epoch for all groups, or a list of them."""

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable | list[Callable], last_epoch: int = -1):
        number = len(optimizer.param_groups)
        self.lr_lambdas = list(lr_lambda) if isinstance(lr_lambda, (list, tuple)) else [lr_lambda] * number
        if len(self.lr_lambdas) != number:
            raise ValueError(f"Expected {number} lr_lambdas, but got {len(self.lr_lambdas)}")
        for function in self.lr_lambdas:
            if not callable(function):
                raise TypeError(f"lr_lambda should be a function, but got {type(function).__name__}")
        super().__init__(optimizer, last_epoch)

    def state_dict(self) -> dict:
        """All that a later run needs to go on; functions are not saved, of callable objects their attributes are."""
        return super().state_dict() | {"lr_lambdas": without_functions(self.lr_lambdas)}

    def load_state_dict(self, state_dict: dict) -> None:
        functions = self.lr_lambdas
        super().load_state_dict(state_dict)
        self.lr_lambdas = functions
        for function, attributes in zip(functions, state_dict["lr_lambdas"], strict=True):
            if attributes is not None:
                function.__dict__.update(attributes)


class LambdaLR(_ByFunction):
    """η₀ · lr_lambda(epoch) (PyTorch's page torch.optim.lr_scheduler.LambdaLR).

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = tl.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch))
    >>> optimizer.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.5]
    """

    def get_lr(self) -> list:
        self._warn_outside_step()
        return [lr * function(self.last_epoch) for function, lr in zip(self.lr_lambdas, self.base_lrs, strict=True)]


class MultiplicativeLR(_ByFunction):
    """η ← η · lr_lambda(epoch) from epoch 1 on (PyTorch's page torch.optim.lr_scheduler.MultiplicativeLR).

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = tl.optim.lr_scheduler.MultiplicativeLR(optimizer, lambda epoch: 0.5)
    >>> optimizer.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.5]
    """

    def get_lr(self) -> list:
        self._warn_outside_step()
        present = values(self.optimizer, "lr")
        if self._is_initial:
            return present
        return [lr * function(self.last_epoch) for function, lr in zip(self.lr_lambdas, present, strict=True)]
