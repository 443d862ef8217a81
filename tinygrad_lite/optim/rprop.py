"""Rprop: only the sign of the gradient, and a step size for each number."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .groups import check, check_rate
from .optimizer import Optimizer


def rprop(p, g, before, size, less, more, smallest, largest):
    agreement = np.sign(g * before)
    size *= np.where(agreement > 0, more, np.where(agreement < 0, less, 1))
    np.clip(size, smallest, largest, out=size)
    before[...] = np.where(agreement < 0, 0, g)  # after a turn: no step, and no comparison at the next one
    p -= np.sign(before) * size


class Rprop(Optimizer):
    """p ← p − Δ sign g, with Δ ← η₊Δ where g has kept its sign, and Δ ← η₋Δ and no step where it has turned.

    lr          what the step sizes Δ begin with
    etas        η₋ < 1 < η₊
    step_sizes  the smallest and the largest Δ
    maximize    ascend: g is −∂f/∂p

    For full batches: in mini-batches signs change by chance. State of a parameter: step, prev (g, or 0 where it has
    turned), step_size (Δ). Riedmiller and Braun, "A Direct Adaptive Method for Faster Backpropagation Learning: The
    RPROP Algorithm", 1993; PyTorch's page torch.optim.Rprop.

    >>> import tinygrad_lite as tl
    >>> w = tl.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tl.optim.Rprop([w], lr=0.1)
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
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ):
        check_rate(lr)
        check(0 < etas[0] < 1 < etas[1], "eta values", f"{etas[0]}, {etas[1]}")
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def slots(self, group: dict) -> tuple[str, ...]:
        return ("prev", "step_size")

    def initial(self, group: dict, name: str) -> float:
        return float(group["lr"]) if name == "step_size" else 0.0

    def rule(self, group: dict, numbers: dict, fresh: bool) -> tuple[Callable, tuple]:
        return rprop, (*group["etas"], *group["step_sizes"])
