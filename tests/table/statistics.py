"""Rows of order statistics, counts, and running extremes."""

from .row import Row

MATRIX = (((3, 4),), ((1, 4),), ((3, 1),))
CUBE = (((2, 3, 4),), ((1, 2, 1),))
ALL = (((3, 4),), ((),), ((2, 1, 3),))
LINE = (((3, 5),), ((5,),), ((),))


def parts(lib, x, *q):
    return lib.tensor(q, dtype=x.dtype)


def with_nans(lib, x):
    """x with nan in the place of every third element."""
    places = lib.arange(x.numel()).reshape(x.shape) % 3 == 1
    return lib.where(places, lib.tensor(float("nan"), dtype=x.dtype), x)


def steps(x):
    """Few different numbers."""
    return (x * 2).round().detach()


QUANTILES = [
    Row("lerp", lambda lib, x: lib.quantile(x, 0.3), ALL),
    Row("lerp", lambda lib, x: x.quantile(0.62, 1), (*MATRIX, *CUBE)),
    Row("lerp", lambda lib, x: lib.quantile(x, parts(lib, x, 0.0, 0.3, 1.0), 0), (*MATRIX, *CUBE)),
    Row("lerp", lambda lib, x: lib.quantile(x, parts(lib, x, 0.1, 0.7), -1, keepdim=True), (*MATRIX, *CUBE, ((),))),
    Row("lerp", lambda lib, x: lib.quantile(x, parts(lib, x, 0.1, 0.7), keepdim=True), (*MATRIX, ((),))),
    Row("lerp", lambda lib, x: lib.quantile(x, 0.3, 1, interpolation="midpoint"), (*MATRIX, *CUBE)),
    Row("gather", lambda lib, x: lib.quantile(x, 0.3, 1, interpolation="lower"), (*MATRIX, *CUBE)),
    Row("gather", lambda lib, x: lib.quantile(x, 0.3, 0, interpolation="higher"), (*MATRIX, *CUBE)),
    Row("gather", lambda lib, x: lib.quantile(x, 0.45, 0, True, interpolation="nearest"), (*MATRIX, *CUBE)),
    Row("lerp", lambda lib, x, q: lib.quantile(x * x, q), (((3, 4), ()), ((3, 4), (2,))), (0.1, 0.8)),
    Row("lerp", lambda lib, x: lib.nanquantile(with_nans(lib, x), 0.3), (((3, 4),), ((5,),), ((),))),
    Row("lerp", lambda lib, x: with_nans(lib, x).nanquantile(parts(lib, x, 0.3, 0.5), 1), (((3, 4),), ((2, 3, 4),))),
    Row(
        "lerp",
        lambda lib, x: lib.nanquantile(with_nans(lib, x), 0.5, 0, True, interpolation="midpoint"),
        (((3, 4),), ((5, 2),)),
    ),
]

PLACES = [
    Row("gather", lambda lib, x: lib.kthvalue(x, 2).values, (((3, 4),), ((2, 1, 3),), ((5,),))),
    Row("gather", lambda lib, x: x.kthvalue(1, 0, True).values, (*MATRIX, *LINE)),
    Row("gather", lambda lib, x: lib.mode(steps(x) + 0 * x, 1).values, (((3, 9),), ((2, 9, 2),))),
    Row("gather", lambda lib, x: lib.mode(x, 0, True), MATRIX),
    Row("gather", lambda lib, x: x.mode(), (((),), ((3,),))),
    Row("most_frequent", lambda lib, x: lib.mode(steps(x)), (((3, 9),), ((9,),)), differentiable=False),
    Row("median", lambda lib, x: lib.nanmedian(with_nans(lib, x)), (((3, 4),), ((5,),))),
    Row("median", lambda lib, x: lib.nanmedian(x), ALL),
    Row("gather", lambda lib, x: with_nans(lib, x).nanmedian(1), (((3, 4),), ((2, 3, 4),))),
    Row("gather", lambda lib, x: x.nanmedian(0, keepdim=True), (*MATRIX, *LINE)),
    Row("gather", lambda lib, x: lib.msort(x), (*MATRIX, *CUBE, ((4,),), ((0, 3),))),
    Row("gather", lambda lib, x: lib.cummax(x, 0), (*MATRIX, *LINE, *CUBE)),
    Row("gather", lambda lib, x: x.cummin(-1), (*MATRIX, *LINE, *CUBE)),
    Row("places_so_far", lambda lib, x: lib.cummax(with_nans(lib, steps(x)), -1), LINE, differentiable=False),
    Row("places_so_far", lambda lib, x: lib.cummin(with_nans(lib, steps(x)), 0), LINE, differentiable=False),
    Row("logcumsumexp", lambda lib, x: lib.logcumsumexp(x, 0), (*MATRIX, *LINE, ((0, 3),))),
    Row("logcumsumexp", lambda lib, x: (x * 5).logcumsumexp(-1), (*CUBE, ((2, 9),))),
]

COUNTS = [
    Row("bincount", lambda lib, x: lib.bincount(x.abs().long()), (((9,),), ((0,),)), differentiable=False),
    Row("bincount", lambda lib, x, w: x.abs().long().bincount(w), (((9,), (9,)),), differentiable=False),
    Row("bincount", lambda lib, x: lib.bincount(x.abs().long(), minlength=7), (((9,),), ((0,),)), differentiable=False),
    Row("histc", lambda lib, x: lib.histc(x), (((3, 4),), ((),)), differentiable=False),
    Row("histc", lambda lib, x: x.histc(5, -1, 1.5), (((30, 4),), ((),), ((0,),)), differentiable=False),
]

CALCULUS = [
    Row("sub", lambda lib, x: lib.diff(x * x), (((3, 4),), ((5,),), ((2, 1),), ((2, 0),))),
    Row("sub", lambda lib, x: (x * x).diff(2, 0), (((3, 4),), ((5,),), ((1, 2),))),
    Row("sub", lambda lib, x, a, b: lib.diff(x * x, 1, 0, a, b), (((3, 4), (1, 4), (2, 4)),)),
    Row("sum", lambda lib, y: lib.trapezoid(y * y, dx=0.5), (((3, 4),), ((5,),), ((2, 1),), ((2, 0),))),
    Row("sum", lambda lib, y, x: lib.trapz(y, x * x, dim=0), (((3, 4), (3,)), ((3, 4), (3, 4)))),
    Row("cumsum", lambda lib, y: lib.cumulative_trapezoid(y * y, dim=0), (((3, 4),), ((5,),), ((1, 2),))),
    Row("cumsum", lambda lib, y, x: lib.cumulative_trapezoid(y, x * x), (((3, 4), (4,)), ((3, 4), (3, 4)))),
    Row("sub", lambda lib, x: lib.gradient(x * x), (((3, 4),), ((5,),), ((2, 3, 4),))),
    Row("sub", lambda lib, x: lib.gradient(x * x, spacing=0.5, edge_order=2), (((3, 4),), ((5,),))),
    Row("sub", lambda lib, x: lib.gradient(x, dim=1, spacing=[lib.arange(4.0, dtype=x.dtype) ** 2]), (((3, 4),),)),
    Row("sub", lambda lib, x: lib.gradient(x, spacing=[0.5, 3.0], dim=(1, 0)), (((3, 4),),)),
    Row(
        "sub",
        lambda lib, x, h: lib.gradient(x * x, dim=0, spacing=[(h * h + 1).cumsum(0)], edge_order=2),
        (((4, 3), (4,)), ((3,), (3,))),
        (0.5, 1.5),
    ),
    Row("vector_norm", lambda lib, x, y: lib.dist(x, y), (((3, 4), (4,)), ((), ()))),
    Row("vector_norm", lambda lib, x, y: x.dist(y, 3), (((3, 4), (3, 1)),)),
    Row("vector_norm", lambda lib, x: lib.renorm(x, 2, 0, 1.5), (((3, 4),), ((2, 3, 4),))),
    Row("where", lambda lib, x: x.renorm(1, 1, 2.0), (((3, 4),),), kinks=(0,)),
]

ROWS = [*QUANTILES, *PLACES, *COUNTS, *CALCULUS]
