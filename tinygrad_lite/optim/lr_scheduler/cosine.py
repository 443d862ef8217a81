"""Schedules along a half wave of the cosine: once, or again and again."""

from math import cos, floor, log, pi

from ..optimizer import Optimizer
from .base import LRScheduler, values


class CosineAnnealingLR(LRScheduler):
    """η_min + ½ (η₀ − η_min) (1 + cos(π t/T)), T = `T_max`: down in T epochs, up again in the next T.

    Computed from the present rate, so that other schedulers may work beside it. Loshchilov and Hutter, "SGDR:
    Stochastic Gradient Descent with Warm Restarts", 2017; PyTorch's page
    torch.optim.lr_scheduler.CosineAnnealingLR.

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = tl.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=4)
    >>> rates = []
    >>> for epoch in range(5):
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 4))
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 0.8536, 0.5, 0.1464, 0.0]
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1):
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list:
        self._warn_outside_step()
        present = values(self.optimizer, "lr")
        if self._is_initial:
            return present
        t, T = self.last_epoch, self.T_max
        if self._step_count == 1 and t > 0:  # the first step of a schedule that was resumed
            return self._get_closed_form_lr()
        if (t - 1 - T) % (2 * T) == 0:  # the epoch before was at the bottom, from where no ratio leads up
            rise = (1 - cos(pi / T)) / 2
            return [lr + (top - self.eta_min) * rise for top, lr in zip(self.base_lrs, present, strict=True)]
        ratio = (1 + cos(pi * t / T)) / (1 + cos(pi * (t - 1) / T))
        return [ratio * (lr - self.eta_min) + self.eta_min for lr in present]

    def _get_closed_form_lr(self) -> list:
        wave = 1 + cos(pi * self.last_epoch / self.T_max)
        return [self.eta_min + (top - self.eta_min) * wave / 2 for top in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """η_min + ½ (η₀ − η_min) (1 + cos(π t/Tᵢ)), and back to η₀ after Tᵢ epochs: T₀ = `T_0`, Tᵢ₊₁ = `T_mult` · Tᵢ.

    `step(epoch)` takes fractions of epochs too. Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm
    Restarts", 2017; PyTorch's page torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = tl.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2, T_mult=2)
    >>> rates = []
    >>> for epoch in range(6):
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 4))
    ...     optimizer.step()
    ...     scheduler.step()
    >>> rates
    [1.0, 0.5, 1.0, 0.8536, 0.5, 0.1464]
    """

    def __init__(self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1):
        if T_0 <= 0 or not isinstance(T_0, int):
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if T_mult < 1 or not isinstance(T_mult, int):
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, (float, int)):
            raise ValueError(f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}")
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list:
        self._warn_outside_step()
        wave = 1 + cos(pi * self.T_cur / self.T_i)
        return [self.eta_min + (top - self.eta_min) * wave / 2 for top in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:  # type: ignore[override]
        """Go to the next epoch, or to the one given, which may be a fraction: epoch + batch / batches."""
        if epoch is None and self.last_epoch >= 0:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        else:
            epoch = 0 if epoch is None else epoch
            if epoch < 0:
                raise ValueError(f"Expected non-negative epoch, but got {epoch}")
            self.T_cur = epoch
            if epoch < self.T_0:
                self.T_i = self.T_0
            elif self.T_mult == 1:
                self.T_cur = epoch % self.T_0
            else:  # the n-th restart is after T₀ (mⁿ − 1)/(m − 1) epochs
                n = int(log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
                self.T_cur = epoch - self.T_0 * (self.T_mult**n - 1) / (self.T_mult - 1)
                self.T_i = self.T_0 * self.T_mult**n
        self.last_epoch = floor(epoch)
        self._set(self.get_lr)
