"""Adamax: Adam with the largest recent gradient as the scale."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .adam import check_adam
from .optimizer import Optimizer


def adamax(p, g, m, u, step, new1, keep2, eps):
    m += new1 * (g - m)
    u *= keep2
    np.maximum(u, np.abs(g) + eps, out=u)
    p -= step * (m / u)


class Adamax(Optimizer):
    """m ← β₁m + (1−β₁)g,  u ← max(β₂u, |g| + ε),  p ← p − η/(1−β₁ᵗ) · m/u.

    lr            the learning rate η
    betas         β₁: how much of the average m is kept at each step t = 1, 2, …; β₂: how fast the largest fades
    eps           ε, which keeps the step bounded where gradients vanish
    weight_decay  λ: g is ∂f/∂p + λ p
    maximize      ascend: g is −∂f/∂p

    State of a parameter: step, exp_avg (m), exp_inf (u). Kingma and Ba, "Adam: A Method for Stochastic Optimization",
    2015, section 7; PyTorch's page torch.optim.Adamax.

    >>> import tinygrad_lite as tl
    >>> w = tl.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tl.optim.Adamax([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.9000, 1.9000], requires_grad=True)
    """

    scalars = ("step",)

    def __init__(
        self,
        params: Iterable,
        lr: Any = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ):
        check_adam(lr, betas, eps, weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def slots(self, group: dict) -> tuple[str, ...]:
        return ("exp_avg", "exp_inf")

    def rule(self, group: dict, numbers: dict, fresh: bool) -> tuple[Callable, tuple]:
        beta1, beta2 = group["betas"]
        step = float(group["lr"]) / (1 - beta1 ** numbers["step"])
        return adamax, (step, 1 - beta1, beta2, group["eps"])
