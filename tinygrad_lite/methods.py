"""Every operation as a method and an operator: plain aliases, so that one definition has all its spellings."""

from typing import Any

import numpy as np

from . import ops


class Calculus:
    """The operations of `ops`, with the tensor as their first argument."""

    __slots__ = ()

    array: np.ndarray
    node: Any

    # --- operators ---

    __add__ = __radd__ = ops.add
    __mul__ = __rmul__ = ops.mul
    __sub__ = ops.sub
    __truediv__ = ops.div
    __floordiv__ = ops.floor_divide
    __mod__ = ops.remainder
    __pow__ = ops.pow
    __matmul__ = ops.matmul
    __neg__ = ops.neg
    __abs__ = ops.abs
    __getitem__ = ops.getitem
    __lt__, __le__, __gt__, __ge__ = ops.lt, ops.le, ops.gt, ops.ge
    __and__ = __rand__ = ops.bitwise_and
    __or__ = __ror__ = ops.bitwise_or
    __xor__ = __rxor__ = ops.bitwise_xor
    __invert__ = ops.bitwise_not

    def __rsub__(self, other: Any) -> Any:
        return ops.sub(other, self)

    def __rtruediv__(self, other: Any) -> Any:
        return ops.div(other, self)

    def __rfloordiv__(self, other: Any) -> Any:
        return ops.floor_divide(other, self)

    def __rmod__(self, other: Any) -> Any:
        return ops.remainder(other, self)

    def __rpow__(self, other: Any) -> Any:
        return ops.pow(other, self)

    def __rmatmul__(self, other: Any) -> Any:
        return ops.matmul(other, self)

    def __pos__(self) -> Any:
        return self

    def __eq__(self, other: object) -> Any:
        try:
            return ops.eq(self, other)
        except TypeError:
            return NotImplemented  # a list, None: Python then says that they are not equal

    def __ne__(self, other: object) -> Any:
        try:
            return ops.ne(self, other)
        except TypeError:
            return NotImplemented

    # --- arithmetic and its relatives ---

    add, sub, mul, neg, pow = ops.plus, ops.minus, ops.mul, ops.neg, ops.raised
    subtract, multiply, negative = sub, mul, neg
    div = divide = true_divide = ops.divide
    floor_divide, remainder, fmod = ops.floor_divide, ops.remainder, ops.fmod
    addcmul, addcdiv, lerp = ops.addcmul, ops.addcdiv, ops.lerp
    square, sqrt, rsqrt, reciprocal, hypot = ops.square, ops.sqrt, ops.rsqrt, ops.reciprocal, ops.hypot
    abs = absolute = ops.abs
    sign, copysign = ops.sign, ops.copysign
    sgn, angle, isreal, conj, conj_physical = ops.sign, ops.angle, ops.isreal, ops.conj, ops.conj_physical
    resolve_conj, resolve_neg, real, imag = ops.resolve_conj, ops.resolve_neg, property(ops.real), property(ops.imag)
    floor, ceil, trunc, fix, round, frac = ops.floor, ops.ceil, ops.trunc, ops.trunc, ops.round, ops.frac
    maximum, minimum, nan_to_num = ops.maximum, ops.minimum, ops.nan_to_num
    clamp = clip = ops.clamp
    clamp_min, clamp_max = ops.clamp_min, ops.clamp_max
    positive, float_power, logit, sinc, ldexp = ops.positive, ops.float_power, ops.logit, ops.sinc, ops.ldexp
    fmax, fmin, heaviside, nextafter, gcd, lcm = ops.fmax, ops.fmin, ops.heaviside, ops.nextafter, ops.gcd, ops.lcm
    deg2rad, rad2deg, xlogy, dist, renorm = ops.deg2rad, ops.rad2deg, ops.xlogy, ops.dist, ops.renorm

    # --- functions of one variable ---

    exp, exp2, expm1, logaddexp, logaddexp2 = ops.exp, ops.exp2, ops.expm1, ops.logaddexp, ops.logaddexp2
    erf, erfc, erfinv, i0 = ops.erf, ops.erfc, ops.erfinv, ops.i0
    lgamma, digamma, mvlgamma = ops.lgamma, ops.digamma, ops.mvlgamma
    log, log2, log10, log1p = ops.log, ops.log2, ops.log10, ops.log1p
    sin, cos, tan, sinh, cosh, tanh = ops.sin, ops.cos, ops.tan, ops.sinh, ops.cosh, ops.tanh
    asin = arcsin = ops.asin
    acos = arccos = ops.acos
    atan = arctan = ops.atan
    atan2 = arctan2 = ops.atan2
    asinh = arcsinh = ops.asinh
    acosh = arccosh = ops.acosh
    atanh = arctanh = ops.atanh
    sigmoid, relu, rectified_tanh = ops.sigmoid, ops.relu, ops.rectified_tanh
    prelu, hardshrink, frexp = ops.prelu, ops.hardshrink, ops.frexp

    def polygamma(self, n: int) -> Any:
        """The n-th derivative of digamma (PyTorch's page torch.polygamma)."""
        return ops.polygamma(n, self)

    # --- shapes ---

    reshape, view, view_as, reshape_as = ops.reshape, ops.view, ops.view_as, ops.reshape_as
    flatten, unflatten, squeeze, unsqueeze = ops.flatten, ops.unflatten, ops.squeeze, ops.unsqueeze
    expand, expand_as, broadcast_to = ops.expand, ops.expand_as, ops.broadcast_to
    contiguous, clone = ops.contiguous, ops.clone
    transpose = swapdims = ops.transpose
    swapaxes = ops.swapaxes
    t, permute, adjoint = ops.t, ops.permute, ops.adjoint
    movedim = moveaxis = ops.movedim
    flip, fliplr, flipud, roll, rot90 = ops.flip, ops.fliplr, ops.flipud, ops.roll, ops.rot90
    repeat, tile, repeat_interleave, unfold = ops.repeat, ops.tile, ops.repeat_interleave, ops.unfold
    diagonal, diagonal_scatter, diag_embed, diag = ops.diagonal, ops.diagonal_scatter, ops.diag_embed, ops.diag
    diagflat, sum_to_size, split_with_sizes = ops.diagflat, ops.sum_to_size, ops.split_with_sizes
    as_strided, as_strided_scatter = ops.as_strided, ops.as_strided_scatter
    tril, triu, trace = ops.tril, ops.triu, ops.trace
    T, mT, H, mH = property(ops.T), property(ops.mT), property(ops.T), property(ops.mT)

    def ravel(self) -> Any:
        """The elements in one dimension (PyTorch's page torch.ravel)."""
        return ops.flatten(self)

    def where(self, condition: Any, other: Any) -> Any:
        """self where the condition holds, else other."""
        return ops.where(condition, self, other)

    # --- reductions ---

    sum, mean, prod, nansum, nanmean = ops.sum, ops.mean, ops.prod, ops.nansum, ops.nanmean
    var, std, norm, count_nonzero = ops.var, ops.std, ops.norm, ops.count_nonzero
    max, min, median, amax, amin, aminmax = ops.max, ops.min, ops.median, ops.amax, ops.amin, ops.aminmax
    argmax, argmin, all, any = ops.argmax, ops.argmin, ops.all, ops.any
    cumsum, cumprod, cummax, cummin, logcumsumexp = ops.cumsum, ops.cumprod, ops.cummax, ops.cummin, ops.logcumsumexp
    quantile, nanquantile, nanmedian = ops.quantile, ops.nanquantile, ops.nanmedian
    mode, kthvalue, msort, diff = ops.mode, ops.kthvalue, ops.msort, ops.diff
    bincount, histc, histogram = ops.bincount, ops.histc, ops.histogram
    unique, unique_consecutive = ops.unique, ops.unique_consecutive
    logsumexp, softmax, log_softmax = ops.logsumexp, ops.softmax, ops.log_softmax

    # --- comparisons and bits ---

    eq, ne, lt, le, gt, ge = ops.eq, ops.ne, ops.lt, ops.le, ops.gt, ops.ge
    not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge
    isclose, allclose, equal = ops.isclose, ops.allclose, ops.equal
    isnan, isinf, isfinite, isposinf, isneginf = ops.isnan, ops.isinf, ops.isfinite, ops.isposinf, ops.isneginf
    signbit = ops.signbit
    logical_and, logical_or = ops.logical_and, ops.logical_or
    logical_xor, logical_not = ops.logical_xor, ops.logical_not
    bitwise_and, bitwise_or, bitwise_xor, bitwise_not = (
        ops.bitwise_and,
        ops.bitwise_or,
        ops.bitwise_xor,
        ops.bitwise_not,
    )
    bitwise_left_shift = __lshift__ = ops.bitwise_left_shift
    bitwise_right_shift = __rshift__ = ops.bitwise_right_shift

    # --- places ---

    narrow, select, split, chunk, unbind = ops.narrow, ops.select, ops.split, ops.chunk, ops.unbind
    narrow_copy = ops.narrow_copy
    gather, scatter, scatter_add = ops.gather, ops.scatter, ops.scatter_add
    index_select, index_add, index_put = ops.index_select, ops.index_add, ops.index_put
    masked_fill, masked_select, take = ops.masked_fill, ops.masked_select, ops.take
    take_along_dim, nonzero, argwhere = ops.take_along_dim, ops.nonzero, ops.argwhere
    sort, argsort, topk = ops.sort, ops.argsort, ops.topk
    scatter_reduce, index_reduce = ops.scatter_reduce, ops.index_reduce
    index_fill, index_copy, masked_scatter, put = ops.index_fill, ops.index_copy, ops.masked_scatter, ops.put
    select_scatter, slice_scatter = ops.select_scatter, ops.slice_scatter
    tensor_split, hsplit, vsplit, dsplit = ops.tensor_split, ops.hsplit, ops.vsplit, ops.dsplit
    unsafe_split, unsafe_chunk = ops.unsafe_split, ops.unsafe_chunk
    isin = ops.isin

    # --- products ---

    matmul, mm, bmm, mv, dot, outer = ops.matmul, ops.mm, ops.bmm, ops.mv, ops.dot, ops.outer
    ger, addmm, baddbmm = ops.ger, ops.addmm, ops.baddbmm
    addmv, addr, addbmm, vdot, inner = ops.addmv, ops.addr, ops.addbmm, ops.vdot, ops.inner
    kron, cross = ops.kron, ops.cross

    # --- decompositions ---

    inverse, det, logdet, slogdet = ops.inverse, ops.det, ops.logdet, ops.slogdet
    cholesky, cholesky_inverse, cholesky_solve = ops.cholesky, ops.cholesky_inverse, ops.cholesky_solve
    qr, svd, pinverse, lu_solve, triangular_solve = ops.qr, ops.svd, ops.pinverse, ops.lu_solve, ops.triangular_solve
    matrix_power, matrix_exp, cov, corrcoef = ops.matrix_power, ops.matrix_exp, ops.cov, ops.corrcoef
