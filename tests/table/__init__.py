"""The table of operations: every test of derivatives and every comparison with PyTorch enumerates it."""

from . import (
    attention,
    chance,
    comparison,
    convolution,
    decompositions,
    elementwise,
    index,
    inplace,
    join,
    linalg,
    losses,
    pooling,
    recurrent,
    reduce,
    search,
    shape,
    special,
    statistics,
)
from .row import Row

ROWS: list[Row] = [
    *elementwise.ROWS,
    *comparison.ROWS,
    *reduce.ROWS,
    *shape.ROWS,
    *index.ROWS,
    *join.ROWS,
    *linalg.ROWS,
    *decompositions.ROWS,
    *losses.ROWS,
    *attention.ROWS,
    *recurrent.ROWS,
    *convolution.ROWS,
    *pooling.ROWS,
    *inplace.ROWS,
    *chance.ROWS,
    *statistics.ROWS,
    *search.ROWS,
    *special.ROWS,
]


def cases() -> list[tuple[Row, tuple]]:
    """Every row with each of its tuples of input shapes."""
    return [(row, shapes) for row in ROWS for shapes in row.shapes]


def label(case: tuple[Row, tuple]) -> str:
    row, shapes = case
    return row.name + "-" + "·".join("x".join(map(str, shape)) or "0d" for shape in shapes)
