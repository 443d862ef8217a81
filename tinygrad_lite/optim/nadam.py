"""NAdam: Adam with Nesterov's momentum."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .adam import check_adam, moments
from .groups import check
from .optimizer import Optimizer


def nadam(p, g, m, v, ahead, along, new1, keep2, new2, eps):
    moments(g, m, v, new1, keep2, new2)
    p -= (ahead * g + along * m) / (np.sqrt(v) + eps)


class NAdam(Optimizer):
    """m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  p ← p − η m̄ / (√v̂ + ε),  m̄ = μₜ₊₁ m/(1−μ₁⋯μₜ₊₁) + (1−μₜ) g/(1−μ₁⋯μₜ).

    lr              the learning rate η
    betas           β₁, β₂: how much of the averages is kept at each step t = 1, 2, …
    eps             ε, which keeps the step bounded where gradients vanish
    weight_decay    λ: g is ∂f/∂p + λ p; with decoupled_weight_decay instead p ← (1 − ηλ) p first
    momentum_decay  ψ: μₜ = β₁ (1 − ½ · 0.96^(tψ)), the momentum of step t
    maximize        ascend: g is −∂f/∂p

    State of a parameter: step, mu_product (μ₁⋯μₜ), exp_avg (m), exp_avg_sq (v). Dozat, "Incorporating Nesterov
    Momentum into Adam", 2016; PyTorch's page torch.optim.NAdam.

    >>> import tinygrad_lite as tl
    >>> w = tl.tensor([1.0, 2.0], requires_grad=True)
    >>> optimizer = tl.optim.NAdam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> bool((w < tl.tensor([1.0, 2.0])).all())
    True
    """

    scalars = ("step", "mu_product")

    def __init__(
        self,
        params: Iterable,
        lr: Any = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ):
        check_adam(lr, betas, eps, weight_decay)
        check(momentum_decay >= 0, "momentum_decay value", momentum_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def slots(self, group: dict) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq")

    def initial(self, group: dict, name: str) -> float:
        return 1.0 if name == "mu_product" else 0.0

    def rule(self, group: dict, numbers: dict, fresh: bool) -> tuple[Callable, tuple]:
        t, (beta1, beta2), lr = numbers["step"], group["betas"], float(group["lr"])
        mu, following = (beta1 * (1 - 0.5 * 0.96 ** (i * group["momentum_decay"])) for i in (t, t + 1))
        numbers["mu_product"] *= mu
        product = float(numbers["mu_product"])
        correction = (1 - beta2**t) ** 0.5  # of √v, taken out of the arrays as in Adam
        ahead = lr * (1 - mu) / (1 - product) * correction
        along = lr * following / (1 - product * following) * correction
        return nadam, (ahead, along, 1 - beta1, beta2, 1 - beta2, group["eps"] * correction)
