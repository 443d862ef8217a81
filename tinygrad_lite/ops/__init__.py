"""The calculus: every operation as plain NumPy, its value beside its derivative; one file per branch."""

from ._draft import all, amax, amin, any, argmax, argmin, bitwise_and, bitwise_not, bitwise_or, bitwise_xor, cat, cumsum, divide, einsum, eq, ge, gt, hstack, isfinite, isinf, isnan, le, linear, log_softmax, logical_and, logical_not, logical_or, logical_xor, logsumexp, lt, matmul, max, mean, min, ne, outer, prod, softmax, stack, std, sum, tensordot, var, vstack
from .activations import celu, elu, hardshrink, hardsigmoid, hardtanh, leaky_relu, logsigmoid, rectified_tanh, relu, selu, sigmoid, softplus, softshrink, softsign, tanhshrink, threshold
from .arithmetic import add, addcdiv, addcmul, div, lerp, mul, neg, sub
from .axes import T, adjoint, flip, fliplr, flipud, mT, moveaxis, movedim, permute, roll, rot90, swapaxes, swapdims, t, transpose
from .choice import abs, clamp, copysign, maximum, minimum, nan_to_num, sign, where
from .classification import binary_cross_entropy, binary_cross_entropy_with_logits, cross_entropy, nll_loss
from .diagonal import diag, diag_embed, diagonal, diagonal_scatter, trace, tril, tril_indices, triu, triu_indices
from .dropout import dropout
from .exponential import exp, exp2, expm1, log, log10, log1p, log2, logaddexp
from .gather import argwhere, gather, grid, masked_fill, masked_select, nonzero, one_hot, places, scatter, scatter_add, take_along_dim
from .index import along, check_index, chunk, getitem, index_add, index_put, index_select, narrow, select, setitem, split, take, unbind
from .losses import huber_loss, l1_loss, mse_loss, smooth_l1_loss
from .powers import hypot, pow, reciprocal, rsqrt, sqrt, square
from .repeat import repeat, repeat_interleave, tile, unfold
from .rounding import ceil, div_floor, div_trunc, floor, floor_divide, fmod, frac, remainder, round, trunc
from .shape import broadcast_to, clone, contiguous, expand, expand_as, flatten, reshape, reshape_as, squeeze, sum_to, unflatten, unsqueeze, view, view_as
from .sorting import argsort, largest_places, sort, topk
from .trigonometry import acos, acosh, asin, asinh, atan, atan2, atanh, cos, cosh, sin, sinh, tan, tanh
