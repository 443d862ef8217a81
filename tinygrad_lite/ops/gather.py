"""Elements picked along one dimension by a tensor of indices, and elements picked by a mask."""

from typing import Any

import numpy as np

from ..errors import ShapeError
from ..kernels.scatter import add_at
from ..operation import constant, nary, to_dtype
from .dims import dim as as_dimension
from .index import check_index, getitem, scattered, unbind
from .places import Places
from .shape import expand, reshape


def grid(index: np.ndarray, d: int) -> tuple[np.ndarray, ...]:
    """The NumPy index with `index` along dimension d, and each element's own place along the others."""
    n = index.ndim
    own = [np.arange(size).reshape((size,) + (1,) * (n - 1 - i)) for i, size in enumerate(index.shape)]
    own[d] = index
    return tuple(own)


def places(name: str, input: np.ndarray, dim: int, index: np.ndarray, src: Any = None) -> tuple[np.ndarray, ...]:
    """The places that (dim, index) picks, checked; of a 0-d input seen as one with one element."""
    shape = input.shape or (1,)
    d = as_dimension(dim, len(shape), name)
    inside = index.shape or (1,)
    if len(inside) != len(shape) or (src is not None and (src.ndim or 1) != len(shape)):
        raise ShapeError(
            f"{name}: index tensor {index.shape} must have the same number of dimensions as input tensor {input.shape}"
            + (f" and src {src.shape}" if src is not None else "")
        )
    if index.size and any(n > m for i, (n, m) in enumerate(zip(inside, shape, strict=True)) if i != d):
        raise ShapeError(
            f"{name}: size does not match: expected index {list(index.shape)} to be no larger than self {list(shape)} "
            f"apart from dimension {d}"
        )
    if index.size and src is not None and any(n > m for n, m in zip(inside, src.shape or (1,), strict=True)):
        raise ShapeError(f"{name}: expected index {list(index.shape)} to be no larger than src {list(src.shape)}")
    check_index(name, index, shape[d], d)
    return grid(index.reshape(inside), d)


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
    shape, inside = input.shape, index.shape
    at = places("gather", input, dim, index)
    if shape and inside:
        return input[at], lambda g: scattered(g, shape, None, at), None, None
    y = input.reshape(shape or (1,))[at].reshape(inside)
    return y, lambda g: scattered(g.reshape(inside or (1,)), shape or (1,), None, at).reshape(shape), None, None


@nary(linear=True)
def scatter(input, dim, index, src=None, *, value=None, reduce=None):
    """y = input, but src at the index along dim        dy = d input, but d src there

    For dim 1 of two: y[i, index[i, j]] = src[i, j]. src: a tensor no smaller than the index, or a number. reduce="add"
    or "multiply" combines it with the input instead (PyTorch's page torch.scatter).

    >>> import tinygrad_lite as tl
    >>> tl.zeros(2, 2).scatter(1, tl.tensor([[0], [1]]), 5.0)
    tensor([[5., 0.],
            [0., 5.]])
    """
    if reduce not in (None, "add", "multiply"):
        raise RuntimeError(f"scatter: reduce argument must be either add or multiply, not {reduce!r}")
    shape = input.shape
    src = value if src is None else src
    tensor = isinstance(src, np.ndarray)
    at = places("scatter", input, dim, index, src if tensor else None)
    if tensor and src.dtype != input.dtype:
        raise RuntimeError(f"scatter: expected self.dtype to be equal to src.dtype, got {input.dtype} and {src.dtype}")
    region = tuple([slice(n) for n in index.shape])  # of src
    part = src[region].reshape(index.shape or (1,)) if tensor else input.dtype.type(src)
    y = input.reshape(shape or (1,)).copy()
    if reduce is None:
        y[at] = part
    else:
        (np.add if reduce == "add" else np.multiply).at(y, at, part)
    y = y.reshape(shape)
    if reduce == "multiply":
        return y, _no_product, None, None, _no_product
    before = src.shape if tensor else ()
    inside, wide = index.shape, shape or (1,)

    def to_src(g):
        taken = getitem(g.reshape(wide), Places((None, at))).reshape(inside)
        return taken if inside == before else scattered(taken, before, (*region, Ellipsis), None)

    def to_input(g):
        return g if reduce == "add" else scatter(g, dim, index, 0)

    return y, to_input, None, None, to_src


def _no_product(g):
    raise RuntimeError("scatter: reduce='multiply' has no derivative; write the product out with gather and scatter")


@nary(linear=True)
def scatter_add(input, dim, index, src):
    """y = input, plus src at the index along dim        dy = d input + d src there

    For dim 1 of two: y[i, index[i, j]] += src[i, j]; what comes to one place is added (PyTorch's page
    torch.scatter_add).

    >>> import tinygrad_lite as tl
    >>> tl.zeros(3).scatter_add(0, tl.tensor([0, 0, 2]), tl.tensor([1.0, 2.0, 3.0]))
    tensor([3., 0., 3.])
    """
    at = places("scatter_add", input, dim, index, src)
    if src.dtype != input.dtype:
        raise RuntimeError(
            f"scatter_add: expected self.dtype to be equal to src.dtype, got {input.dtype} and {src.dtype}"
        )
    before, inside, wide = src.shape, index.shape, input.shape or (1,)
    region = tuple([slice(n) for n in inside])
    y = input + add_at(wide, at, src[region].reshape(inside or (1,))).reshape(input.shape)

    def to_src(g):
        taken = getitem(g.reshape(wide), Places((None, at))).reshape(inside)
        return taken if inside == before else scattered(taken, before, (*region, Ellipsis), None)

    return y, _same, None, None, to_src


def _same(g):
    return g


def take_along_dim(input: Any, indices: Any, dim: int | None = None) -> Any:
    """As `gather`, with the other dimensions broadcast; flattened without dim (PyTorch's page torch.take_along_dim).

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([[3, 1], [2, 4]])
    >>> tl.take_along_dim(x, x.argsort(1), 1)
    tensor([[1, 3],
            [2, 4]])
    """
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
        raise RuntimeError(
            f"masked_fill: only supports a 0-dimensional value tensor, but got tensor with {value.ndim} dimension(s)"
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
    if num_classes == -1:
        if not tensor.size:
            raise RuntimeError("one_hot: can not infer total number of classes from empty tensor")
        num_classes = int(tensor.max()) + 1
    elif num_classes < 1 and (tensor.size or num_classes < 0):
        raise RuntimeError(f"one_hot: num_classes must be positive, got {num_classes}")
    elif tensor.size and tensor.max() >= num_classes:
        raise RuntimeError(f"one_hot: class values must be smaller than num_classes: {tensor.max()} >= {num_classes}")
    return (tensor[..., None] == np.arange(num_classes)).astype(np.int64)
