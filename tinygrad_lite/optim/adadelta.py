"""Adadelta: steps in the units of the parameters."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .groups import check, check_rate
from .optimizer import Optimizer


def adadelta(p, g, v, u, lr, keep, new, eps):
    v *= keep
    v += new * (g * g)
    delta = np.sqrt((u + eps) / (v + eps)) * g
    u *= keep
    u += new * (delta * delta)
    p -= lr * delta


class Adadelta(Optimizer):
    """v ← ρv + (1−ρ)g²,  Δ = √(u + ε)/√(v + ε) · g,  u ← ρu + (1−ρ)Δ²,  p ← p − ηΔ.

    lr            η, what Δ is scaled by
    rho           ρ: how much of the averages v and u is kept at each step
    eps           ε, with which the steps begin
    weight_decay  λ: g is ∂f/∂p + λ p
    maximize      ascend: g is −∂f/∂p

    State of a parameter: step, square_avg (v), acc_delta (u). Zeiler, "ADADELTA: An Adaptive Learning Rate Method",
    2012; PyTorch's page torch.optim.Adadelta.

    >>> import tinygrad_lite as tl
    >>> w = tl.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tl.optim.Adadelta([w], eps=0.01)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> bool((w < tl.tensor([1.0, 2.0])).all())
    True
    """

    scalars = ("step",)

    def __init__(
        self,
        params: Iterable,
        lr: Any = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ):
        check_rate(lr)
        check(0 <= rho <= 1, "rho value", rho)
        check(eps >= 0, "epsilon value", eps)
        check(weight_decay >= 0, "weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def slots(self, group: dict) -> tuple[str, ...]:
        return ("square_avg", "acc_delta")

    def rule(self, group: dict, numbers: dict, fresh: bool) -> tuple[Callable, tuple]:
        return adadelta, (float(group["lr"]), group["rho"], 1 - group["rho"], group["eps"])
