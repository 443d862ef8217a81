"""Attention of many heads: projections, attention in each of the heads, and the projection of all together."""

import math

from ... import creation, ops
from ...tensor import Tensor
from .attention import canonical_mask, scaled_dot_product_attention
from .random import dropout


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """What `nn.MultiheadAttention` computes, its parameters given one by one (PyTorch's function of this name).

    query             (L, E) or (L, N, E);  key, value  (S, E) or (S, N, E)
    key_padding_mask  (S) or (N, S): bools, True for keys to be ignored, or numbers that are added
    attn_mask         (L, S) or (N·num_heads, L, S): bools, True where attention is not allowed, or numbers
    static_k, _v      (N·num_heads, S, E/num_heads), in place of the projections of key and value

    Returns the result, (L, E) or (L, N, E), and the weights, (N, L, S), averaged over the heads, or
    (N, num_heads, L, S), or None without need_weights. AssertionError and RuntimeError for what does not match.
    """
    batched = check_shapes(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    (tgt_len, batch, embed_dim), src_len = query.shape, key.shape[0]
    other = None if attn_mask is None else attn_mask.dtype
    padding = canonical_mask(key_padding_mask, "key_padding_mask", other, "attn_mask", query.dtype)
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "multi_head_attention_forward: Need attn_mask if specifying the is_causal hint; "
            "nn.Transformer.generate_square_subsequent_mask makes one"
        )
    if is_causal and padding is None and not need_weights:
        attn_mask = None  # the hint says what is in it
    else:
        attn_mask = canonical_mask(attn_mask, "attn_mask", None, "", query.dtype, check_other=False)
        is_causal = is_causal and padding is None
    check_sizes(query, key, value, embed_dim_to_check, num_heads, use_separate_proj_weight)
    head_dim = embed_dim // num_heads

    q, k, v = projections(
        query,
        key,
        value,
        in_proj_weight,
        in_proj_bias,
        (q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else None,
    )
    if attn_mask is not None:
        wanted = (tgt_len, src_len) if attn_mask.ndim == 2 else (batch * num_heads, tgt_len, src_len)
        if tuple(attn_mask.shape) != wanted:
            raise RuntimeError(
                f"The shape of the {attn_mask.ndim}D attn_mask is {tuple(attn_mask.shape)}, but should be {wanted}."
            )
        attn_mask = attn_mask.unsqueeze(0) if attn_mask.ndim == 2 else attn_mask

    if (bias_k is None) != (bias_v is None):
        missing, there = ("bias_v", "bias_k") if bias_v is None else ("bias_k", "bias_v")
        raise AssertionError(f"{there} is set but {missing} is None")
    if bias_k is not None and bias_v is not None:
        if static_k is not None or static_v is not None:
            raise AssertionError(f"bias cannot be added to static {'key' if static_k is not None else 'value'}.")
        k, v = ops.cat([k, bias_k.repeat(1, batch, 1)]), ops.cat([v, bias_v.repeat(1, batch, 1)])
        attn_mask, padding = widened(attn_mask), widened(padding)

    def heads(x: Tensor) -> Tensor:
        return x.reshape(x.shape[0], batch, num_heads, head_dim).permute(1, 2, 0, 3)

    q = heads(q)
    k = heads(k) if static_k is None else static_heads("static_k", static_k, batch, num_heads, head_dim)
    v = heads(v) if static_v is None else static_heads("static_v", static_v, batch, num_heads, head_dim)
    if add_zero_attn:
        zero = creation.zeros(batch, num_heads, 1, head_dim, dtype=k.dtype)
        k, v = ops.cat([k, zero], 2), ops.cat([v, zero], 2)
        attn_mask, padding = widened(attn_mask), widened(padding)
    src_len = k.shape[2]

    mask = None
    if attn_mask is not None:
        mask = attn_mask.reshape(-1, num_heads, tgt_len, src_len) if attn_mask.shape[0] > 1 else attn_mask.unsqueeze(0)
    if padding is not None:
        if tuple(padding.shape) != (batch, src_len):
            raise AssertionError(
                f"Expected key_padding_mask.shape to be {(batch, src_len)}, but got {tuple(padding.shape)}"
            )
        padding = padding.reshape(batch, 1, 1, src_len)
        mask = padding if mask is None else mask + padding

    if not training:
        dropout_p = 0.0
    weights = None
    if need_weights:
        scores = ops.matmul(q * math.sqrt(1.0 / head_dim), k.transpose(-2, -1))
        weights = ops.softmax(scores if mask is None else scores + mask, -1)
        weights = dropout(weights, dropout_p) if dropout_p > 0.0 else weights
        y = ops.matmul(weights, v)
        weights = weights.mean(1) if average_attn_weights else weights
    else:
        y = scaled_dot_product_attention(q, k, v, mask, dropout_p, is_causal)
    y = ops.linear(y.permute(2, 0, 1, 3).reshape(tgt_len, batch, embed_dim), out_proj_weight, out_proj_bias)
    if batched:
        return y, weights
    return y.squeeze(1), None if weights is None else weights.squeeze(0)


def check_shapes(
    query: Tensor, key: Tensor, value: Tensor, padding: Tensor | None, mask: Tensor | None, num_heads: int
) -> bool:
    """Whether there is a batch; AssertionError if some operands have one and others do not."""
    ndim = query.ndim
    if ndim not in (2, 3):
        raise AssertionError(f"query should be unbatched 2D or batched 3D tensor but received {ndim}-D query tensor")
    kind = "batched (3-D)" if ndim == 3 else "unbatched (2-D)"
    if key.ndim != ndim or value.ndim != ndim:
        raise AssertionError(
            f"For {kind} `query`, expected `key` and `value` to be {ndim}-D but found {key.ndim}-D and {value.ndim}-D "
            "tensors respectively"
        )
    if padding is not None and padding.ndim != ndim - 1:
        raise AssertionError(
            f"For {kind} `query`, expected `key_padding_mask` to be `None` or {ndim - 1}-D but found {padding.ndim}-D "
            "tensor instead"
        )
    if mask is not None:
        if mask.ndim not in (2, 3):
            raise AssertionError(
                f"For {kind} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {mask.ndim}-D tensor "
                "instead"
            )
        wanted = (num_heads, query.shape[0], key.shape[0])
        if ndim == 2 and mask.ndim == 3 and tuple(mask.shape) != wanted:
            raise AssertionError(f"Expected `attn_mask` shape to be {wanted} but got {tuple(mask.shape)}")
    return ndim == 3


def check_sizes(query: Tensor, key: Tensor, value: Tensor, wanted: int, num_heads: int, separate: bool) -> None:
    """AssertionError if sizes do not match each other or the heads."""
    embed_dim = query.shape[2]
    if embed_dim != wanted:
        raise AssertionError(f"was expecting embedding dimension of {wanted}, but got {embed_dim}")
    if embed_dim % num_heads:
        raise AssertionError(f"embed_dim {embed_dim} not divisible by num_heads {num_heads}")
    if separate and key.shape[:2] != value.shape[:2]:
        raise AssertionError(
            f"key's sequence and batch dims {tuple(key.shape[:2])} do not match value's {tuple(value.shape[:2])}"
        )
    if not separate and key.shape != value.shape:
        raise AssertionError(f"key shape {tuple(key.shape)} does not match value shape {tuple(value.shape)}")


def projections(
    query: Tensor, key: Tensor, value: Tensor, weight: Tensor | None, bias: Tensor | None, separate: tuple | None
) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and values, by one product where they come from one tensor."""
    embed_dim = query.shape[-1]
    if separate is None:
        if weight is None:
            raise AssertionError("use_separate_proj_weight is False but in_proj_weight is None")
        if query is key is value:
            return ops.split(ops.linear(query, weight, bias), embed_dim, -1)  # type: ignore[return-value]
        if key is value:
            sizes = [embed_dim, 2 * embed_dim]
            w_q, w_kv = ops.split(weight, sizes)
            b_q, b_kv = (None, None) if bias is None else ops.split(bias, sizes)
            k, v = ops.split(ops.linear(key, w_kv, b_kv), embed_dim, -1)
            return ops.linear(query, w_q, b_q), k, v
        separate = ops.split(weight, embed_dim)
    for name, given in zip(("q_proj_weight", "k_proj_weight", "v_proj_weight"), separate, strict=True):
        if given is None:
            raise AssertionError(f"use_separate_proj_weight is True but {name} is None")
    biases = (None, None, None) if bias is None else ops.split(bias, embed_dim)
    q, k, v = (ops.linear(x, w, b) for x, w, b in zip((query, key, value), separate, biases, strict=True))
    return q, k, v


def widened(mask: Tensor | None) -> Tensor | None:
    """A mask with one more key, which may be attended to."""
    return None if mask is None else ops.cat([mask, creation.zeros(*mask.shape[:-1], 1, dtype=mask.dtype)], -1)


def static_heads(name: str, x: Tensor, batch: int, num_heads: int, head_dim: int) -> Tensor:
    """Given keys or values, (N·num_heads, S, head_dim), as (N, num_heads, S, head_dim)."""
    if x.shape[0] != batch * num_heads:
        raise AssertionError(f"expecting {name}.size(0) of {batch * num_heads}, but got {x.shape[0]}")
    if x.shape[2] != head_dim:
        raise AssertionError(f"expecting {name}.size(2) of {head_dim}, but got {x.shape[2]}")
    return x.reshape(batch, num_heads, x.shape[1], head_dim)
