"""RAdam: Adam that trusts its second average only when it has seen enough."""

from collections.abc import Callable, Iterable
from typing import Any

from .adam import adam, check_adam, moments
from .optimizer import Optimizer


def unscaled(p, g, m, v, step, new1, keep2, new2):
    moments(g, m, v, new1, keep2, new2)
    p -= step * m


class RAdam(Optimizer):
    """Adam's averages m, v;  p ← p − η rₜ m̂ / ((√v + ε)/√(1−β₂ᵗ)) once ρₜ > 5, and p ← p − η m̂ before.

    ρₜ = ρ∞ − 2tβ₂ᵗ/(1−β₂ᵗ) with ρ∞ = 2/(1−β₂) − 1 is the length of the average that v amounts to, and
    rₜ = √((ρₜ−4)(ρₜ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρₜ)) makes up for the variance of the scale 1/√v̂.

    lr            the learning rate η
    betas         β₁, β₂: how much of the averages is kept at each step t = 1, 2, …
    eps           ε, which keeps the step bounded where gradients vanish
    weight_decay  λ: g is ∂f/∂p + λ p; with decoupled_weight_decay instead p ← (1 − ηλ) p first
    maximize      ascend: g is −∂f/∂p

    State of a parameter: step, exp_avg (m), exp_avg_sq (v). Liu et al., "On the Variance of the Adaptive Learning
    Rate and Beyond", 2020; PyTorch's page torch.optim.RAdam.

    >>> import tinygrad_lite as tl
    >>> w = tl.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tl.optim.RAdam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.8000, 1.6000], requires_grad=True)
    """

    scalars = ("step",)

    def __init__(
        self,
        params: Iterable,
        lr: Any = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ):
        check_adam(lr, betas, eps, weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def slots(self, group: dict) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq")

    def rule(self, group: dict, numbers: dict, fresh: bool) -> tuple[Callable, tuple]:
        t, (beta1, beta2) = numbers["step"], group["betas"]
        correction = 1 - beta2**t
        step = float(group["lr"]) / (1 - beta1**t)
        longest = 2 / (1 - beta2) - 1
        length = longest - 2 * t * beta2**t / correction
        if length <= 5:
            return unscaled, (step, 1 - beta1, beta2, 1 - beta2)
        variance = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
        return adam, (step * (variance * correction) ** 0.5, 1 - beta1, beta2, 1 - beta2, group["eps"])
