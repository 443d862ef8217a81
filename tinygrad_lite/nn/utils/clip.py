"""Limits on gradients (PyTorch's page torch.nn.utils.clip_grad_norm_)."""

import math
import warnings
from typing import Any

import numpy as np

from ... import writes
from ...dtypes import get_default_dtype
from ...operation import result
from ...tensor import Tensor


def gradients_of(parameters: Any) -> list[Tensor]:
    """The gradients there are, of one tensor or several."""
    tensors = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [t.grad for t in tensors if t.grad is not None]


def get_total_norm(
    tensors: Any, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """(Σ |x|^p)^(1/p) over all elements of all tensors (PyTorch's page torch.nn.utils.get_total_norm).

    >>> import tinygrad_lite as tl
    >>> tl.nn.utils.get_total_norm([tl.tensor([3.0]), tl.tensor([4.0])])
    tensor(5.)
    """
    tensors, p = [tensors] if isinstance(tensors, Tensor) else list(tensors), float(norm_type)
    if not tensors:
        return result(np.array(0.0, get_default_dtype()))
    norms = np.array([norm(t.array, p) for t in tensors], np.result_type(*(t.array for t in tensors)))
    total = norm(norms, p)
    if error_if_nonfinite and not math.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be "
            "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return result(norms.dtype.type(total))


def norm(x: np.ndarray, p: float) -> Any:
    """The p-norm of all elements of an array."""
    x = x.reshape(-1)
    if p == 2:
        return np.sqrt(np.dot(x, x))
    size = np.abs(x)
    if p == math.inf:
        return size.max(initial=0)
    if p == -math.inf:
        return size.min()
    if p == 0:
        return x.dtype.type(np.count_nonzero(x))
    return size.sum() if p == 1 else np.power(np.power(size, p).sum(), 1 / p)


def clip_grads_with_norm_(parameters: Any, max_norm: float, total_norm: Tensor, foreach: bool | None = None) -> None:
    """Scale all gradients by max_norm/(total_norm + 10⁻⁶), if that is less than 1."""
    scale = max_norm / (total_norm.array + total_norm.array.dtype.type(1e-6))
    if scale < 1 or scale != scale:
        for grad in gradients_of(parameters):
            with np.errstate(invalid="ignore"):  # 0·∞, when the norm was infinite
                grad.array *= grad.array.dtype.type(scale)
            writes.mark(grad.array, "clip_grads_with_norm_")


def clip_grad_norm_(
    parameters: Any,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale all gradients together so that their norm is at most max_norm; returns the norm before.

    The norm is that of all gradients as one vector (PyTorch's page torch.nn.utils.clip_grad_norm_;
    R. Pascanu et al., On the Difficulty of Training Recurrent Neural Networks, 2013).

    >>> import tinygrad_lite as tl
    >>> w = tl.nn.Parameter(tl.tensor([1.0, 1.0]))
    >>> (w * tl.tensor([3.0, 4.0])).sum().backward()
    >>> tl.nn.utils.clip_grad_norm_(w, 1.0), w.grad
    (tensor(5.), tensor([0.6000, 0.8000]))
    """
    tensors = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    total = get_total_norm(gradients_of(tensors), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(tensors, float(max_norm), total)
    return total


def clip_grad_norm(
    parameters: Any,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The older name of `clip_grad_norm_`, with a warning (PyTorch's page torch.nn.utils.clip_grad_norm)."""
    message = "nn.utils.clip_grad_norm is now deprecated in favor of nn.utils.clip_grad_norm_."
    warnings.warn(message, FutureWarning, stacklevel=2)
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)


def clip_grad_value_(parameters: Any, clip_value: float, foreach: bool | None = None) -> None:
    """Limit every element of every gradient to [−clip_value, clip_value].

    >>> import tinygrad_lite as tl
    >>> w = tl.nn.Parameter(tl.tensor([1.0, 1.0]))
    >>> (w * tl.tensor([3.0, -0.5])).sum().backward()
    >>> tl.nn.utils.clip_grad_value_(w, 1.0)
    >>> w.grad
    tensor([ 1.0000, -0.5000])
    """
    for grad in gradients_of(parameters):
        np.clip(grad.array, -float(clip_value), float(clip_value), out=grad.array)
        writes.mark(grad.array, "clip_grad_value_")
