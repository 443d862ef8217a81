"""Rows of shapes, axes, repetition and diagonals."""

from tinygrad_lite.ops.repeat import fold_windows
from tinygrad_lite.ops.shape import sum_to

from .row import Row

INTERNAL = "PyTorch has no such function: it is the transpose of another operation"


def varied(lib, x):
    """x with its elements told apart, so that an order that is wrong is seen."""
    return x * x


ROWS = [
    Row("shown", lambda lib, x: (x * 1).as_strided((3, 2), (1, 2)), (((2, 3),), ((6,),))),
    Row("shown", lambda lib, x: lib.as_strided((x * 1).transpose(0, 1), (2, 2), (3, 1), 1), (((3, 4),),)),
    Row("reshape", lambda lib, x: lib.reshape(x, (2, -1)), (((2, 3),), ((4, 1, 3),), ((2, 0, 3),), ((2,),))),
    Row("reshape", lambda lib, x: x.reshape(-1), (((2, 3),), ((),), ((0, 3),))),
    Row("reshape", lambda lib, x: x.reshape(()), (((1, 1),), ((),))),
    Row("reshape", lambda lib, x: x.mT.reshape(3, 2), (((2, 3),),)),
    Row("reshape", lambda lib, x: lib.flatten(x, 1, -1), (((2, 3, 4),), ((2, 1),), ((0, 2, 3),))),
    Row("reshape", lambda lib, x: x.flatten(), (((2, 3),), ((),))),
    Row("reshape", lambda lib, x: x.reshape_as(lib.zeros(6)), (((2, 3),),)),
    Row("view", lambda lib, x: x.view(3, -1), (((2, 3),), ((3, 0),))),
    Row("view", lambda lib, x: x.mT.unsqueeze(0).view(3, 2), (((2, 3),),)),
    Row("view", lambda lib, x: x.unflatten(-1, (2, -1)), (((2, 4),), ((4,),), ((0, 2),))),
    Row("view", lambda lib, x: x.view_as(lib.zeros(6)), (((2, 3),),)),
    Row("squeeze", lambda lib, x: x.squeeze(), (((1, 2, 1),), ((),), ((1, 0),), ((2, 3),))),
    Row("squeeze", lambda lib, x: x.squeeze(-1), (((1, 2, 1),), ((),), ((2, 3),))),
    Row("squeeze", lambda lib, x: x.squeeze((0, -1)), (((1, 2, 1),), ((2, 1, 1),))),
    Row("unsqueeze", lambda lib, x: x.unsqueeze(0), (((2, 3),), ((),), ((0,),))),
    Row("unsqueeze", lambda lib, x: x.mT.unsqueeze(-2), (((2, 3),),)),
    Row("expand", lambda lib, x: x.expand(4, -1, 3), (((2, 1),), ((1, 3),), ((4, 1, 3),))),
    Row("expand", lambda lib, x: x.expand(2, 3), (((),), ((1,),), ((3,),), ((2, 3),))),
    Row("expand", lambda lib, x: x.expand(0, 3), (((1, 3),), ((0, 1),))),
    Row("expand", lambda lib, x: x.mT.expand(2, 3, 4), (((4, 3),), ((4, 1),))),
    Row("expand", lambda lib, x: x.expand_as(lib.zeros(2, 3)), (((3,),), ((2, 1),))),
    Row("expand", lambda lib, x: lib.broadcast_to(x, (2, 3)), (((3,),), ((2, 1),))),
    Row("sum_to", lambda lib, x: sum_to(x, (3,)), (((4, 3),), ((2, 4, 3),), ((3,),), ((0, 3),)), torch=INTERNAL),
    Row("sum_to", lambda lib, x: sum_to(x, ()), (((4, 3),), ((),), ((0,),)), torch=INTERNAL),
    Row("sum_to", lambda lib, x: sum_to(x, (2, 1)), (((2, 3),), ((4, 2, 3),), ((2, 1),)), torch=INTERNAL),
    Row("sum_to", lambda lib, x: sum_to(x, (1, 3, 1)), (((2, 3, 4),), ((5, 2, 3, 4),)), torch=INTERNAL),
    Row("sum_to", lambda lib, x: sum_to(x.mT, (1, 3, 2)), (((4, 2, 3),), ((1, 2, 3),)), torch=INTERNAL),
    Row("contiguous", lambda lib, x: x.mT.contiguous().view(-1), (((2, 3),), ((0, 3),))),
    Row("contiguous", lambda lib, x: x.contiguous(), (((2, 3),), ((),))),
    Row("clone", lambda lib, x: lib.clone(x), (((2, 3),), ((),), ((0, 3),))),
    # axes
    Row("transpose", lambda lib, x: varied(lib, x).transpose(0, -1), (((2, 3, 4),), ((3,),), ((),), ((0, 3),))),
    Row("transpose", lambda lib, x: lib.swapdims(x, 1, 2), (((2, 3, 4),),)),
    Row("T", lambda lib, x: x.t(), (((2, 3),), ((3,),), ((),))),
    Row("mT", lambda lib, x: varied(lib, x).mT, (((2, 3),), ((4, 2, 3),), ((0, 3),))),
    Row("mT", lambda lib, x: lib.adjoint(x), (((2, 3),),)),
    Row("permute", lambda lib, x: varied(lib, x).permute(2, 0, -2), (((2, 3, 4),), ((2, 0, 4),))),
    Row("permute", lambda lib, x: lib.permute(x, (1, 0)), (((2, 3),),)),
    Row("permute", lambda lib, x: lib.movedim(x, (0, 1), (-1, 0)), (((2, 3, 4),),)),
    Row("permute", lambda lib, x: x.movedim(-1, 0), (((2, 3, 4),), ((3,),))),
    Row("flip", lambda lib, x: varied(lib, x).flip(0, -1), (((2, 3),), ((2, 3, 4),), ((0, 3),))),
    Row("flip", lambda lib, x: lib.flip(x, (1,)), (((2, 3),),)),
    Row("flip", lambda lib, x: lib.flip(x, (0,)), (((),), ((3,),))),
    Row("flip", lambda lib, x: lib.fliplr(lib.flipud(x)), (((2, 3),),)),
    Row("roll", lambda lib, x: varied(lib, x).roll(2), (((2, 3),), ((),), ((0,),))),
    Row("roll", lambda lib, x: x.roll((1, -2), (0, 1)), (((2, 3),), ((4, 3, 2),))),
    Row("roll", lambda lib, x: lib.roll(x, 1, -1), (((2, 3),),)),
    Row("flip", lambda lib, x: lib.rot90(varied(lib, x), 1), (((2, 3),), ((2, 3, 4),))),
    Row("flip", lambda lib, x: lib.rot90(x, -1, (1, 2)), (((2, 3, 4),),)),
    Row("flip", lambda lib, x: lib.rot90(x, 2, (0, 1)), (((2, 3),),)),
    # repetition
    Row("repeat", lambda lib, x: varied(lib, x).repeat(2, 3), (((2, 3),), ((3,),), ((),), ((0, 3),))),
    Row("repeat", lambda lib, x: x.repeat((2, 1, 3)), (((2, 3),),)),
    Row("repeat", lambda lib, x: x.repeat(0, 2), (((2, 3),),)),
    Row("repeat", lambda lib, x: lib.tile(x, (2,)), (((2, 3),), ((),))),
    Row("expand", lambda lib, x: varied(lib, x).repeat_interleave(3, dim=-1), (((2, 3),), ((0, 3),))),
    Row("expand", lambda lib, x: lib.repeat_interleave(x, 2), (((2, 3),), ((),))),
    Row("index_select", lambda lib, x: x.repeat_interleave(lib.tensor([2, 0, 1]), 1), (((2, 3),),)),
    Row("unfold", lambda lib, x: varied(lib, x).unfold(1, 2, 1), (((2, 4),), ((2, 3, 2),), ((0, 3),))),
    Row("unfold", lambda lib, x: x.unfold(-1, 3, 2).mT, (((2, 7),),)),
    Row("unfold", lambda lib, x: x.unfold(0, 1, 3), (((),), ((4,),))),
    Row("unfold", lambda lib, x: x.mT.unfold(0, 0, 1), (((2, 3),),)),
    Row("fold_windows", lambda lib, x: fold_windows(x, (5, 2), 0, 3, 2), (((2, 2, 3),),), torch=INTERNAL),
    # diagonals
    Row("diagonal", lambda lib, x: varied(lib, x).diagonal(), (((3, 3),), ((2, 4),), ((4, 2, 3),), ((0, 3),))),
    Row("diagonal", lambda lib, x: lib.diagonal(x, 1, -2, -1), (((3, 3),), ((2, 3, 4),))),
    Row("diagonal", lambda lib, x: lib.diagonal(x, -1, 2, 0), (((2, 3, 4),),)),
    Row("diagonal", lambda lib, x: lib.diag(x, 1), (((3, 3),), ((2, 4),))),
    Row("diagonal_scatter", lambda lib, x, y: lib.diagonal_scatter(x, y, -1), (((3, 3), (2,)), ((3, 2, 4), (4, 2)))),
    Row("diagonal_scatter", lambda lib, x: lib.diag(x, -2), (((3,),), ((0,),))),
    Row("diagonal_scatter", lambda lib, x: lib.diag_embed(x, 1, 0, -1), (((2, 3),), ((3,),))),
    Row("tril", lambda lib, x: varied(lib, x).tril(), (((3, 3),), ((2, 2, 4),), ((0, 3),))),
    Row("tril", lambda lib, x: lib.tril(x, diagonal=-1), (((3, 2),),)),
    Row("triu", lambda lib, x: varied(lib, x).triu(), (((3, 3),), ((2, 2, 4),), ((3, 0),))),
    Row("triu", lambda lib, x: lib.triu(x, 1), (((3, 4),),)),
    Row("trace", lambda lib, x: lib.trace(varied(lib, x)), (((3, 3),), ((2, 4),), ((0, 0),))),
]
