"""Vectors that stand for words."""

import numpy as np

from ... import creation, ops, writes
from ...errors import ShapeError
from ...operation import result
from ...ops.embedding import bag_sum, embedding as rows_of
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
    sparse              must be False: there are no sparse tensors, NotImplementedError

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.embedding(tl.tensor([[0, 2]]), tl.eye(3)).shape
    torch.Size([1, 2, 3])
    """
    refuse_sparse("embedding", sparse)
    if weight.ndim != 2:
        raise ShapeError(f"embedding: 'weight' must be 2-D, not of shape {tuple(weight.shape)}")
    padding_idx = within(padding_idx, weight.shape[0])
    if max_norm is not None:
        limit_rows(input, weight, max_norm, norm_type)
    y = rows_of(input, weight, padding_idx)
    return y if not scale_grad_by_freq else shared_by_frequency(y, input, weight.shape[0])


def shared_by_frequency(y: Tensor, input: Tensor, rows: int) -> Tensor:
    """Rows of a table, their derivatives divided by how often each row was used."""
    if not y.requires_grad:
        return y
    counts = np.bincount(input.array.reshape(-1), minlength=rows)[input.array][..., None]
    share = (1 / counts).astype(y.dtype)
    return y * share + (y * (1 - share)).detach()  # the value of y, with a part of its derivative


def refuse_sparse(name: str, sparse: bool) -> None:
    if sparse:
        raise NotImplementedError(f"{name}: sparse=True: there are no sparse tensors; with sparse=False it is dense")


def within(padding_idx: int | None, rows: int) -> int | None:
    """The row that pads, counted from the front."""
    if padding_idx is not None and not -rows <= padding_idx < rows:
        raise AssertionError(f"embedding: padding_idx must be within num_embeddings, but is {padding_idx} of {rows}")
    return None if padding_idx is None else padding_idx % rows


def limit_rows(input: Tensor, weight: Tensor, max_norm: float, norm_type: float) -> None:
    """Scale the rows that are used to the norm max_norm, in place, where they are larger."""
    used = np.unique(input.array)
    rows = weight.array[used]
    norms = np.linalg.norm(rows, norm_type, axis=1)
    large = norms > max_norm
    weight.array[used[large]] = rows[large] * (max_norm / (norms[large] + 1e-7))[:, None].astype(rows.dtype)
    writes.mark(weight.array, "embedding")


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """The sum, mean or maximum of the rows of a table over bags of numbers (PyTorch's page
    torch.nn.functional.embedding_bag).

    input                (B, n), B bags of n numbers; or (N,), with offsets
    offsets              (B,): where each bag begins; with include_last_offset (B + 1,), the last one where they end
    per_sample_weights   as input, only with mode "sum": what each row is multiplied by
    padding_idx          numbers that are left out, also of the mean
    max_norm, norm_type, scale_grad_by_freq  as in `embedding`

    The result is (B, D); an empty bag gives 0. ValueError for shapes and modes, RuntimeError for numbers out of range.

    >>> import tinygrad_lite as tl
    >>> table = tl.tensor([[1.0, 0.0], [2.0, 2.0], [3.0, 0.0]])
    >>> tl.nn.functional.embedding_bag(tl.tensor([0, 1, 2]), table, tl.tensor([0, 2]), mode="sum")
    tensor([[3., 2.],
            [3., 0.]])
    """
    name = "embedding_bag"
    check_bags(name, input, weight, offsets, mode, per_sample_weights, scale_grad_by_freq)
    refuse_sparse(name, sparse)
    padding_idx = within(padding_idx, weight.shape[0])
    if input.ndim == 2:
        starts = np.arange(input.shape[0] + 1) * input.shape[1]
        input = input.reshape(-1)
        per_sample_weights = None if per_sample_weights is None else per_sample_weights.reshape(-1)
    else:
        assert offsets is not None
        starts = offsets_of(name, offsets.array, input.shape[0], include_last_offset)
    if padding_idx is not None:
        there = input.array != padding_idx
        starts = np.concatenate([[0], np.cumsum(there)])[starts]
        input = input[result(there)]
        per_sample_weights = None if per_sample_weights is None else per_sample_weights[result(there)]
    if max_norm is not None:
        limit_rows(input, weight, max_norm, norm_type)
    y = rows_of(input, weight)
    if scale_grad_by_freq:
        y = shared_by_frequency(y, input, weight.shape[0])
    if mode == "max":
        return largest(y, starts)
    if per_sample_weights is not None:
        y = y * per_sample_weights.unsqueeze(1)
    sums = bag_sum(y, starts)
    if mode == "sum":
        return sums
    counts = np.maximum(np.diff(starts), 1).astype(y.dtype)
    return sums / result(counts[:, None])


def largest(rows: Tensor, starts: np.ndarray) -> Tensor:
    """The largest number of each column in each bag, the first one of equal ones; 0 for an empty bag."""
    filled = np.flatnonzero(np.diff(starts))
    places = np.empty((len(filled), rows.shape[1]), np.int64)
    for i, bag in enumerate(filled):
        places[i] = starts[bag] + rows.array[starts[bag] : starts[bag + 1]].argmax(0)
    top = ops.gather(rows, 0, result(places))
    if len(filled) == len(starts) - 1:
        return top
    empty = creation.zeros(len(starts) - 1, rows.shape[1], dtype=rows.dtype)
    return ops.index_put(empty, (result(filled),), top)


def offsets_of(name: str, offsets: np.ndarray, count: int, include_last: bool) -> np.ndarray:
    """Where each bag begins, and at last the number of all."""
    if include_last and not len(offsets):
        raise RuntimeError(f"{name}: include_last_offset: Offset must have at least one element")
    if len(offsets) and offsets[0] != 0:
        raise RuntimeError(
            f"{name}: offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position "
            f"0. However, got {offsets[0]}"
        )
    if len(offsets) and offsets[-1] > count:
        raise RuntimeError(
            f"{name}: offsets[-1] can not be greater than input's length {count} but got offsets[-1] of {offsets[-1]}"
        )
    if (np.diff(offsets) < 0).any():
        raise RuntimeError(f"{name}: offsets must not decrease: {offsets.tolist()}")
    return offsets if include_last else np.append(offsets, count)


def check_bags(
    name: str,
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None,
    mode: str,
    per_sample_weights: Tensor | None,
    scale_grad_by_freq: bool,
) -> None:
    """Refuse arguments that do not go together."""
    if per_sample_weights is not None and per_sample_weights.shape != input.shape:
        raise ValueError(
            f"{name}: If per_sample_weights ({tuple(per_sample_weights.shape)}) is not None, then it must have the "
            f"same shape as the input ({tuple(input.shape)})"
        )
    if weight.ndim != 2:
        raise ValueError(f"{name}: weight has to be a 2D Tensor, but got Tensor of dimension {weight.ndim}")
    if input.ndim not in (1, 2):
        raise ValueError(f"{name}: input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    if input.ndim == 2 and offsets is not None:
        raise ValueError(f"{name}: if input is 2D, then offsets has to be None: each row is a bag")
    if input.ndim == 1 and (offsets is None or offsets.ndim != 1):
        raise ValueError(
            f"{name}: offsets has to be a 1D Tensor but got {None if offsets is None else f'{offsets.ndim}D'}"
        )
    if mode not in ("sum", "mean", "max"):
        raise ValueError(f"{name}: mode has to be one of sum, mean or max, not {mode!r}")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError(f"{name}: max mode does not support scaling the gradient by the frequency")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            f"{name}: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got "
            f"mode='{mode}')."
        )
    if per_sample_weights is not None and per_sample_weights.dtype != weight.dtype:
        raise RuntimeError(
            f"{name}: Expected weight and per_sample_weights to have the same type, but they are {weight.dtype} and "
            f"{per_sample_weights.dtype}"
        )
    if input.dtype not in (np.int64, np.int32):
        raise RuntimeError(
            f"{name}: Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; "
            f"but got {input.dtype} instead; convert it with .long()"
        )
    rows = weight.shape[0]
    wrong = np.flatnonzero((input.array < 0) | (input.array >= rows))
    if len(wrong):
        raise RuntimeError(
            f"{name}: Index {wrong[0]} of input takes value {input.array.flat[wrong[0]]} which is not in the valid "
            f"range [0, {rows})"
        )
