"""Attention: averages of values, weighted by how well their keys match a query."""

from typing import Any

import numpy as np

from ..kernels import attention as kernels
from ..operation import nary
from .choice import where
from .comparison import eq
from .linalg import matmul
from .once import once
from .reduce import all
from .softmax import softmax


def plain_attention(query, key, value, attn_mask=None, keep=None, is_causal=False, scale=1.0):
    scores = matmul(query, key.mT) * scale
    if is_causal:
        scores = scores + kernels.after(*scores.shape[-2:], scores.dtype.char)
    if attn_mask is not None:
        scores = scores + attn_mask
    empty = all(eq(scores, -np.inf), -1, True)
    weights = where(empty, 0.0, softmax(where(empty, 0.0, scores), -1))
    return matmul(weights if keep is None else weights * keep, value)


@nary(fuses=plain_attention)
def attention(query, key, value, attn_mask=None, keep=None, is_causal=False, scale=1.0) -> Any:
    """y = p·v, p = softmax(s·q·kᵀ + m)        dy = p·dv + dp·v, dp = p (ds − Σ p ds)

    q: (…, L, E), k: (…, S, E), v: (…, S, Eᵥ), m: (…, L, S), → (…, L, Eᵥ). is_causal: query i sees keys 0 to i only.
    keep: what dropout multiplies p by. A query that sees no key gives 0 (A. Vaswani et al., Attention Is All You
    Need, 2017; the sums of the derivative as in T. Dao et al., FlashAttention, 2022).

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([[0.0, 0.0], [2.0, 4.0]])
    >>> tl.nn.functional.scaled_dot_product_attention(tl.zeros(2, 2), x, x, is_causal=True)
    tensor([[0., 0.],
            [1., 2.]])
    """
    y, saved = kernels.attention(query, key, value, attn_mask, keep, is_causal, scale)
    slopes = once(lambda g, saved: kernels.slopes(g, saved, attn_mask is not None))
    return (
        y,
        lambda g: slopes(g, saved)[0],
        lambda g: slopes(g, saved)[1],
        lambda g: slopes(g, saved)[2],
        None if attn_mask is None else lambda g: slopes(g, saved)[3],
    )
