"""The norm of a difference, and slices scaled back to a norm."""

from typing import Any

from .choice import where
from .dims import dim as dimension
from .vector_norms import vector_norm_of


def dist(input: Any, other: Any, p: Any = 2) -> Any:
    """‖x − y‖ₚ over all elements; the two broadcast (PyTorch's page torch.dist).

    >>> import tinygrad_lite as tl
    >>> tl.dist(tl.tensor([1.0, 2.0]), tl.tensor([4.0, 6.0]))
    tensor(5.)
    """
    return vector_norm_of("dist", input - other, p, None, False)


def renorm(input: Any, p: Any, dim: int, maxnorm: Any) -> Any:
    """The slices along dim, those of a p-norm above maxnorm scaled back to it (PyTorch's page torch.renorm).

    >>> import tinygrad_lite as tl
    >>> tl.renorm(tl.tensor([[3.0, 4.0], [0.3, 0.4]]), 2, 0, 1.0)
    tensor([[0.6000, 0.8000],
            [0.3000, 0.4000]])
    """
    if p <= 0:
        raise RuntimeError(f"renorm: non-positive-norm not supported, got p = {p}")
    if input.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.ndim} dimensions")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    d = dimension(dim, input.ndim, "renorm")
    others = tuple(i for i in range(input.ndim) if i != d)
    size = vector_norm_of("renorm", input, p, others, True)
    return input * where(size > maxnorm, maxnorm / (size + 1e-7), 1.0)
