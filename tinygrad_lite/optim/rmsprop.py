"""RMSprop: gradients over their running root mean square."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .groups import check, check_rate
from .optimizer import Optimizer


def rmsprop(p, g, v, lr, keep, new, eps):
    v *= keep
    v += new * (g * g)
    p -= lr * (g / (np.sqrt(v) + eps))


def with_momentum(p, g, v, buf, lr, keep, new, eps, momentum):
    v *= keep
    v += new * (g * g)
    buf *= momentum
    buf += g / (np.sqrt(v) + eps)
    p -= lr * buf


def centered(p, g, v, mean, lr, keep, new, eps):
    v *= keep
    v += new * (g * g)
    mean += new * (g - mean)
    p -= lr * (g / (deviation(v, mean) + eps))


def centered_with_momentum(p, g, v, buf, mean, lr, keep, new, eps, momentum):
    v *= keep
    v += new * (g * g)
    mean += new * (g - mean)
    buf *= momentum
    buf += g / (deviation(v, mean) + eps)
    p -= lr * buf


def deviation(v, mean):
    return np.sqrt(np.maximum(v - mean * mean, 0))  # rounding may leave a variance a little below 0


class RMSprop(Optimizer):
    """v ← αv + (1−α)g²,  p ← p − η g / (√v + ε), or with momentum: b ← μb + g / (√v + ε),  p ← p − ηb.

    lr            the learning rate η
    alpha         α: how much of the averages is kept at each step
    eps           ε, which keeps the step bounded where gradients vanish
    weight_decay  λ: g is ∂f/∂p + λ p
    momentum      μ, how much of the last step's direction is kept
    centered      the standard deviation √(v − m²) in the place of √v, m the running average of g (Graves, "Generating
                  Sequences With Recurrent Neural Networks", 2013)
    maximize      ascend: g is −∂f/∂p

    State of a parameter: step, square_avg (v), momentum_buffer (b), grad_avg (m). Tieleman and Hinton, "Lecture 6.5 -
    RMSprop", 2012; PyTorch's page torch.optim.RMSprop.

    >>> import tinygrad_lite as tl
    >>> w = tl.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tl.optim.RMSprop([w], lr=0.01)
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
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ):
        check_rate(lr)
        check(eps >= 0, "epsilon value", eps)
        check(momentum >= 0, "momentum value", momentum)
        check(weight_decay >= 0, "weight_decay value", weight_decay)
        check(alpha >= 0, "alpha value", alpha)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def slots(self, group: dict) -> tuple[str, ...]:
        names = ("square_avg", "momentum_buffer") if group["momentum"] > 0 else ("square_avg",)
        return (*names, "grad_avg") if group["centered"] else names

    def rule(self, group: dict, numbers: dict, fresh: bool) -> tuple[Callable, tuple]:
        alpha, momentum = group["alpha"], group["momentum"]
        constants = float(group["lr"]), alpha, 1 - alpha, group["eps"]
        if momentum > 0:
            return (centered_with_momentum if group["centered"] else with_momentum), (*constants, momentum)
        return (centered if group["centered"] else rmsprop), constants
