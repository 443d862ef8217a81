"""Rows of searching, and of putting elements at places by reductions, slices and masks."""

import warnings

from .row import Row


def index(lib, *rows):
    return lib.tensor(rows)


def alternate(lib, *shape):
    """A mask of the given shape, true at every other place."""
    return (lib.arange(lib.zeros(shape).numel()) % 2 == 0).reshape(shape)


def zeros(x):
    """x with zeros in it."""
    y = x + 0
    y[0] = 0
    return y


def reduced(reduce, include_self=True):
    """A call of scatter_reduce that puts several elements at one place and none at another."""

    def call(lib, x, src):
        at = index(lib, [0, 2, 1], [0, 0, 2], [0, 2, 1])
        return lib.scatter_reduce(x * x, 0, at, src * src, reduce, include_self=include_self)

    return call


def slices(reduce, include_self=True):
    def call(lib, x, src):
        with warnings.catch_warnings():  # PyTorch calls it a beta
            warnings.simplefilter("ignore")
            return x.index_reduce(0, index(lib, 0, 2, 0), src, reduce, include_self=include_self)

    return call


PAIR = (((3, 3), (3, 3)), ((4, 3), (3, 3)))
BEYOND = "PyTorch has no second derivative, and warns"

SEARCHES = [
    Row("searchsorted", lambda lib, x: lib.searchsorted(x.sort(0).values, x), (((5,),), ((0,),)), differentiable=False),
    Row(
        "searchsorted",
        lambda lib, s, x: lib.searchsorted(s.sort(-1).values, x),
        (((3, 5), (3, 2)),),
        differentiable=False,
    ),
    Row("searchsorted", lambda lib, s: lib.searchsorted(s.sort(-1).values, 0.3), (((5,),),), differentiable=False),
    Row(
        "searchsorted",
        lambda lib, s, x: lib.searchsorted(
            s.round(), x.round(), sorter=s.round().argsort(), right=True, out_int32=True
        ),
        (((9,), (2, 3)), ((9,), ()), ((9,), (0,))),
        differentiable=False,
    ),
    Row(
        "searchsorted",
        lambda lib, s, x: lib.searchsorted(s.round().sort(-1).values, x.round(), side="right"),
        (((9,), (3,)), ((2, 2, 5), (2, 2, 3)), ((2, 0), (2, 3)), ((0, 3), (0, 2))),
        differentiable=False,
    ),
    Row(
        "bucketize",
        lambda lib, x, s: lib.bucketize(x, s.sort(0).values),
        (((2, 3), (5,)), ((), (5,))),
        differentiable=False,
    ),
    Row(
        "bucketize",
        lambda lib, x, s: lib.bucketize(x.round(), s.round().sort(0).values, right=True, out_int32=True),
        (((2, 3), (5,)), ((0,), (5,))),
        differentiable=False,
    ),
    Row(
        "isin",
        lambda lib, x, s: lib.isin(x.round(), s.round()),
        (((3, 4), (3,)), ((), (2, 2)), ((3,), (0,))),
        differentiable=False,
    ),
    Row("isin", lambda lib, x: lib.isin(x.round(), 1, invert=True), (((3, 4),),), differentiable=False),
    Row("isin", lambda lib, x: lib.isin(1, x.round()), (((3, 4),),), differentiable=False),
]

REDUCTIONS = [
    Row("reduced_at", reduced("sum"), PAIR),
    Row("reduced_at", reduced("sum", False), PAIR),
    Row("reduced_at", reduced("mean"), PAIR),
    Row("reduced_at", reduced("mean", False), PAIR),
    Row("reduced_at", reduced("amax"), PAIR),
    Row("reduced_at", reduced("amax", False), PAIR),
    Row("reduced_at", reduced("amin"), PAIR),
    Row("reduced_at", reduced("amin", False), PAIR),
    Row("multiplied_at", reduced("prod"), PAIR),
    Row("multiplied_at", reduced("prod", False), PAIR),
    Row(
        "multiplied_at",
        lambda lib, x, s: lib.scatter_reduce(zeros(x), 0, index(lib, [0, 1, 1], [0, 1, 1]), zeros(s), "prod"),
        (((3, 3), (2, 3)),),
    ),
    Row("reduced_at", lambda lib, x, s: x.scatter_reduce(0, index(lib, 1, 1), s, "amax"), (((3,), (2,)),)),
    Row("reduced_at", lambda lib, x, s: x.scatter_reduce(0, lib.tensor(0), s, "mean"), (((), ()),)),
    Row(
        "reduced_at",
        lambda lib, x, s: x.scatter_reduce(1, index(lib, [0]), s, "sum"),
        (((2, 3), (2, 2)),),
        torch=BEYOND,
    ),
    Row("reduced_at", slices("mean"), PAIR),
    Row("reduced_at", slices("amax", False), PAIR),
    Row("reduced_at", slices("amin"), (((3,), (3,)), ((3, 2, 2), (3, 2, 2)))),
    Row("multiplied_at", slices("prod"), PAIR),
    Row("multiplied_at", slices("prod", False), PAIR),
]

PUTTING = [
    Row("setitem", lambda lib, x: lib.index_fill(x * x, 0, index(lib, 0, -1), 1.5), (((3, 2),), ((3,),), ((),))),
    Row("setitem", lambda lib, x, v: x.index_fill(-1, index(lib, 1), v * v), (((3, 2), ()),)),
    Row(
        "setitem", lambda lib, x, s: lib.index_copy(x * x, 0, index(lib, 2, 0), s * s), (((3, 2), (2, 2)), ((3,), (2,)))
    ),
    Row("setitem", lambda lib, x, s: x.index_copy(1, index(lib, 1), s), (((3, 2), (3, 1)), ((0, 2), (0, 1)))),
    Row("setitem", lambda lib, x, s: x.index_copy(0, index(lib, 0), s), (((), (1,)), ((), ()))),
    Row(
        "setitem",
        lambda lib, x, s: lib.masked_scatter(x * x, alternate(lib, 3), s * s),
        (((2, 3), (4,)), ((2, 3), (3, 2)), ((3,), (2,)), ((1,), (9,)), ((0, 3), (2,))),
    ),
    Row("setitem", lambda lib, x, s: lib.select_scatter(x * x, s * s, 1, -1), (((2, 3), (2,)), ((2, 3, 2), (2, 2)))),
    Row("setitem", lambda lib, x, s: lib.slice_scatter(x * x, s * s, 0, 1, None, 2), (((5, 2), (2, 2)), ((4,), (2,)))),
    Row("setitem", lambda lib, x, s: x.slice_scatter(s, -1, -2), (((2, 3), (2, 2)),)),
    Row("setitem", lambda lib, x, s: (x * x).put(index(lib, 0, -1), s * s), (((2, 3), (2,)), ((4,), (2,)))),
    Row(
        "scattered",
        lambda lib, x, s: x.put(index(lib, [1, 1], [0, -1]), s * s, accumulate=True),
        (((2, 3), (2, 2)), ((4,), (4,))),
    ),
    Row("scatter", lambda lib, x: x.scatter(0, index(lib, [1, 0]), 3.0, reduce="add"), (((2, 3),),), torch=BEYOND),
    Row(
        "multiplied_at",
        lambda lib, x: x.scatter(0, index(lib, [1, 0]), 3.0, reduce="multiply"),
        (((2, 3),),),
        torch=BEYOND,
    ),
]

PIECES = [
    Row("getitem", lambda lib, x: lib.tensor_split(x * x, 3, 1), (((2, 7),), ((2, 2),), ((0, 3),))),
    Row("getitem", lambda lib, x: (x * x).tensor_split((1, -1, 9)), (((5, 2),), ((2,),))),
    Row("getitem", lambda lib, x: lib.hsplit(x * x, 2), (((3, 4),), ((4,),))),
    Row("getitem", lambda lib, x: x.vsplit([1, 2]), (((3, 4),), ((3, 1, 2),))),
    Row("getitem", lambda lib, x: x.dsplit(2), (((1, 2, 4),),)),
    Row("cat", lambda lib, x, y: lib.column_stack([x * x, y]), (((3,), (3, 2)), ((3,), (3,)), ((), ()))),
    Row("reshape", lambda lib, x: lib.atleast_1d(x * x), (((),), ((2,),), ((2, 3),))),
    Row("reshape", lambda lib, x, y: lib.atleast_2d(x * x, y), (((), (2,)), ((3,), (2, 3)))),
    Row("reshape", lambda lib, x, y: lib.atleast_3d((x * x, y)), (((), (2,)), ((3,), (2, 3)))),
    Row("expand", lambda lib, x, y: lib.broadcast_tensors(x * x, y), (((2, 1), (3,)), ((), (2, 3)), ((0, 1), (3,)))),
]

ROWS = [*SEARCHES, *REDUCTIONS, *PUTTING, *PIECES]
