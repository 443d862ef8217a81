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
from .adaptive import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    adaptive_max_pool1d,
    adaptive_max_pool1d_with_indices,
    adaptive_max_pool2d,
    adaptive_max_pool3d,
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
from .bessel import i0, i0e, i1, i1e
from .chance import bernoulli, binomial, dirichlet, normal, poisson, standard_gamma
from .choice import abs, clamp, copysign, maximum, minimum, nan_to_num, sign
from .classification import binary_cross_entropy, binary_cross_entropy_with_logits, cross_entropy, nll_loss
from .combinations import block_diag, cartesian_prod, combinations, vander
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
from .convolution import conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d
from .counting import bincount, histc, histogram, unique, unique_consecutive
from .covariance import corrcoef, cov
from .ctc import ctc_loss
from .determinant import det, logdet, slogdet
from .diagonal import (
    diag,
    diag_embed,
    diagflat,
    diagonal,
    diagonal_scatter,
    trace,
    tril,
    tril_indices,
    triu,
    triu_indices,
)
from .differences import cumulative_trapezoid, diff, gradient, trapezoid, trapz
from .distance import cdist
from .dropout import dropout, dropout_in_training
from .einsum import einsum, tensordot
from .elementary import (
    deg2rad,
    float_power,
    fmax,
    fmin,
    gcd,
    heaviside,
    lcm,
    ldexp,
    logaddexp2,
    logit,
    nextafter,
    positive,
    rad2deg,
    sinc,
)
from .elimination import older_lu_solve as lu_solve
from .exponential import exp, exp2, expm1, log, log1p, log2, log10, logaddexp, xlogy
from .extremes import amax, amin, argmax, argmin
from .factor import cholesky, thin_qr as qr
from .forms import aminmax, clamp_max, clamp_min, divide, max, median, min, minus, plus, rsub, view, where
from .gamma import digamma, lgamma, mvlgamma, polygamma
from .gather import argwhere, gather, masked_fill, masked_select, nonzero, one_hot, scatter_add, take_along_dim
from .gaussian import entr, erfcx, log_ndtr, ndtr, ndtri, xlog1py
from .index import chunk, getitem, index_add, index_put, index_select, narrow, select, setitem, split, take, unbind
from .join import cat, concat, concatenate, dstack, hstack, stack, vstack
from .least_squares import matrix_rank, pinverse
from .linalg import addmm, baddbmm, bmm, dot, ger, linear, matmul, mm, mv, outer
from .losses import huber_loss, l1_loss, mse_loss, smooth_l1_loss
from .matrix_functions import chain_matmul, matrix_exp, matrix_power
from .matrix_norm import norm
from .memory import as_strided, as_strided_scatter
from .pieces import (
    atleast_1d,
    atleast_2d,
    atleast_3d,
    broadcast_shapes,
    broadcast_tensors,
    column_stack,
    dsplit,
    hsplit,
    narrow_copy,
    row_stack,
    split_with_sizes,
    tensor_split,
    unravel_index,
    unsafe_chunk,
    unsafe_split,
    vsplit,
)
from .pools import avg_pool1d, avg_pool2d, avg_pool3d, max_pool1d, max_pool2d, max_pool3d
from .powers import hypot, pow, raised, reciprocal, rsqrt, sqrt, square
from .products import addbmm, addmv, addr, first_cross as cross, inner, kron, vdot
from .putting import index_copy, index_fill, index_reduce, masked_scatter, put, select_scatter, slice_scatter
from .quantile import kthvalue, mode, msort, nanmedian, nanquantile, quantile
from .reals import angle, conj, conj_physical, imag, isreal, real, resolve_conj, resolve_neg
from .rectifiers import (
    hardshrink,
    hardsigmoid,
    hardswish,
    hardtanh,
    leaky_relu,
    prelu,
    relu,
    relu6,
    softshrink,
    threshold,
)
from .reduce import all, any, count_nonzero, mean, nanmean, nansum, prod, sum
from .renorm import dist, renorm
from .repeat import repeat, repeat_interleave, tile, unfold
from .rounding import ceil, floor, floor_divide, fmod, frac, frexp, remainder, round, trunc
from .scan import cummax, cummin, cumprod, cumsum, logcumsumexp
from .scattering import scatter, scatter_reduce
from .search import bucketize, isin, searchsorted
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
    sum_to_size,
    unflatten,
    unsqueeze,
    view_as,
)
from .shuffle import channel_shuffle, pixel_shuffle, pixel_unshuffle
from .softmax import log_softmax, logsumexp, softmax
from .solve import cholesky_inverse, cholesky_solve, inverse, triangular_solve
from .sorting import argsort, sort, topk
from .special import erf, erfc, erfinv
from .spectral import older_svd as svd
from .statistics import std, std_mean, var, var_mean
from .trigonometry import acos, acosh, asin, asinh, atan, atan2, atanh, cos, cosh, sin, sinh, tan, tanh
from .vector_norms import vector_norm
