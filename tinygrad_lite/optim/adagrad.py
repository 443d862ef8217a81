"""Adagrad: smaller steps where gradients have been large."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .flat import begin
from .groups import check, check_rate
from .optimizer import Optimizer


def adagrad(p, g, total, step, eps):
    total += g * g
    p -= step * (g / (np.sqrt(total) + eps))


class Adagrad(Optimizer):
    """s ← s + g²,  p ← p − η/(1 + (t−1)δ) · g / (√s + ε).

    lr                         the learning rate η
    lr_decay                   δ: how fast the rate falls with the steps t = 1, 2, …
    weight_decay               λ: g is ∂f/∂p + λ p
    initial_accumulator_value  what s begins with
    eps                        ε, which keeps the step bounded where gradients vanish
    maximize                   ascend: g is −∂f/∂p

    State of a parameter, from the start: step, sum (s). Duchi, Hazan, Singer, "Adaptive Subgradient Methods for
    Online Learning and Stochastic Optimization", 2011; PyTorch's page torch.optim.Adagrad.

    >>> import tinygrad_lite as tl
    >>> w = tl.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tl.optim.Adagrad([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.9000, 1.9000], requires_grad=True)
    """

    scalars = ("step",)

    def __init__(
        self,
        params: Iterable,
        lr: Any = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ):
        check_rate(lr)
        check(lr_decay >= 0, "lr_decay value", lr_decay)
        check(weight_decay >= 0, "weight_decay value", weight_decay)
        check(initial_accumulator_value >= 0, "initial_accumulator_value value", initial_accumulator_value)
        check(eps >= 0, "epsilon value", eps)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for p in group["params"]:
                begin(p, group, self.slots(group), self._state, self)

    def slots(self, group: dict) -> tuple[str, ...]:
        return ("sum",)

    def initial(self, group: dict, name: str) -> float:
        return self.defaults["initial_accumulator_value"] if name == "sum" else 0.0

    def rule(self, group: dict, numbers: dict, fresh: bool) -> tuple[Callable, tuple]:
        step = float(group["lr"]) / (1 + (numbers["step"] - 1) * group["lr_decay"])
        return adagrad, (step, group["eps"])
