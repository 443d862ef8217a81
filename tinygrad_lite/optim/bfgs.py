"""BFGS with the whole inverse Hessian as a matrix, for small networks."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..autograd.modes import enable_grad
from ..operation import result
from .groups import check, check_rate
from .whole import WholeVector


class BFGS(WholeVector):
    """x ← x − η H g, with the inverse Hessian H learned from the steps s = xₜ − xₜ₋₁ and y = gₜ − gₜ₋₁.

    H ← (I − ρsyᵀ) H (I − ρysᵀ) + ρssᵀ,  ρ = 1/yᵀs,  beginning with H = I: the symmetric matrix nearest to the last one
    that maps y to s.

    lr        the step η, the same at every step
    eps       ε: H is changed only if yᵀs ≥ ε ‖y‖ ‖s‖, else the step is made with the H of before. Where the loss curves
              downwards along s, yᵀs is negative, and the change would turn H against descent; where it is positive but
              small, as between the gradients of two mini-batches, H would grow by ‖s‖²/yᵀs. For smooth functions
              without noise ε may be as small as 1e-8; small networks on the disk set, with a constant step of 0.2 and
              mini-batches, diverged about half the time with 0.01, and seldom with 0.1
    maximize  ascend: g is −∂f/∂x

    H has n² elements for n numbers in the parameters. One group only. State, kept as that of the first parameter:
    step, inverse_hessian, prev_point, prev_grad, skipped (how often H was left as it was). Nocedal and Wright,
    "Numerical Optimization", equation 6.17.

    >>> import tinygrad_lite as tl
    >>> w = tl.tensor([3.0, -2.0], requires_grad=True)
    >>> optimizer = tl.optim.BFGS([w], lr=0.5)
    >>> for _ in range(30):
    ...     optimizer.zero_grad()
    ...     ((w - 1) ** 2 * tl.tensor([1.0, 0.1])).sum().backward()
    ...     optimizer.step()
    >>> tl.allclose(w, tl.ones(2), atol=1e-4)
    True
    """

    def __init__(self, params: Iterable, lr: Any = 1.0, eps: float = 0.1, *, maximize: bool = False):
        check_rate(lr)
        check(eps >= 0, "epsilon value", eps)
        super().__init__(params, {"lr": lr, "eps": eps, "maximize": maximize})

    def step(self, closure: Callable | None = None) -> Any:
        """One step by the gradients that `backward` left.

        closure  computes the loss anew, calls backward and returns the loss; `step` returns it
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        if all(p.grad is None for p in self._params):
            return loss
        group, state = self.param_groups[0], self.state[self._params[0]]
        x, g = self._point(), self._gradient()
        if group["maximize"]:
            g = -g
        if not state:
            state.update(step=0, skipped=0, inverse_hessian=result(np.eye(x.size, dtype=x.dtype)))
        else:
            s, y = x - state["prev_point"].array, g - state["prev_grad"].array
            if not update(state["inverse_hessian"].array, s, y, group["eps"]):
                state["skipped"] += 1
        state["step"] += 1
        state["prev_point"], state["prev_grad"] = result(x), result(g)
        self._move_to(x - float(group["lr"]) * (state["inverse_hessian"].array @ g))
        return loss


def update(H: np.ndarray, s: np.ndarray, y: np.ndarray, eps: float) -> bool:
    """Change H in place so that Hy = s, if yᵀs is positive and at least ε‖y‖‖s‖; whether it was."""
    curvature = float(y @ s)
    if not (curvature > 0 and curvature >= eps * float(y @ y) ** 0.5 * float(s @ s) ** 0.5):
        return False
    # Multiplied out: H + usᵀ + suᵀ with u = ½ρ(1 + ρyᵀHy) s − ρHy, one product of thin matrices.
    Hy = H @ y
    u = (0.5 / curvature * (1 + float(y @ Hy) / curvature)) * s - Hy / curvature
    H += np.stack([u, s], axis=1) @ np.stack([s, u])
    return True
