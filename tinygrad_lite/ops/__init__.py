"""The calculus: every operation as plain NumPy, its value beside its derivative; one file per branch."""

from .activations import (
    celu,
    elu,
    gelu,
    logsigmoid,
    mish,
    rectified_tanh,
    selu,
    sigmoid,
    silu,
    softplus,
    softsign,
    tanhshrink,
)
from .arithmetic import add, addcdiv, addcmul, div, lerp, mul, neg, sub
from .attention import attention
from .axes import (
    T,
    adjoint,
    flip,
    fliplr,
    flipud,
    moveaxis,
    movedim,
    mT,
    permute,
    roll,
    rot90,
    swapaxes,
    swapdims,
    t,
    transpose,
)
from .choice import abs, clamp, copysign, maximum, minimum, nan_to_num, sign
from .classification import binary_cross_entropy, binary_cross_entropy_with_logits, cross_entropy, nll_loss
from .comparison import (
    allclose,
    bitwise_and,
    bitwise_left_shift,
    bitwise_not,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    eq,
    equal,
    ge,
    gt,
    isclose,
    isfinite,
    isinf,
    isnan,
    isneginf,
    isposinf,
    le,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    ne,
    signbit,
)
from .diagonal import diag, diag_embed, diagonal, diagonal_scatter, trace, tril, tril_indices, triu, triu_indices
from .dropout import dropout
from .einsum import einsum, tensordot
from .exponential import exp, exp2, expm1, log, log1p, log2, log10, logaddexp, xlogy
from .extremes import amax, amin, argmax, argmin
from .forms import aminmax, divide, max, median, min, where
from .gather import argwhere, gather, masked_fill, masked_select, nonzero, one_hot, scatter, scatter_add, take_along_dim
from .index import chunk, getitem, index_add, index_put, index_select, narrow, select, setitem, split, take, unbind
from .join import cat, concat, concatenate, dstack, hstack, stack, vstack
from .linalg import addmm, baddbmm, bmm, dot, ger, linear, matmul, mm, mv, outer
from .losses import huber_loss, l1_loss, mse_loss, smooth_l1_loss
from .norm import norm, vector_norm
from .powers import hypot, pow, reciprocal, rsqrt, sqrt, square
from .rectifiers import hardshrink, hardsigmoid, hardswish, hardtanh, leaky_relu, relu, relu6, softshrink, threshold
from .reduce import all, any, count_nonzero, mean, nanmean, nansum, prod, sum
from .repeat import repeat, repeat_interleave, tile, unfold
from .rounding import ceil, floor, floor_divide, fmod, frac, remainder, round, trunc
from .scan import cumprod, cumsum
from .shape import (
    broadcast_to,
    clone,
    contiguous,
    expand,
    expand_as,
    flatten,
    reshape,
    reshape_as,
    squeeze,
    sum_to,
    unflatten,
    unsqueeze,
    view,
    view_as,
)
from .softmax import log_softmax, logsumexp, softmax
from .sorting import argsort, sort, topk
from .special import erf, erfc, erfinv
from .statistics import std, std_mean, var, var_mean
from .trigonometry import acos, acosh, asin, asinh, atan, atan2, atanh, cos, cosh, sin, sinh, tan, tanh
