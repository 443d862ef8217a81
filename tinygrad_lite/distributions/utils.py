"""What several distributions need: parameters of one shape, and probabilities as logits."""

from functools import cached_property
from typing import Any

import numpy as np

from .. import dtypes
from ..autograd.modes import enable_grad
from ..errors import ShapeError
from ..operation import result
from ..ops import log, log1p, sigmoid, softmax
from ..tensor import Tensor

NUMBERS = (int, float)


class lazy_property(cached_property):
    """A parameter that follows from another: computed when first asked for, with its history, and kept."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        with enable_grad():
            return super().__get__(instance, owner)


def broadcast_all(*values: Any) -> list[Tensor]:
    """Tensors and numbers as tensors of one shape; a number takes the dtype of the first tensor.

    >>> import tinygrad_lite as tl
    >>> tl.distributions.utils.broadcast_all(1.0, tl.zeros(2))
    [tensor([1., 1.]), tensor([0., 0.])]
    """
    given = [value for value in values if isinstance(value, Tensor)]
    if any(not isinstance(value, (Tensor, *NUMBERS)) for value in values):
        kinds = ", ".join(type(value).__name__ for value in values)
        raise ValueError(f"Input arguments must all be numbers or Tensors, got {kinds}")
    dtype = given[0].dtype if given else dtypes.get_default_dtype()
    tensors = [value if isinstance(value, Tensor) else result(np.array(value, dtype)) for value in values]
    try:
        shape = np.broadcast_shapes(*(value.array.shape for value in tensors))
    except ValueError:
        shapes = ", ".join(str(tuple(value.shape)) for value in tensors)
        raise ShapeError(f"distributions: parameters of the shapes {shapes} do not broadcast together") from None
    return [value if value.array.shape == shape else value.expand(shape) for value in tensors]


def sum_rightmost(value: Tensor, dims: int) -> Tensor:
    """The sum over the last `dims` dimensions."""
    return value.sum(tuple(range(-dims, 0))) if dims else value


def one_of(probs: Any, logits: Any) -> None:
    """Refuse both or neither of two ways to say the same."""
    if (probs is None) == (logits is None):
        raise ValueError("Either `probs` or `logits` must be specified, but not both.")


def clamp_probs(probs: Tensor) -> Tensor:
    """Probabilities kept ε away from 0 and 1, so that they have logits."""
    eps = float(np.finfo(probs.dtype).eps)
    return probs.clamp(min=eps, max=1 - eps)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """log p, or log p/(1 − p) for a coin."""
    p = clamp_probs(probs)
    return log(p) - log1p(-p) if is_binary else log(p)


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """softmax of the logits, or their sigmoid for a coin."""
    return sigmoid(logits) if is_binary else softmax(logits, -1)
