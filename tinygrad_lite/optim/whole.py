"""What methods need that see all parameters as one point: the vector of them, of their gradients, and moving it."""

from typing import Any

import numpy as np

from .. import writes
from .optimizer import Optimizer


class WholeVector(Optimizer):
    """An optimizer of one group that works on the vector of all its parameters.

    Its state concerns all of them; it is kept as that of the first.
    """

    def __init__(self, params: Any, defaults: dict):
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError(f"{type(self).__name__} doesn't support per-parameter options (parameter groups)")

    @property
    def _params(self) -> list:
        return self.param_groups[0]["params"]

    def _point(self) -> np.ndarray:
        """A copy of all parameters, end to end."""
        return np.concatenate([p.array for p in self._params], axis=None)

    def _gradient(self) -> np.ndarray:
        """A copy of all gradients, end to end; zeros where there is none."""
        return np.concatenate(
            [np.zeros_like(p.array) if p.grad is None else p.grad.array for p in self._params], axis=None
        )

    def _move_to(self, point: np.ndarray) -> None:
        """Write a vector into the parameters."""
        start = 0
        for p in self._params:
            p.array[...] = point[start : start + p.array.size].reshape(p.array.shape)
            start += p.array.size
            writes.mark(p.array, f"{type(self).__name__}.step")
