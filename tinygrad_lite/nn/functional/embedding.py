"""Vectors that stand for words."""

import numpy as np

from ... import writes
from ...ops.embedding import embedding as rows_of
from ...tensor import Tensor


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Row i of the table `weight` for each number i of the input (PyTorch's page torch.nn.functional.embedding).

    padding_idx         this row gets no derivative
    max_norm            rows that are used are first scaled, in place, to this norm (of order norm_type) at most
    scale_grad_by_freq  the derivative of a row is divided by how often it was used
    sparse              accepted; the derivative is dense all the same

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.embedding(tl.tensor([[0, 2]]), tl.eye(3)).shape
    torch.Size([1, 2, 3])
    """
    if padding_idx is not None:
        rows = weight.shape[0]
        if not -rows <= padding_idx < rows:
            raise AssertionError("Padding_idx must be within num_embeddings")
        padding_idx %= rows
    if max_norm is not None:
        limit_rows(input, weight, max_norm, norm_type)
    y = rows_of(input, weight, padding_idx)
    if scale_grad_by_freq and y.requires_grad:
        counts = np.bincount(input.array.reshape(-1), minlength=weight.shape[0])[input.array][..., None]
        share = (1 / counts).astype(y.dtype)
        y = y * share + (y * (1 - share)).detach()  # the value of y, with a part of its derivative
    return y


def limit_rows(input: Tensor, weight: Tensor, max_norm: float, norm_type: float) -> None:
    """Scale the rows that are used to the norm max_norm, in place, where they are larger."""
    used = np.unique(input.array)
    rows = weight.array[used]
    norms = np.linalg.norm(rows, norm_type, axis=1)
    large = norms > max_norm
    weight.array[used[large]] = rows[large] * (max_norm / (norms[large] + 1e-7))[:, None].astype(rows.dtype)
    writes.mark(weight.array, "embedding")
