"""Matrices and lists built from vectors: blocks, products, combinations, powers."""

import itertools
from typing import Any

import numpy as np

from ..dtypes import result_type
from ..errors import ShapeError
from ..operation import result, to_dtype
from .axes import flip
from .dims import whole
from .index import index_select
from .join import cat, stack
from .matrices import bare
from .scan import cumprod
from .shape import expand, reshape, unsqueeze


def block_diag(*tensors: Any) -> Any:
    """The tensors as blocks along the diagonal, 0 elsewhere (PyTorch's page torch.block_diag).

    Vectors are rows, and numbers matrices of one element.

    >>> import tinygrad_lite as tl
    >>> tl.block_diag(tl.tensor([[1, 2]]), tl.tensor([[3], [4]]))
    tensor([[1, 2, 0],
            [0, 0, 3],
            [0, 0, 4]])
    """
    if not tensors:
        return result(np.zeros((1, 0), np.float32))
    for place, x in enumerate(tensors):
        if x.ndim > 2:
            raise ShapeError(
                f"block_diag: Input tensors must have 2 or fewer dimensions. Input {place} has {x.ndim} dimensions"
            )
    dtype = result_type(*(np.empty(1, x.dtype) for x in tensors))
    blocks = [x if x.ndim == 2 else reshape(x, (1, -1 if x.ndim else 1)) for x in tensors]
    width, start, rows = sum(x.shape[1] for x in blocks), 0, []
    for x in blocks:
        m, n = x.shape
        x = x if x.dtype == dtype else to_dtype(x, dtype)
        rows.append(cat((result(np.zeros((m, start), dtype)), x, result(np.zeros((m, width - start - n), dtype))), 1))
        start += n
    return cat(rows, 0)


def vectors(name: str, tensors: Any) -> None:
    for x in tensors:
        if x.ndim != 1:
            raise ShapeError(f"{name}: Expect a 1D vector, but got shape {list(x.shape)}")


def cartesian_prod(*tensors: Any) -> Any:
    """Every way to take one element of each vector, as rows (PyTorch's page torch.cartesian_prod).

    >>> import tinygrad_lite as tl
    >>> tl.cartesian_prod(tl.tensor([1, 2]), tl.tensor([3, 4]))
    tensor([[1, 3],
            [1, 4],
            [2, 3],
            [2, 4]])
    """
    vectors("cartesian_prod", tensors)
    if not tensors:
        raise RuntimeError("cartesian_prod: expects at least one vector")
    if len(tensors) == 1:
        return tensors[0]
    if len({x.dtype for x in tensors}) > 1:
        raise RuntimeError(
            f"cartesian_prod: expects vectors of one dtype, got {', '.join(str(x.dtype) for x in tensors)}"
        )
    shape = tuple(x.shape[0] for x in tensors)
    columns = []
    for d, x in enumerate(tensors):
        along = reshape(x, tuple(n if i == d else 1 for i, n in enumerate(shape)))
        columns.append(reshape(expand(along, shape), (-1,) if 0 not in shape else (0,)))
    return stack(columns, 1)


def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Any:
    """Every choice of r elements of a vector, as rows, in their order (PyTorch's page torch.combinations).

    >>> import tinygrad_lite as tl
    >>> tl.combinations(tl.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    vectors("combinations", (input,))
    r = whole(r, "combinations", "r")
    if r < 0:
        raise RuntimeError(f"combinations: Expect a non-negative number, but got {r}")
    if r == 0:
        return result(np.zeros(0, input.dtype))
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    places = np.array(list(choose(range(input.shape[0]), r)), np.int64).reshape(-1, r)
    return reshape(index_select(input, 0, result(places.reshape(-1))), places.shape)


def linalg_vander(x: Any, *, N: int | None = None) -> Any:
    """The powers 0, 1, …, N − 1 of each element, in a new last dimension (PyTorch's page torch.linalg.vander).

    N defaults to the size of the last dimension.

    >>> import tinygrad_lite as tl
    >>> tl.linalg.vander(tl.tensor([2, 3]), N=3)
    tensor([[1, 2, 4],
            [1, 3, 9]])
    """
    if not x.ndim:
        raise ShapeError("linalg.vander: expects a tensor of at least one dimension")
    N = whole(x.shape[-1] if N is None else N, "linalg.vander", "N")
    if N <= 1:
        raise RuntimeError(f"linalg.vander: N must be greater than 1, got {N}")
    if x.dtype.kind in "iu":
        x = to_dtype(x, np.dtype("int64"))
    shape = tuple(x.shape)
    powers = expand(unsqueeze(x, -1), (*shape, N - 1))
    return cat((result(np.ones((*shape, 1), bare(x).dtype)), cumprod(powers, -1)), -1)


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """The powers of each element of a vector, from the highest, N − 1, to 0 (PyTorch's page torch.vander).

    >>> import tinygrad_lite as tl
    >>> tl.vander(tl.tensor([2, 3]), 3)
    tensor([[4, 2, 1],
            [9, 3, 1]])
    """
    vectors("vander", (x,))
    N = whole(x.shape[0] if N is None else N, "vander", "N")
    if N < 0:
        raise RuntimeError(f"vander: N must be non-negative, got {N}")
    if N <= 1:
        return result(np.ones((x.shape[0], N), np.int64 if x.dtype.kind in "iub" else x.dtype))
    y = linalg_vander(x, N=N)
    return y if increasing else flip(y, (-1,))
