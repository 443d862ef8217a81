"""Stochastic gradient descent: plain, with momentum, with Nesterov's momentum."""

from collections.abc import Callable, Iterable
from typing import Any

from .groups import check, check_rate
from .optimizer import Optimizer


def descend(p, g, lr):
    p -= lr * g


def heavy_ball(p, g, buf, lr, momentum):
    buf *= momentum
    buf += g
    p -= lr * buf


def dampened(p, g, buf, lr, momentum, gain):
    buf *= momentum
    buf += gain * g
    p -= lr * buf


def nesterov(p, g, buf, lr, momentum, gain):
    buf *= momentum
    buf += gain * g
    p -= lr * (g + momentum * buf)


class SGD(Optimizer):
    """p ← p − η g, or with momentum: b ← μ b + (1 − τ) g,  p ← p − η b,  beginning with b = g.

    lr            the learning rate η
    momentum      μ, how much of the last step's direction is kept
    dampening     τ, how much less the gradient counts then; τ = μ makes b the running average of the gradients
    weight_decay  λ: g is ∂f/∂p + λ p
    nesterov      step along g + μ b (Sutskever et al., "On the importance of initialization and momentum in deep
                  learning", 2013); needs momentum and no dampening
    maximize      ascend: g is −∂f/∂p

    State of a parameter: momentum_buffer, if there is momentum. `foreach` and `fused` are taken and change nothing.
    PyTorch's page torch.optim.SGD.

    >>> import tinygrad_lite as tl
    >>> w = tl.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tl.optim.SGD([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8000, 1.6000], requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable,
        lr: Any = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ):
        check_rate(lr)
        check(momentum >= 0, "momentum value", momentum)
        check(weight_decay >= 0, "weight_decay value", weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def slots(self, group: dict) -> tuple[str, ...]:
        return ("momentum_buffer",) if group["momentum"] else ()

    def rule(self, group: dict, numbers: dict, fresh: bool) -> tuple[Callable, tuple]:
        lr, momentum = float(group["lr"]), float(group["momentum"])
        if momentum == 0:
            return descend, (lr,)
        gain = 1.0 if fresh else 1 - float(group["dampening"])  # the first gradient fills the buffer undampened
        if group["nesterov"]:
            return nesterov, (lr, momentum, gain)
        if gain == 1:
            return heavy_ball, (lr, momentum)
        return dampened, (lr, momentum, gain)
