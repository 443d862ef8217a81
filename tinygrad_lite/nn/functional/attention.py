"""Attention, of one head and of many."""

import math
import warnings
from typing import Any

import numpy as np

from ... import ops
from ...errors import ShapeError
from ...kernels import sampling
from ...operation import result
from ...ops.attention import attention
from ...tensor import Tensor


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """y = softmax(scale·q·kᵀ + mask)·v (PyTorch's page torch.nn.functional.scaled_dot_product_attention).

    query       (…, L, E);  key  (…, S, E);  value  (…, S, Eᵥ);  result  (…, L, Eᵥ)
    attn_mask   broadcasts to (…, L, S): bools, True where attention is allowed, or numbers that are added to the scores
    dropout_p   the probability with which a weight is set to 0, also in evaluation: pass 0.0 there
    is_causal   query i attends to keys 0 … i; not together with attn_mask
    scale       by default 1/√E
    enable_gqa  the heads, dimension −3, of key and value are repeated to the number of those of the query

    RuntimeError if dtypes or shapes do not match. A query that may attend to nothing gives 0.

    >>> import tinygrad_lite as tl
    >>> v = tl.tensor([[1.0], [3.0], [5.0]])
    >>> tl.nn.functional.scaled_dot_product_attention(tl.zeros(3, 2), tl.zeros(3, 2), v, is_causal=True).tolist()
    [[1.0], [2.0], [3.0]]
    """
    name = "scaled_dot_product_attention"
    for what, operand in (("query", query), ("key", key), ("value", value)):
        if not isinstance(operand, Tensor):
            raise TypeError(f"{name}: argument '{what}' must be Tensor, not {type(operand).__name__}")
    if not query.dtype == key.dtype == value.dtype:
        raise RuntimeError(
            f"{name}: Expected query, key, and value to have the same dtype, but got {query.dtype}, {key.dtype} and "
            f"{value.dtype}"
        )
    if query.dtype.kind != "f":
        raise RuntimeError(f"{name}: not implemented for {query.dtype}; convert the operands with .float()")
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise RuntimeError(
            f"{name}: Expected query, key, and value to all be at least 2 dimensional, but got shapes "
            f"{tuple(query.shape)}, {tuple(key.shape)} and {tuple(value.shape)}"
        )
    if is_causal and attn_mask is not None:
        raise RuntimeError(f"{name}: Explicit attn_mask should not be set when is_causal=True")
    if not 0 <= dropout_p <= 1:
        raise RuntimeError(f"{name}: dropout probability has to be between 0 and 1, but got {dropout_p}")
    if enable_gqa:
        key, value = repeated_heads(query, key), repeated_heads(query, value)
    rows = weights_shape(name, query, key, value)
    if attn_mask is not None:
        attn_mask = additive(name, attn_mask, query, rows)
    keep = None
    if dropout_p > 0 and 0 not in rows:
        keep = sampling.dropout_mask(None, np.empty(rows, query.dtype), dropout_p)
    scale = 1 / math.sqrt(query.shape[-1] or 1) if scale is None else float(scale)
    return attention(query, key, value, attn_mask, keep, is_causal, scale)


def weights_shape(name: str, query: Tensor, key: Tensor, value: Tensor) -> tuple[int, ...]:
    """(…, L, S), or why there is none."""
    shapes = f"query {tuple(query.shape)}, key {tuple(key.shape)}, value {tuple(value.shape)}"
    if query.shape[-1] != key.shape[-1]:
        raise ShapeError(f"{name}: {shapes}: the last dimensions of query and key differ")
    if key.shape[-2] != value.shape[-2]:
        raise ShapeError(f"{name}: {shapes}: key and value differ in their number of rows, dimension −2")
    try:
        batch = np.broadcast_shapes(query.shape[:-2], key.shape[:-2])
        np.broadcast_shapes(batch, value.shape[:-2])
    except ValueError:
        raise ShapeError(f"{name}: {shapes}: the dimensions before the last two do not broadcast together") from None
    return (*batch, query.shape[-2], key.shape[-2])


def repeated_heads(query: Tensor, x: Tensor) -> Tensor:
    """Keys or values with each head repeated, so that there are as many as in the query."""
    for operand in (query, x):
        if operand.ndim < 3:
            raise IndexError(f"enable_gqa: heads are dimension −3, which shape {tuple(operand.shape)} does not have")
    heads, wanted = x.shape[-3], query.shape[-3]
    if not heads or wanted % heads:
        raise RuntimeError(
            f"enable_gqa: Number of heads in key and value must divide the number of heads in query, but got {heads} "
            f"and {wanted}"
        )
    return x if heads == wanted else ops.repeat_interleave(x, wanted // heads, -3)


def additive(name: str, mask: Tensor, query: Tensor, rows: tuple[int, ...]) -> Tensor:
    """A mask as numbers to be added to the scores: 0 for True, −∞ for False."""
    if mask.dtype.kind not in "fb" or (mask.dtype.kind == "f" and mask.dtype != query.dtype):
        raise RuntimeError(
            f"{name}: Expected attn_mask dtype to be bool or to match query dtype, but got {mask.dtype} and "
            f"{query.dtype}"
        )
    try:
        if np.broadcast_shapes(mask.shape, rows) != rows:
            raise ValueError
    except ValueError:
        raise ShapeError(f"{name}: attn_mask of shape {tuple(mask.shape)} does not broadcast to {rows}") from None
    if mask.dtype.kind == "f":
        return mask
    return result(np.where(mask.array, query.dtype.type(0), query.dtype.type(-np.inf)))


def canonical_mask(
    mask: Tensor | None, name: str, other: Any, other_name: str, dtype: np.dtype, check_other: bool = True
) -> Tensor | None:
    """A mask of bools, True where attention is *not* allowed, as numbers to be added: −∞ for True."""
    if mask is None:
        return None
    if mask.dtype.kind not in "fb":
        raise AssertionError(f"only bool and floating types of {name} are supported, not {mask.dtype}")
    if check_other and other is not None and mask.dtype != other:
        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.",
            stacklevel=3,
        )
    if mask.dtype.kind == "f":
        return mask
    return result(np.where(mask.array, dtype.type(-np.inf), dtype.type(0)))
