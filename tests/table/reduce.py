"""Rows of reductions and scans: sums, statistics, extremes, softmax, running sums."""

from tinygrad_lite.ops.reduce import spread

from .row import Row

ALL = (((3, 4),), ((),), ((2, 1, 3),))
EMPTY = (*ALL, ((0, 3),), ((2, 0),))
MATRIX = (((3, 4),), ((1, 4),), ((3, 1),))
CUBE = (((2, 3, 4),), ((1, 2, 1),))
LINE = (((3, 4),), ((4,),), ((),))
INSIDE = "the derivative of another operation: PyTorch has no name for it"


def zeros(x):
    """x with zeros in it: one in the first row, two in the second."""
    y = x + 0
    y[0, 1] = y[1, 0] = y[1, 2] = 0
    return y


SUMS = [
    Row("sum", lambda lib, x: lib.sum(x), EMPTY),
    Row("sum", lambda lib, x: x.sum(0), (*MATRIX, *CUBE, ((),), ((0, 3),), ((3, 0),))),
    Row("sum", lambda lib, x: x.sum(-1), (*MATRIX, *CUBE, ((),), ((0, 3),), ((3, 0),))),
    Row("sum", lambda lib, x: x.sum(1, keepdim=True), (*MATRIX, *CUBE)),
    Row("sum", lambda lib, x: x.sum((0, 2)), CUBE),
    Row("sum", lambda lib, x: x.sum((-1, 1), True), CUBE),
    Row("sum", lambda lib, x: x.sum(dim=(0, 1), keepdims=True), MATRIX),
    Row("sum", lambda lib, x: x.transpose(0, 1).sum(axis=0), MATRIX),
    Row("sum", lambda lib, x: x.sum(()), MATRIX),
    Row("sum", lambda lib, x: x.sum(1, dtype=lib.float64), MATRIX),
    Row("spread", lambda lib, x: spread(x, (2, 3, 4), (1,)), (((2, 4),),), torch=INSIDE),
    Row("spread", lambda lib, x: spread(x, (2, 3)), (((),),), torch=INSIDE),
    Row("mean", lambda lib, x: lib.mean(x), (*ALL, ((70, 70),))),
    Row("mean", lambda lib, x: x.mean(-1), (*MATRIX, *CUBE)),
    Row("mean", lambda lib, x: x.mean((0, 2), keepdim=True), CUBE),
    Row("mean", lambda lib, x: x.mean(0, dtype=lib.float64), MATRIX),
    Row("prod", lambda lib, x: lib.prod(x), EMPTY),
    Row("prod", lambda lib, x: x.prod(1), (((3, 4),), ((2, 5, 2),), ((3, 1),), ((2, 0),))),
    Row("prod", lambda lib, x: x.prod(-2, keepdim=True), (((3, 4),), ((2, 5, 2),))),
    Row("prod", lambda lib, x: zeros(x).prod(), (((2, 3),),)),
    Row("prod", lambda lib, x: zeros(x).prod(1), (((3, 4),),)),
    Row("where", lambda lib, x: lib.nansum(lib.where(x > 0, x, float("nan"))), (((3, 4),),), kinks=(0,)),
    Row("where", lambda lib, x: lib.nanmean(lib.where(x > -1.0, x, float("nan")), 1), (((3, 4),),), kinks=(-1,)),
    Row("count_nonzero", lambda lib, x: lib.count_nonzero(x.round()), EMPTY, differentiable=False),
    Row("count_nonzero", lambda lib, x: lib.count_nonzero(x.round(), 1), MATRIX, differentiable=False),
    Row("all", lambda lib, x: lib.all(x > -1.9), EMPTY, differentiable=False),
    Row("all", lambda lib, x: x.round().all(1, keepdim=True), MATRIX, differentiable=False),
    Row("any", lambda lib, x: lib.any(x > 1.9), EMPTY, differentiable=False),
    Row("any", lambda lib, x: x.round().any(0), MATRIX, differentiable=False),
]

STATISTICS = [
    Row("var", lambda lib, x: lib.var(x), (((3, 4),), ((2, 1, 3),))),
    Row("var", lambda lib, x: x.var(1), (((3, 4),), ((2, 3, 4),))),
    Row("var", lambda lib, x: x.var((0, -1), correction=0, keepdim=True), CUBE),
    Row("var", lambda lib, x: x.var(unbiased=False), (((3, 4),), ((),))),
    Row("var", lambda lib, x: x.var(0, False), MATRIX),
    Row("std", lambda lib, x: lib.std(x), (((3, 4),), ((2, 1, 3),))),
    Row("std", lambda lib, x: x.std(-1, keepdim=True), (((3, 4),), ((2, 3, 4),))),
    Row("std", lambda lib, x: x.std(dim=(0, 1), correction=2), (((3, 4),),)),
    Row("var", lambda lib, x: lib.var_mean(x, 1), (((3, 4),),)),
    Row("std", lambda lib, x: lib.std_mean(x), (((3, 4),),)),
    Row("vector_norm", lambda lib, x: lib.norm(x), (*ALL, ((0, 3),))),
    Row("vector_norm", lambda lib, x: x.norm(dim=1, keepdim=True), (((3, 4),), ((2, 3, 4),))),
    Row("vector_norm", lambda lib, x: x.norm(3, 0), (((3, 4),), ((2, 3, 4),)), kinks=(0,)),
    Row("vector_norm", lambda lib, x: x.norm(1.5, (0, 1)), (((3, 4),),), kinks=(0,)),
    Row("vector_norm", lambda lib, x: x.norm(0.5), (((3, 4),),), kinks=(0,)),
    Row("sum", lambda lib, x: x.norm(1, -1), (((3, 4),),), kinks=(0,)),
    Row("amax", lambda lib, x: x.norm(float("inf"), -1), (((3, 4),),)),
    Row("amin", lambda lib, x: x.norm(-float("inf"), 0), (((3, 4),),)),
]

EXTREMES = [
    Row("amax", lambda lib, x: lib.amax(x), ALL),
    Row("amax", lambda lib, x: x.amax(1), (*MATRIX, *CUBE, ((0, 3),))),
    Row("amax", lambda lib, x: x.amax((0, 2), keepdim=True), CUBE),
    Row("amax", lambda lib, x: lib.max(x), ALL),
    Row("amax", lambda lib, x: (x > 0).to(x.dtype).mul(2).add(x * 0).amax(1), (((3, 4),),), order=1, kinks=(0,)),
    Row("amin", lambda lib, x: lib.amin(x), ALL),
    Row("amin", lambda lib, x: x.amin(-1, True), (*MATRIX, *CUBE)),
    Row("amin", lambda lib, x: x.min(), ALL),
    Row("max", lambda lib, x: lib.max(x, 1), (*MATRIX, *CUBE, ((0, 3),))),
    Row("max", lambda lib, x: x.max(dim=-2, keepdim=True), (*MATRIX, *CUBE)),
    Row("max", lambda lib, x: x.max(0), (((4,),), ((),))),
    Row("max", lambda lib, x: x.max(-1), (((120, 10),),), order=1),
    Row("min", lambda lib, x: lib.min(x, 0), (*MATRIX, *CUBE)),
    Row("min", lambda lib, x: x.min(1, True), (*MATRIX, *CUBE)),
    Row("median", lambda lib, x: lib.median(x), ALL),
    Row("median", lambda lib, x: x.median(1), (*MATRIX, *CUBE)),
    Row("median", lambda lib, x: x.median(-1, keepdim=True), (*LINE, ((2, 3, 5),))),
    Row("argmax", lambda lib, x: lib.argmax(x), ALL, differentiable=False),
    Row("argmax", lambda lib, x: x.argmax(1), (*MATRIX, *CUBE, ((120, 10),)), differentiable=False),
    Row("argmax", lambda lib, x: x.argmax(-1, keepdim=True), (*LINE, ((0, 3),)), differentiable=False),
    Row("argmin", lambda lib, x: lib.argmin(x, keepdim=True), ALL, differentiable=False),
    Row("argmin", lambda lib, x: x.argmin(0), (*MATRIX, ((),)), differentiable=False),
    Row("amin", lambda lib, x: lib.aminmax(x), (((3, 4),),)),
    Row("amax", lambda lib, x: lib.aminmax(x, dim=0, keepdim=True), (((3, 4),), ((),))),
]

SOFTMAX = [
    Row("softmax", lambda lib, x: lib.softmax(x, 1), (*MATRIX, *CUBE, ((0, 3),), ((3, 0),))),
    Row("softmax", lambda lib, x: x.softmax(-1), (*LINE, ((120, 10),), ((2, 3, 4),))),
    Row("softmax", lambda lib, x: lib.softmax(x * 1e4, dim=0), (((3, 4),),), order=1),
    Row("softmax", lambda lib, x: lib.softmax(x, -1), (((300, 500),),), order=1),
    Row("softmax", lambda lib, x: lib.softmax(x, 0, dtype=lib.float64), (((3, 4),),)),
    Row("log_softmax", lambda lib, x: lib.log_softmax(x, 1), (*MATRIX, *CUBE, ((0, 3),), ((3, 0),))),
    Row("log_softmax", lambda lib, x: x.log_softmax(-1), (*LINE, ((120, 10),), ((2, 3, 4),))),
    Row("log_softmax", lambda lib, x: lib.log_softmax(x * 1e4, dim=0), (((3, 4),),), order=1),
    Row("logsumexp", lambda lib, x: lib.logsumexp(x, 1), (*MATRIX, *CUBE, ((0, 3),))),
    Row("logsumexp", lambda lib, x: x.logsumexp((0, -1), keepdim=True), (*CUBE, ((3, 4),))),
    Row("logsumexp", lambda lib, x: lib.logsumexp(x * 1e4, -1), (*LINE,), order=1),
]

SCANS = [
    Row("cumsum", lambda lib, x: lib.cumsum(x, 0), (*MATRIX, *LINE, ((0, 3),))),
    Row("cumsum", lambda lib, x: x.cumsum(-1), (*MATRIX, *CUBE, ((3, 0),))),
    Row("cumsum", lambda lib, x: x.cumsum(1, dtype=lib.float64), MATRIX),
    Row("cumprod", lambda lib, x: lib.cumprod(x, 0), (*MATRIX, *LINE, ((0, 3),))),
    Row("cumprod", lambda lib, x: x.cumprod(-1), (((2, 5),), ((2, 2, 3),))),
    Row("cumprod", lambda lib, x: zeros(x).cumprod(1), (((2, 5),),)),
    Row("cumprod", lambda lib, x: zeros(x).cumprod(0), (((4, 3),),)),
]

ROWS = [*SUMS, *STATISTICS, *EXTREMES, *SOFTMAX, *SCANS]
