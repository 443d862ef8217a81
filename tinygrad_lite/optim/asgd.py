"""Averaged stochastic gradient descent."""

from collections.abc import Callable, Iterable
from typing import Any

from ..dtypes import get_default_dtype
from .groups import check, check_rate
from .optimizer import Optimizer


def follow(p, g, mean, keep, step):
    p *= keep
    p -= step * g
    mean[...] = p


def average(p, g, mean, keep, step, part):
    p *= keep
    p -= step * g
    mean += part * (p - mean)


class ASGD(Optimizer):
    """p ← (1 − κηₜ) p − ηₜ g, and a ← a + μₜ (p − a): the average of the parameters from step t₀ on.

    lr            η: ηₜ₊₁ = η/(1 + κηt)^α, beginning with η; μₜ₊₁ = 1/max(1, t − t₀)
    lambd         κ, a decay of the parameters
    alpha         α, how fast the rate falls
    t0            t₀, before which a is p itself
    weight_decay  λ: g is ∂f/∂p + λ p
    maximize      ascend: g is −∂f/∂p

    State of a parameter: step, eta, mu, ax (the average a, which the user copies into the model at the end). Polyak
    and Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992; PyTorch's page torch.optim.ASGD.

    >>> import tinygrad_lite as tl
    >>> w = tl.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tl.optim.ASGD([w], lr=0.1, lambd=0.0)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> optimizer.state[w]["ax"]
    tensor([0.8000, 1.6000])
    """

    scalars = ("step", "eta", "mu")

    def __init__(
        self,
        params: Iterable,
        lr: Any = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ):
        check_rate(lr)
        check(weight_decay >= 0, "weight_decay value", weight_decay)
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def slots(self, group: dict) -> tuple[str, ...]:
        return ("ax",)

    def initial(self, group: dict, name: str) -> float:
        return {"eta": float(group["lr"]), "mu": 1.0}.get(name, 0.0)

    def rule(self, group: dict, numbers: dict, fresh: bool) -> tuple[Callable, tuple]:
        eta, mu, lr, decay = float(numbers["eta"]), float(numbers["mu"]), float(group["lr"]), group["lambd"]
        rounded = get_default_dtype().type  # as PyTorch, which keeps both in tensors of this type
        numbers["eta"] = rounded(lr / (1 + decay * lr * numbers["step"]) ** group["alpha"])
        numbers["mu"] = rounded(1 / max(1, numbers["step"] - group["t0"]))
        if mu == 1:
            return follow, (1 - decay * eta, eta)
        return average, (1 - decay * eta, eta, mu)
