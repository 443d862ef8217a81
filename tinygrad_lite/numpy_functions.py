"""NumPy's functions that are not universal, each with the operation that it means, under NumPy's argument names."""

from collections.abc import Callable

import numpy as np

from . import ops
from .operation import result
from .ops.determinant import det, slogdet
from .ops.factor import cholesky, qr
from .ops.least_squares import lstsq, matrix_rank, pinv
from .ops.matrix_functions import cond, matrix_power, multi_dot
from .ops.matrix_norm import matrix_norm, matrix_or_vector_norm
from .ops.products import linalg_cross, vecdot
from .ops.solve import inv, solve, tensorinv, tensorsolve
from .ops.spectral import eigh, eigvalsh, svd, svdvals
from .ops.vector_norms import linalg_vector_norm


def over(operation: Callable) -> Callable:
    """A reduction with NumPy's arguments: axis=None reduces everything."""

    def reduction(a, axis=None, *, keepdims=False, **rest):
        if rest:
            raise TypeError(f"{operation.__name__}: the arguments {', '.join(rest)} are not supported on tensors")
        if axis is None and not keepdims:
            return operation(a)
        return operation(a, tuple(range(a.array.ndim)) if axis is None else axis, keepdims)

    return reduction


def spread(operation: Callable) -> Callable:
    """var and std with NumPy's ddof, which defaults to 0 where PyTorch's correction defaults to 1."""

    def reduction(a, axis=None, *, ddof=0, keepdims=False):
        return operation(a, axis, correction=ddof, keepdim=keepdims)

    return reduction


def along(operation: Callable) -> Callable:
    """A scan or a sort along one axis; axis=None flattens first."""

    def scan(a, axis=None, **rest):
        return operation(ops.flatten(a), 0, **rest) if axis is None else operation(a, axis, **rest)

    return scan


def apart(equal: bool) -> Callable:
    """split and array_split: into equal parts, into nearly equal ones, or at given places."""

    def parts(ary, indices_or_sections, axis=0):
        if equal and isinstance(indices_or_sections, int) and ary.array.shape[axis] % indices_or_sections:
            raise ValueError(
                f"split: {ary.array.shape[axis]} elements do not make {indices_or_sections} equal parts; array_split "
                "makes nearly equal ones"
            )
        return list(ops.tensor_split(ary, indices_or_sections, axis))

    return parts


def taken(a, indices, axis=None):
    """take: of all elements in order, or along an axis."""
    if axis is None:
        return ops.getitem(ops.flatten(a), indices)
    return ops.getitem(a, (*[slice(None)] * (axis % a.array.ndim), indices))


def ranked(operation: Callable, scale: float = 1.0) -> Callable:
    """quantile and percentile, with NumPy's names for the ways between two elements."""

    def quantiles(a, q, axis=None, *, method="linear", keepdims=False):
        q = np.asarray(q, a.array.dtype) / scale
        return operation(a, result(q) if q.ndim else q.item(), axis, keepdims, interpolation=method)

    return quantiles


def spread_together(m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None):
    """cov, whose variables are rows, or columns."""
    if y is not None:
        raise TypeError("np.cov: y is not supported on tensors; stack the variables first")
    return ops.cov(
        m if rowvar else ops.mT(m),
        correction=int(not bias) if ddof is None else ddof,
        fweights=fweights,
        aweights=aweights,
    )


def values(a, full_matrices=True, compute_uv=True, hermitian=False):
    """svd, or of it the singular values alone. That a matrix is symmetric is of no use here."""
    return svd(a, full_matrices) if compute_uv else svdvals(a)


def triangle_of(a, mode="reduced"):
    """qr; mode "r" is the triangle alone."""
    return qr(a, mode).R if mode == "r" else qr(a, mode)


def systems(a, b):
    """solve: b is a vector only if it is 1-d, where PyTorch takes batches of vectors too."""
    return solve(a, b[(None,) * (a.ndim - b.ndim)] if 1 < b.ndim < a.ndim else b)


def fitted(a, b, rcond=None):
    """lstsq: of one matrix; the solution, residuals, rank and singular values."""
    return lstsq(a, b, rcond, driver="gelsd")


def diagonal_sum(a, offset=0, axis1=0, axis2=1):
    """trace, over any two axes."""
    return ops.sum(ops.diagonal(a, offset, axis1, axis2), -1)


FUNCTIONS: dict[Callable, Callable] = {
    np.sum: over(ops.sum),
    np.mean: over(ops.mean),
    np.prod: over(ops.prod),
    np.max: over(ops.amax),
    np.amax: over(ops.amax),
    np.min: over(ops.amin),
    np.amin: over(ops.amin),
    np.all: over(ops.all),
    np.any: over(ops.any),
    np.var: spread(ops.var),
    np.std: spread(ops.std),
    np.nansum: over(ops.nansum),
    np.nanmean: over(ops.nanmean),
    np.cumsum: along(ops.cumsum),
    np.cumprod: along(ops.cumprod),
    np.median: lambda a, axis=None, *, keepdims=False: ops.quantile(a, 0.5, axis, keepdims),
    np.nanmedian: lambda a, axis=None, *, keepdims=False: ops.nanquantile(a, 0.5, axis, keepdims),
    np.quantile: ranked(ops.quantile),
    np.nanquantile: ranked(ops.nanquantile),
    np.percentile: ranked(ops.quantile, 100),
    np.nanpercentile: ranked(ops.nanquantile, 100),
    np.cov: spread_together,
    np.corrcoef: lambda x: ops.corrcoef(x),
    np.bincount: lambda x, weights=None, minlength=0: ops.bincount(x, weights, minlength),
    np.argmax: lambda a, axis=None, *, keepdims=False: ops.argmax(a, axis, keepdims),
    np.argmin: lambda a, axis=None, *, keepdims=False: ops.argmin(a, axis, keepdims),
    np.where: lambda condition, *choices: ops.where(condition, *choices),
    np.clip: lambda a, a_min=None, a_max=None, *, min=None, max=None: ops.clamp(
        a, min if a_min is None else a_min, max if a_max is None else a_max
    ),
    np.round: lambda a, decimals=0: ops.round(a, decimals=decimals),
    np.around: lambda a, decimals=0: ops.round(a, decimals=decimals),
    np.fix: lambda x: ops.trunc(x),
    np.sinc: lambda x: ops.sinc(x),
    np.i0: lambda x: ops.i0(x),
    np.nan_to_num: lambda x, copy=True, nan=0.0, posinf=None, neginf=None: ops.nan_to_num(x, nan, posinf, neginf),
    np.isposinf: lambda x: ops.isposinf(x),
    np.isneginf: lambda x: ops.isneginf(x),
    np.isin: lambda element, test_elements, assume_unique=False, invert=False: ops.isin(
        element, test_elements, assume_unique=assume_unique, invert=invert
    ),
    np.diff: lambda a, n=1, axis=-1, prepend=None, append=None: ops.diff(a, n, axis, prepend, append),
    np.trapezoid: lambda y, x=None, dx=1.0, axis=-1: ops.trapezoid(y, x, dx=dx, dim=axis),
    np.sort: lambda a, axis=-1, *, stable=None: (
        ops.sort(ops.flatten(a), 0)[0] if axis is None else ops.sort(a, axis)[0]
    ),
    np.dot: lambda a, b: ops.matmul(a, b),
    np.outer: lambda a, b: ops.outer(ops.flatten(a), ops.flatten(b)),
    np.inner: lambda a, b: ops.inner(a, b),
    np.vdot: lambda a, b: ops.dot(ops.flatten(a), ops.flatten(b)),
    np.kron: lambda a, b: ops.kron(a, b),
    np.cross: lambda a, b, axis=-1: linalg_cross(a, b, dim=axis),
    np.vander: lambda x, N=None, increasing=False: ops.vander(x, N, increasing),
    np.einsum: lambda subscripts, *operands, **options: ops.einsum(subscripts, *operands),
    np.tensordot: lambda a, b, axes=2: ops.tensordot(a, b, axes),
    np.reshape: lambda a, shape, **options: ops.reshape(a, shape),
    np.ravel: lambda a, order="C": ops.flatten(a),
    np.transpose: lambda a, axes=None: ops.permute(a, tuple(reversed(range(a.array.ndim))) if axes is None else axes),
    np.matrix_transpose: lambda x: ops.mT(x),
    np.swapaxes: ops.transpose,
    np.moveaxis: ops.movedim,
    np.squeeze: lambda a, axis=None: ops.squeeze(a) if axis is None else ops.squeeze(a, axis),
    np.expand_dims: ops.unsqueeze,
    np.broadcast_to: lambda array, shape, **options: ops.expand(array, shape),
    np.concatenate: lambda arrays, axis=0: ops.cat(arrays, axis),
    np.stack: lambda arrays, axis=0: ops.stack(arrays, axis),
    np.append: lambda arr, values, axis=None: (
        ops.cat([ops.flatten(arr), ops.flatten(values)]) if axis is None else ops.cat([arr, values], axis)
    ),
    np.column_stack: ops.column_stack,
    np.dstack: ops.dstack,
    np.atleast_1d: ops.atleast_1d,
    np.atleast_2d: ops.atleast_2d,
    np.atleast_3d: ops.atleast_3d,
    np.broadcast_arrays: lambda *arrays: ops.broadcast_tensors(*arrays),
    np.split: apart(equal=True),
    np.array_split: apart(equal=False),
    np.hsplit: lambda ary, indices_or_sections: list(ops.hsplit(ary, indices_or_sections)),
    np.vsplit: lambda ary, indices_or_sections: list(ops.vsplit(ary, indices_or_sections)),
    np.dsplit: lambda ary, indices_or_sections: list(ops.dsplit(ary, indices_or_sections)),
    np.hstack: ops.hstack,
    np.vstack: ops.vstack,
    np.flip: lambda m, axis=None: ops.flip(m, tuple(range(m.array.ndim)) if axis is None else axis),
    np.fliplr: ops.fliplr,
    np.flipud: ops.flipud,
    np.rot90: lambda m, k=1, axes=(0, 1): ops.rot90(m, k, axes),
    np.repeat: lambda a, repeats, axis=None: ops.repeat_interleave(
        a, result(np.asarray(repeats)) if isinstance(repeats, (list, tuple, np.ndarray)) else repeats, axis
    ),
    np.roll: lambda a, shift, axis=None: ops.roll(a, shift, axis),
    np.tile: lambda a, reps: ops.tile(a, (reps,) if isinstance(reps, int) else reps),
    np.trace: diagonal_sum,
    np.diag: lambda v, k=0: ops.diag(v, k),
    np.tril: lambda m, k=0: ops.tril(m, k),
    np.triu: lambda m, k=0: ops.triu(m, k),
    np.diagonal: lambda a, offset=0, axis1=0, axis2=1: ops.diagonal(a, offset, axis1, axis2),
    np.argwhere: lambda a: ops.argwhere(a),
    np.take: taken,
    np.take_along_axis: lambda arr, indices, axis: ops.gather(arr, axis, indices),
    np.copy: lambda a, **options: ops.clone(a),
    np.linalg.cholesky: lambda a, *, upper=False: cholesky(a, upper=upper),
    np.linalg.cond: lambda x, p=None: cond(x, p),
    np.linalg.cross: lambda x1, x2, *, axis=-1: linalg_cross(x1, x2, dim=axis),
    np.linalg.det: lambda a: det(a),
    np.linalg.diagonal: lambda x, *, offset=0: ops.diagonal(x, offset, -2, -1),
    np.linalg.eigh: lambda a, UPLO="L": eigh(a, UPLO),
    np.linalg.eigvalsh: lambda a, UPLO="L": eigvalsh(a, UPLO),
    np.linalg.inv: lambda a: inv(a),
    np.linalg.lstsq: fitted,
    np.linalg.matmul: lambda x1, x2: ops.matmul(x1, x2),
    np.linalg.matrix_norm: lambda x, *, keepdims=False, ord="fro": matrix_norm(x, ord, keepdim=keepdims),
    np.linalg.matrix_power: lambda a, n: matrix_power(a, n),
    np.linalg.matrix_rank: lambda A, tol=None, hermitian=False, *, rtol=None: matrix_rank(A, tol, hermitian, rtol=rtol),
    np.linalg.matrix_transpose: lambda x: ops.mT(x),
    np.linalg.multi_dot: lambda arrays: multi_dot(arrays),
    np.linalg.norm: lambda x, ord=None, axis=None, keepdims=False: matrix_or_vector_norm(x, ord, axis, keepdims),
    np.linalg.outer: lambda x1, x2: ops.outer(x1, x2),
    np.linalg.pinv: lambda a, rcond=None, hermitian=False, *, rtol=None: pinv(a, rtol, hermitian, rcond=rcond),
    np.linalg.qr: triangle_of,
    np.linalg.slogdet: lambda a: slogdet(a),
    np.linalg.solve: systems,
    np.linalg.svd: values,
    np.linalg.svdvals: lambda x: svdvals(x),
    np.linalg.tensordot: lambda x1, x2, *, axes=2: ops.tensordot(x1, x2, axes),
    np.linalg.tensorinv: lambda a, ind=2: tensorinv(a, ind),
    np.linalg.tensorsolve: lambda a, b, axes=None: tensorsolve(a, b, axes),
    np.linalg.trace: lambda x, *, offset=0: diagonal_sum(x, offset, -2, -1),
    np.linalg.vecdot: lambda x1, x2, *, axis=-1: vecdot(x1, x2, dim=axis),
    np.linalg.vector_norm: lambda x, *, axis=None, keepdims=False, ord=2: linalg_vector_norm(x, ord, axis, keepdims),
}
