"""Elements picked along one dimension by a tensor of indices, and elements picked by a mask."""

from collections.abc import Callable
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..operation import constant, nary, to_dtype
from .arithmetic import same
from .dims import dim as as_dimension, whole
from .index import check_index, getitem, scattered, unbind
from .places import Places
from .shape import expand, reshape


@lru_cache(maxsize=64)
def _offsets(shape: tuple[int, ...], index: tuple[int, ...], d: int) -> tuple[np.ndarray, int]:
    """Where the elements of an index lie in a flattened tensor, apart from dimension d; and the step along d."""
    steps = [prod(shape[i + 1 :]) for i in range(len(shape))]
    total = np.zeros((), np.intp)
    for i, n in enumerate(index):
        if i != d:
            total = total + (np.arange(n) * steps[i]).reshape((n,) + (1,) * (len(index) - 1 - i))
    total.flags.writeable = False
    return total, steps[d]


def addresses(name: str, input: np.ndarray, dim: int, index: np.ndarray, src: Any = None) -> np.ndarray:
    """The places that (dim, index) picks in the flattened input, checked; a 0-d tensor counts as one of shape (1,)."""
    shape, inside = input.shape or (1,), index.shape or (1,)
    d = as_dimension(dim, len(shape), name)
    others = [inside] if src is None else [inside, src.shape or (1,)]
    if any(len(other) != len(shape) for other in others):
        raise ShapeError(
            f"{name}: index tensor {index.shape} must have the same number of dimensions as input tensor {input.shape}"
            + (f" and src {src.shape}" if src is not None else "")
        )
    check_index(name, index, shape[d], d)
    if index.size:
        if inside[:d] + inside[d + 1 :] != shape[:d] + shape[d + 1 :] and any(
            n > m for i, (n, m) in enumerate(zip(inside, shape, strict=True)) if i != d
        ):
            raise ShapeError(
                f"{name}: size does not match: expected index {list(index.shape)} to be no larger than self "
                f"{list(shape)} apart from dimension {d}"
            )
        if src is not None and any(n > m for n, m in zip(inside, others[1], strict=True)):
            raise ShapeError(f"{name}: expected index {list(inside)} to be no larger than src {list(src.shape)}")
    offsets, step = _offsets(shape, inside, d)
    return (index.reshape(inside) * step + offsets).reshape(index.shape)


@nary(linear=True)
def gather(input, dim, index, *, sparse_grad=False):
    """y = input at the index along dim        dx = dy there, added where a place comes twice

    For dim 1 of two: y[i, j] = input[i, index[i, j]]. The index has as many dimensions as the input, and is no larger
    apart from dim; RuntimeError otherwise (PyTorch's page torch.gather).

    >>> import tinygrad_lite as tl
    >>> tl.tensor([[1, 2], [3, 4]]).gather(1, tl.tensor([[0], [1]]))
    tensor([[1],
            [4]])
    """
    shape, n = input.shape, input.size
    at = addresses("gather", input, dim, index)
    return input.reshape(-1).take(at), lambda g: scattered(g, (n,), None, (at,)).reshape(shape), None, None


@nary(linear=True)
def scatter(input, dim, index, src):
    """y = input, but src at the index along dim        dy = d input, but d src there

    For dim 1 of two: y[i, index[i, j]] = src[i, j]. src: a tensor no smaller than the index, or a number.
    """
    tensor = isinstance(src, np.ndarray)
    if not tensor:
        src = input.dtype.type(src)
    at = addresses("scatter", input, dim, index, src if tensor else None)
    check_dtypes("scatter", input, src)
    y = np.array(input, order="C")  # also of a NumPy scalar, as derivatives may be
    y.reshape(-1)[at.reshape(-1)] = src[within(index, src)].reshape(-1) if tensor else src
    return y, lambda g: scatter(g, dim, index, 0), None, None, picking(at, src)


@nary(linear=True)
def scatter_add(input, dim, index, src):
    """y = input, plus src at the index along dim        dy = d input + d src there

    For dim 1 of two: y[i, index[i, j]] += src[i, j]; what comes to one place is added (PyTorch's page
    torch.scatter_add).

    >>> import tinygrad_lite as tl
    >>> tl.zeros(3).scatter_add(0, tl.tensor([0, 0, 2]), tl.tensor([1.0, 2.0, 3.0]))
    tensor([3., 0., 3.])
    """
    at = addresses("scatter_add", input, dim, index, src)
    check_dtypes("scatter_add", input, src)
    y = np.array(input, order="C")
    np.add.at(y.reshape(-1), at.reshape(-1), src[within(index, src)].reshape(-1))
    return y, same, None, None, picking(at, src)


def within(index: np.ndarray, src: np.ndarray) -> Any:
    """The part of src that an index of its shape, or smaller, uses; a 0-d tensor counts as one of shape (1,)."""
    if index.ndim > src.ndim:
        return (None, Ellipsis) if index.size else False  # x[None] and x[False] are of the shapes (1,) and (0,)
    return (*[slice(n) for n in index.shape or (1,) * src.ndim], Ellipsis)


def check_dtypes(name: str, input: np.ndarray, src: np.ndarray) -> None:
    if src.dtype != input.dtype:
        raise RuntimeError(f"{name}: expected self.dtype to be equal to src.dtype, got {input.dtype} and {src.dtype}")


def picking(at: np.ndarray, src: np.ndarray) -> Callable:
    """The pullback of src, whose part within the shape of `at` went to the addresses `at`."""
    shape, region = src.shape, within(at, src)

    def pullback(g):
        part = getitem(g.reshape(-1), Places((None, (at.reshape(-1),)))).reshape(at.shape)
        return part if part.shape == shape else scattered(part, shape, region, None)

    return pullback


def take_along_dim(input: Any, indices: Any, dim: int | None = None) -> Any:
    """As `gather`, with the other dimensions broadcast; flattened without dim (PyTorch's page torch.take_along_dim).

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([[3, 1], [2, 4]])
    >>> tl.take_along_dim(x, x.argsort(1), 1)
    tensor([[1, 3],
            [2, 4]])
    """
    if indices.dtype != np.int64:
        raise RuntimeError(f"take_along_dim: dtype of indices should be Long but got {indices.dtype}")
    if dim is None:
        return getitem(reshape(input, (-1,)), reshape(indices, (-1,)))
    if input.ndim != indices.ndim:
        raise ShapeError(
            f"take_along_dim: input and indices should have the same number of dimensions: {tuple(input.shape)}, "
            f"{tuple(indices.shape)}"
        )
    d = as_dimension(dim, input.ndim, "take_along_dim")
    n, m = input.shape[d], indices.shape[d]
    others = [(*shape[:d], 1, *shape[d + 1 :]) for shape in (input.shape, indices.shape)]
    try:
        common = np.broadcast_shapes(*others)
    except ValueError:
        raise ShapeError(
            f"take_along_dim: {tuple(input.shape)} and {tuple(indices.shape)} do not broadcast apart from dim {dim}"
        ) from None
    wide = expand(input, (*common[:d], n, *common[d + 1 :]))
    index = expand(indices, (*common[:d], m, *common[d + 1 :]))
    return gather(wide, d, index + (index < 0) * n)


@nary(linear=True)
def masked_fill(input, mask, value):
    """y = input, but value where the mask is true        dy = d input where it is not, d value where it is

    The mask is of bools and broadcasts with the input; the value is a number or a 0-d tensor (PyTorch's page
    torch.Tensor.masked_fill_).

    >>> import tinygrad_lite as tl
    >>> tl.zeros(2).masked_fill(tl.tensor([True, False]), 1.0)
    tensor([1., 0.])
    """
    if mask.dtype.kind != "b":
        raise RuntimeError(f"masked_fill: only supports boolean masks, but got mask with dtype {mask.dtype}")
    if np.ndim(value):
        raise (RuntimeError if isinstance(value, np.ndarray) else TypeError)(
            f"masked_fill: only supports a 0-dimensional value tensor, but got one with {np.ndim(value)} dimension(s)"
        )
    dtype = getattr(value, "dtype", None)
    try:
        y = np.where(mask, np.asarray(value).astype(input.dtype), input)
    except ValueError:
        raise ShapeError(f"masked_fill: input {input.shape} and mask {mask.shape} do not broadcast") from None

    def to_value(g):
        total = masked_fill(g, ~mask, 0).sum()
        return total if total.dtype == dtype else to_dtype(total, dtype)

    return y, lambda g: masked_fill(g, mask, 0), None, to_value


def masked_select(input: Any, mask: Any) -> Any:
    """The elements where the mask is true, as a vector (PyTorch's page torch.masked_select).

    >>> import tinygrad_lite as tl
    >>> x = tl.arange(4)
    >>> x.masked_select(x > 1)
    tensor([2, 3])
    """
    if mask.dtype.kind != "b":
        raise RuntimeError(f"masked_select: expected BoolTensor for mask, got {mask.dtype}")
    try:
        shape = np.broadcast_shapes(input.shape, mask.shape)
    except ValueError:
        raise ShapeError(
            f"masked_select: input {tuple(input.shape)} and mask {tuple(mask.shape)} do not broadcast"
        ) from None
    return reshape(getitem(expand(input, shape), expand(mask, shape)), (-1,))


def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """The places of the elements that are not 0, a row each; as a tuple, a vector for each dimension (torch.nonzero).

    >>> import tinygrad_lite as tl
    >>> tl.tensor([0, 3, 4]).nonzero(as_tuple=True)
    (tensor([1, 2]),)
    """
    if as_tuple:
        return unbind(argwhere(input if input.ndim else reshape(input, (1,))), 1)
    return argwhere(input)


@constant
def argwhere(input):
    """y = the places of the elements that are not 0, a row each

    In row-major order (PyTorch's page torch.argwhere).

    >>> import tinygrad_lite as tl
    >>> tl.argwhere(tl.tensor([0, 3, 4]))
    tensor([[1],
            [2]])
    """
    return np.argwhere(input)


@constant
def one_hot(tensor, num_classes=-1):
    """y[…, k] = 1 where tensor = k, else 0

    Of ints from 0 to num_classes − 1, or to the largest there is (PyTorch's page torch.nn.functional.one_hot).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.one_hot(tl.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    if tensor.dtype != np.int64:
        raise RuntimeError(f"one_hot: only applicable to index tensor of type int64, not {tensor.dtype}")
    if tensor.size and tensor.min() < 0:
        raise RuntimeError(f"one_hot: class values must be non-negative, got {tensor.min()}")
    num_classes = whole(num_classes, "one_hot", "num_classes")
    if num_classes == -1:
        if not tensor.size:
            raise RuntimeError("one_hot: can not infer total number of classes from empty tensor")
        num_classes = int(tensor.max()) + 1
    elif num_classes < 1 and (tensor.size or num_classes < 0):
        raise RuntimeError(f"one_hot: num_classes must be positive, got {num_classes}")
    elif tensor.size and tensor.max() >= num_classes:
        raise RuntimeError(f"one_hot: class values must be smaller than num_classes: {tensor.max()} >= {num_classes}")
    return (tensor[..., None] == np.arange(num_classes)).astype(np.int64)
