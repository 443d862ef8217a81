"""Rows of indices: taking elements, putting them, gathering, masks and order."""

from tinygrad_lite.ops.index import scattered
from tinygrad_lite.ops.sorting import largest_places

from .row import Row

INTERNAL = "PyTorch has no such function: it is a part of another operation"

EQUAL_SHAPES = "PyTorch differentiates it only where src and index have one shape"


def alternate(lib, *shape):
    """A mask of the given shape, true at every other place."""
    return (lib.arange(lib.zeros(shape).numel()) % 2 == 0).reshape(shape)


def assigned(index):
    """A call that writes its second input into its first at an index."""

    def call(lib, x, v):
        y = x * x
        y[index(lib)] = v * v
        return y

    return call


def taken(index):
    """A call that takes an index of its input's square."""
    return lambda lib, x: (x * x)[index(lib)]


ROWS = [
    # basic
    Row("getitem", taken(lambda lib: 1), (((2,),), ((2, 3),), ((3, 0),))),
    Row("getitem", taken(lambda lib: -1), (((2, 3),),)),
    Row("getitem", taken(lambda lib: slice(1, None)), (((3, 2),), ((1,),), ((0, 2),))),
    Row("getitem", taken(lambda lib: slice(None, None, 2)), (((5, 2),),)),
    Row("getitem", taken(lambda lib: (slice(-2, None), 0)), (((3, 2),), ((3, 2, 2),))),
    Row("getitem", taken(lambda lib: (Ellipsis, 1)), (((3, 2),), ((2,),), ((2, 3, 4),))),
    Row("getitem", taken(lambda lib: (None, Ellipsis, None)), (((3, 2),), ((),), ((0,),))),
    Row("getitem", taken(lambda lib: ()), (((3, 2),), ((),))),
    Row("getitem", taken(lambda lib: (1, 0)), (((2, 3),),)),
    # ints in tensors and lists
    Row("getitem", taken(lambda lib: lib.tensor([2, 0, 2, -1])), (((3,),), ((3, 2),), ((3, 2, 2),), ((3, 0),))),
    Row("getitem", taken(lambda lib: lib.tensor([[0, 1], [1, 1]])), (((2,),), ((2, 3),))),
    Row("getitem", taken(lambda lib: [0, 0]), (((2, 3),),)),
    Row("getitem", taken(lambda lib: lib.tensor(1)), (((2, 3),), ((2,),))),
    Row("getitem", taken(lambda lib: lib.zeros(0, dtype=lib.int64)), (((2, 3),),)),
    Row("getitem", taken(lambda lib: (slice(None), lib.tensor([1, 0, 1]))), (((2, 3),), ((2, 3, 2),))),
    Row("getitem", taken(lambda lib: (Ellipsis, lib.tensor([[1], [0]]))), (((2, 3),), ((4, 2, 3),))),
    Row("getitem", taken(lambda lib: (lib.tensor([0, 1, 1]), lib.tensor([2, 0, 0]))), (((2, 3),), ((2, 3, 2),))),
    Row("getitem", taken(lambda lib: (lib.tensor([[0], [1]]), lib.tensor([2, -1]))), (((2, 3),), ((2, 3, 2),))),
    Row("getitem", taken(lambda lib: (lib.tensor([0, 1]), slice(None), lib.tensor([1, 1]))), (((2, 3, 2),),)),
    Row("getitem", taken(lambda lib: (0, slice(None), lib.tensor([1, 0, 1]))), (((2, 3, 2),),)),
    Row("getitem", taken(lambda lib: (lib.tensor([1, 1]), slice(1, None), 0)), (((2, 3, 2),),)),
    Row("getitem", taken(lambda lib: (None, lib.tensor([1, 1]), slice(0, 2))), (((2, 3),),)),
    Row("getitem", taken(lambda lib: (lib.tensor([1, 1]), None, lib.tensor([0, 1]))), (((2, 3),),)),
    Row("getitem", taken(lambda lib: lib.arange(100) % 80), (((80, 2),),)),  # a table too long for a one-hot product
    # masks
    Row("getitem", taken(lambda lib: alternate(lib, 3)), (((3,),), ((3, 2),))),
    Row("getitem", taken(lambda lib: alternate(lib, 2, 3)), (((2, 3),), ((2, 3, 2),))),
    Row("getitem", taken(lambda lib: (slice(None), alternate(lib, 3, 2))), (((2, 3, 2),),)),
    Row("getitem", taken(lambda lib: (1, alternate(lib, 3))), (((2, 3),), ((2, 3, 2),))),
    Row("getitem", taken(lambda lib: (alternate(lib, 2), lib.tensor([1]))), (((2, 3),),)),
    Row("getitem", taken(lambda lib: (alternate(lib, 3), slice(None), lib.tensor([1, 0]))), (((3, 3, 2),),)),
    Row("getitem", taken(lambda lib: True), (((2,),), ((),))),
    Row("getitem", taken(lambda lib: [True, False]), (((2, 3),),)),
    Row("scattered", lambda lib, x: scattered(x, (4, 2), (slice(1, 3), Ellipsis), None), (((2, 2),),), torch=INTERNAL),
    # parts
    Row("getitem", lambda lib, x: (x * x).narrow(-1, 1, 2), (((2, 3),), ((3,),))),
    Row("getitem", lambda lib, x: (x * x).select(1, -1), (((2, 3),), ((2, 3, 2),))),
    Row("getitem", lambda lib, x: lib.split(x * x, 2, -1), (((2, 5),), ((4,),), ((2, 0),))),
    Row("getitem", lambda lib, x: lib.split(x * x, [1, 0, 2], 1), (((2, 3),),)),
    Row("getitem", lambda lib, x: (x * x).chunk(3), (((5, 2),), ((2,),), ((0, 2),))),
    Row("getitem", lambda lib, x: lib.unbind(x * x, 1), (((2, 3),), ((2, 2, 2),))),
    Row("getitem", lambda lib, x: lib.take(x * x, lib.tensor([[0, 3], [-1, 0]])), (((2, 3),), ((4,),))),
    # writing
    Row("setitem", assigned(lambda lib: 1), (((2, 3), (3,)), ((2, 3), ()), ((2, 3), (1, 3)), ((2,), ()))),
    Row("setitem", assigned(lambda lib: slice(1, None)), (((3, 2), (2, 2)), ((3, 2), (2,)), ((3, 2), (2, 1)))),
    Row("setitem", assigned(lambda lib: (Ellipsis, 0)), (((3, 2), (3,)), ((3, 2), ()))),
    Row("setitem", assigned(lambda lib: lib.tensor([2, 0])), (((3, 2), (2, 2)), ((3, 2), (2,)), ((3,), (1, 2)))),
    Row("setitem", assigned(lambda lib: (0, lib.tensor([1, 0]))), (((3, 2), (2,)), ((3, 2, 2), (2, 2)))),
    Row("setitem", assigned(lambda lib: alternate(lib, 3)), (((3, 2), (2, 2)), ((3,), (2,)), ((3,), ()))),
    Row("setitem", assigned(lambda lib: alternate(lib, 2, 3)), (((2, 3), (3,)), ((2, 3), (1,)))),
    Row("setitem", lambda lib, x, v: lib.index_put(x, (lib.tensor([2, 0]),), v), (((3, 2), (2, 2)), ((3, 2), (2,)))),
    Row(
        "scattered",
        lambda lib, x, v: lib.index_put(x, (lib.tensor([2, 2]), lib.tensor([1, 1])), v, accumulate=True),
        (((3, 2), (2,)), ((3, 2), ()), ((3, 2, 2), (2, 2))),
    ),
    # along one dimension
    Row("index_select", lambda lib, x: lib.index_select(x * x, 0, lib.tensor([1, 1, 0])), (((2, 3),), ((2,),))),
    Row("index_select", lambda lib, x: (x * x).index_select(-1, lib.tensor([1, 1, 0])), (((3, 2),), ((3, 2, 2),))),
    Row("index_select", lambda lib, x: x.index_select(0, lib.tensor([0])), (((),), ((1, 0),))),
    Row(
        "index_add",
        lambda lib, x, v: lib.index_add(x, 0, lib.tensor([1, 1, 0]), v * v),
        (((2, 3), (3, 3)), ((2,), (3,)), ((2, 0), (3, 0))),
    ),
    Row(
        "index_add",
        lambda lib, x, v: x.index_add(-1, lib.tensor([1, 1]), v, alpha=2),
        (((2, 3), (2, 2)), ((4, 2, 3), (4, 2, 2))),
    ),
    Row("gather", lambda lib, x: lib.gather(x * x, 1, lib.tensor([[2], [0]])), (((2, 3),), ((3, 3),))),
    Row("gather", lambda lib, x: (x * x).gather(-1, lib.tensor([[2, 2, 0, 1], [0, 1, 1, 1]])), (((2, 3),),)),
    Row("gather", lambda lib, x: x.gather(0, lib.tensor([[[1, 0]], [[0, 0]]])), (((2, 3, 2),),)),
    Row("gather", lambda lib, x: lib.gather(x * x, 0, lib.tensor([1, 1, 0])), (((2,),),)),
    Row("gather", lambda lib, x: lib.gather(x * x, 0, lib.tensor(0)), (((),), ((2,),))),
    Row("gather", lambda lib, x: lib.take_along_dim(x * x, lib.tensor([[2], [-1]]), 1), (((2, 3),), ((1, 3),))),
    Row("getitem", lambda lib, x: lib.take_along_dim(x * x, lib.tensor([[2], [0]])), (((2, 3),),)),
    Row(
        "scatter",
        lambda lib, x, v: lib.scatter(x * x, 1, lib.tensor([[2, 0], [0, 1]]), v * v),
        (((2, 3), (2, 2)),),
    ),
    Row("scatter", lambda lib, x, v: x.scatter(1, lib.tensor([[2]]), v), (((2, 3), (2, 4)),), torch=EQUAL_SHAPES),
    Row("scatter", lambda lib, x: (x * x).scatter(0, lib.tensor([[1, 0]]), 1.5), (((2, 3),),)),
    Row("scatter", lambda lib, x: (x * x).scatter(0, lib.tensor([1]), value=2), (((2,),),)),
    Row(
        "scatter_add",
        lambda lib, x, v: lib.scatter_add(x * x, 1, lib.tensor([[2, 2], [0, 1]]), v * v),
        (((2, 3), (2, 2)),),
    ),
    Row("scatter_add", lambda lib, x, v: x.scatter_add(0, lib.tensor([1, 1, 1]), v), (((2,), (3,)),)),
    Row("scatter_add", lambda lib, x, v: x.scatter_add(0, lib.tensor([1]), v), (((3,), (5,)),), torch=EQUAL_SHAPES),
    # masks
    Row("masked_fill", lambda lib, x: (x * x).masked_fill(alternate(lib, 2, 3), 1.5), (((2, 3),), ((3,),), ((),))),
    Row("masked_fill", lambda lib, x: x.masked_fill(alternate(lib, 3), -float("inf")).exp(), (((2, 3),), ((1,),))),
    Row(
        "masked_fill",
        lambda lib, x, v: lib.masked_fill(x, alternate(lib, 3), v),
        (((2, 3), ()), ((0, 3), ())),
    ),
    Row("getitem", lambda lib, x: (x * x).masked_select(alternate(lib, 3)), (((2, 3),), ((3,),))),
    # order
    Row("gather", lambda lib, x: lib.sort(x * x), (((2, 5),), ((4,),), ((),), ((0, 3),))),
    Row("gather", lambda lib, x: x.sort(0, descending=True), (((5, 2),), ((4,),))),
    Row("gather", lambda lib, x: lib.sort(lib.floor(x), dim=-1, descending=True, stable=True), (((2, 9),),)),
    Row("gather", lambda lib, x: lib.topk(x * x, 2).values, (((2, 5),), ((2, 20),), ((2,),))),
    Row("gather", lambda lib, x: x.topk(3, dim=0, largest=False)[0], (((5, 2),), ((20, 2),))),
    Row("gather", lambda lib, x: x.gather(-1, x.topk(2).indices), (((2, 5),), ((2, 20),))),
    Row("argsort", lambda lib, x: lib.argsort(x, 0, True), (((5, 2),), ((),)), differentiable=False),
    Row("argsort", lambda lib, x: x.argsort(), (((5, 2),), ((2, 0),)), differentiable=False),
    Row(
        "largest_places",
        lambda lib, x: largest_places(x, 2),
        (((5, 3),), ((9,),)),
        torch=INTERNAL,
        differentiable=False,
    ),
    Row("argwhere", lambda lib, x: lib.nonzero(x > 0), (((2, 3),), ((),), ((0, 2),)), differentiable=False),
    Row("argwhere", lambda lib, x: lib.argwhere(x > 0), (((2, 3),), ((4,),)), differentiable=False),
    Row("argwhere", lambda lib, x: (x > 0).nonzero(as_tuple=True), (((2, 3),), ((),)), differentiable=False),
    Row(
        "one_hot",
        lambda lib, x: lib.nn.functional.one_hot((x * x).long(), 5),
        (((2, 3),), ((),), ((0,),)),
        differentiable=False,
    ),
    Row("one_hot", lambda lib, x: lib.nn.functional.one_hot((x * x).long()), (((2, 3),),), differentiable=False),
]
