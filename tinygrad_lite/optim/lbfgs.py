"""L-BFGS: a quasi-Newton method that remembers the last few steps instead of a matrix."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..autograd.modes import enable_grad
from ..operation import result
from ..tensor import Tensor
from .groups import check_rate
from .line_search import Point, strong_wolfe
from .whole import WholeVector

KEPT = ("old_dirs", "old_stps", "ro")  # of each remembered step: y, s and 1/yᵀs


class LBFGS(WholeVector):
    """x ← x + t d,  d = −H g, with H the inverse Hessian that the last steps s = Δx and y = Δg amount to.

    H = (I − ρsyᵀ) H' (I − ρysᵀ) + ρssᵀ with ρ = 1/yᵀs, H' the same of the steps before, and (sᵀy/yᵀy) I before all.
    A step with yᵀs ≤ 1e-10 is not remembered: H stays positive definite.

    lr                the step t (the very first is at most min(1, 1/‖g‖₁) t)
    max_iter          iterations in one call of `step`
    max_eval          evaluations of the loss in one call of `step`; 1.25 · max_iter unless stated
    tolerance_grad    stop when no element of g is larger
    tolerance_change  stop when x or the loss changes less
    history_size      how many steps are remembered
    line_search_fn    "strong_wolfe", or None: always go by t

    `step(closure)` needs the closure: it evaluates the loss, with its gradient, several times. One group only. Nocedal
    and Wright, "Numerical Optimization", algorithm 7.4; PyTorch's page torch.optim.LBFGS.

    >>> import tinygrad_lite as tl
    >>> w = tl.tensor([3.0, -2.0], requires_grad=True)
    >>> optimizer = tl.optim.LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = ((w - 1) ** 2).sum()
    ...     loss.backward()
    ...     return loss
    >>> optimizer.step(closure).item()
    13.0
    >>> closure().item() < 1e-6
    True
    """

    def __init__(
        self,
        params: Iterable,
        lr: Any = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ):
        check_rate(lr)
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)

    def step(self, closure: Callable) -> Any:
        """Go up to `max_iter` iterations; returns the loss at the start.

        closure  computes the loss anew, calls zero_grad and backward, and returns the loss
        """
        group = self.param_groups[0]
        lr, tolerance = float(group["lr"]), group["tolerance_change"]
        if group["line_search_fn"] not in (None, "strong_wolfe"):
            raise RuntimeError(f"LBFGS: only 'strong_wolfe' is supported, not {group['line_search_fn']!r}")
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)

        def evaluate() -> tuple[Any, np.ndarray]:
            with enable_grad():
                loss = closure()
            state["func_evals"] += 1
            return loss, self._gradient()

        first_loss, g = evaluate()
        loss, evaluations = number(first_loss), 1
        if largest(g) <= group["tolerance_grad"]:
            return first_loss
        for iteration in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            if state["n_iter"] == 1:
                state.update(old_dirs=[], old_stps=[], ro=[], H_diag=1)
                t = min(1.0, 1.0 / float(np.abs(g).sum())) * lr
            else:
                remember(state, g, group["history_size"])
                t = lr
            d = direction(state, g)
            slope = float(g @ d)
            state.update(d=result(d), t=t, prev_flat_grad=result(g), prev_loss=loss)
            if slope > -tolerance:
                break
            x, before = self._point(), loss
            if group["line_search_fn"]:

                def at(step: float, x: np.ndarray = x, d: np.ndarray = d) -> Point:
                    self._move_to(x + step * d)
                    loss, g = evaluate()
                    return Point(step, number(loss), g, float(g @ d))

                start = Point(0.0, loss, g, slope)
                point, used = strong_wolfe(at, start, t, largest(d), group["max_eval"] - evaluations)
                t, loss, g = point.step, point.loss, point.gradient
                state["t"] = t
                self._move_to(x + t * d)
            else:
                self._move_to(x + t * d)
                used = 0
                if iteration < group["max_iter"]:  # the next call evaluates here anyway, perhaps on other data
                    loss, g = evaluate()
                    loss, used = number(loss), 1
            evaluations += used
            if (
                evaluations >= group["max_eval"]
                or largest(g) <= group["tolerance_grad"]
                or largest(t * d) <= tolerance
                or abs(loss - before) < tolerance
            ):
                break
        return first_loss


def remember(state: dict, g: np.ndarray, size: int) -> None:
    """Keep the last step s and the change y of the gradient along it, if the curvature along it is positive."""
    y = g - state["prev_flat_grad"].array
    s = state["d"].array * float(state["t"])
    curvature = float(y @ s)
    if curvature > 1e-10:
        if len(state["ro"]) == size:
            for name in KEPT:
                state[name].pop(0)
        state["old_dirs"].append(result(y))
        state["old_stps"].append(result(s))
        state["ro"].append(1.0 / curvature)
        state["H_diag"] = curvature / float(y @ y)


def direction(state: dict, g: np.ndarray) -> np.ndarray:
    """−H g by the two-loop recursion: through the steps from the last to the first, and back."""
    steps = [(y.array, s.array, float(r)) for y, s, r in zip(*(state[k] for k in KEPT), strict=True)]
    d = -g
    weights = []
    for y, s, ro in reversed(steps):
        weights.append(ro * float(s @ d))
        d -= weights[-1] * y
    d *= float(state["H_diag"])
    for y, s, ro in steps:
        d += (weights.pop() - ro * float(y @ d)) * s
    return d


def number(loss: Any) -> float:
    """The value of what a closure returned: a tensor or a number."""
    return loss.item() if isinstance(loss, Tensor) else float(loss)


def largest(x: np.ndarray) -> float:
    return float(np.abs(x).max())
