"""Einstein's summation: products of tensors whose dimensions are named, summed over the names that the result lacks.

Two operands at a time are contracted as one matrix product; the derivative of a contraction is a contraction.
"""

from functools import lru_cache
from itertools import combinations
from math import prod
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..kernels.contract import contract as contracted
from ..operation import nary
from ..tape import Variable
from .axes import permute
from .diagonal import diagonal
from .dims import dim as as_dimension, dims as as_dimensions
from .linalg import check
from .shape import reshape


@nary
def contract(input, other, left, right, out):
    """y = Σ a·b        dy = Σ (da·b + a·db)

    The dimensions of a, b and y are named by the letters of left, right and out; a name that y lacks is summed.

    >>> import tinygrad_lite as tl
    >>> tl.einsum("ij,kj->ik", tl.ones(2, 3), tl.ones(1, 3))
    tensor([[3.],
            [3.]])
    """
    if set(left + right) - set(out):
        check("einsum", input, other)
    y = contracted(input, other, left, right, out)
    return y, lambda g: contract(g, other, out, right, left), lambda g: contract(g, input, out, left, right)


def einsum(equation: Any, *operands: Any) -> Any:
    """y = Σ of products, by the names in the equation (PyTorch's page torch.einsum).

    "ij,jk->ik" is the product of two matrices: a letter for each dimension of each operand, then those of the result.
    A letter that the result lacks is summed; "..." stands for dimensions that broadcast; without "->" the result has
    the letters that come once, in alphabetical order. RuntimeError if sizes do not go together.

    >>> import tinygrad_lite as tl
    >>> a = tl.tensor([[1, 2], [3, 4]])
    >>> tl.einsum("ij,jk->ik", a, a), tl.einsum("ii", a), tl.einsum("i,j", a[0], a[1])
    (tensor([[ 7, 10],
            [15, 22]]), tensor(5), tensor([[3, 4],
            [6, 8]]))
    """
    if not isinstance(equation, str):
        equation, operands = _from_lists((equation, *operands))
    if len(operands) == 1 and isinstance(operands[0], (tuple, list)):
        operands = tuple(operands[0])
    for i, x in enumerate(operands):
        if not isinstance(x, (Variable, np.ndarray)):
            raise TypeError(f"einsum: operand {i} is a {type(x).__name__}; tensors are taken")
    labels, out = _parsed(equation, tuple(x.ndim for x in operands))
    return summed_products(list(operands), list(labels), out)


def tensordot(a: Any, b: Any, dims: Any = 2) -> Any:
    """Products summed over the last dims of a and the first of b, or over pairs of dims (torch.tensordot).

    >>> import tinygrad_lite as tl
    >>> tl.tensordot(tl.ones(2, 3), tl.ones(3, 4), dims=1).shape
    torch.Size([2, 4])
    """
    n, m = a.ndim, b.ndim
    if isinstance(dims, (tuple, list)):
        first, second = ([d] if isinstance(d, int) else list(d) for d in dims)
    else:
        count = int(dims)
        if not 0 <= count <= min(n, m):
            raise RuntimeError(f"tensordot: expects 0 <= dims <= {min(n, m)}, the ndim of both, but got dims={count}")
        first, second = list(range(n - count, n)), list(range(count))
    if len(first) != len(second):
        raise RuntimeError(f"tensordot: both dimension lists should have same length, got {first} and {second}")
    if first and not (n and m):
        raise IndexError(f"tensordot: {tuple(a.shape)} and {tuple(b.shape)}: a 0-d tensor has no dimension to sum over")
    first, second = [as_dimension(i, n, "tensordot") for i in first], [as_dimension(j, m, "tensordot") for j in second]
    first, second = as_dimensions(first, n, "tensordot"), as_dimensions(second, m, "tensordot")  # refuses duplicates
    left, right = [_name(i) for i in range(n)], [_name(n + i) for i in range(m)]
    for i, j in zip(first, second, strict=True):
        if a.shape[i] != b.shape[j] and 1 not in (a.shape[i], b.shape[j]):
            raise ShapeError(
                f"tensordot: {tuple(a.shape)} and {tuple(b.shape)}: contracted dimensions need to match, but first has "
                f"size {a.shape[i]} in dim {i} and second has size {b.shape[j]} in dim {j}"
            )
        if a.shape[i] < b.shape[j]:  # a size of 1 meets every element
            b = b.sum(axis=j, keepdims=True, dtype=b.dtype)
        elif b.shape[j] < a.shape[i]:
            a = a.sum(axis=i, keepdims=True, dtype=a.dtype)
        right[j] = left[i]
    out = [s for s in left if s not in right] + [s for s in right if s not in left]
    return summed_products([a, b], ["".join(left), "".join(right)], "".join(out))


def _name(i: int) -> str:
    """A label that no equation can contain."""
    return chr(0x100 + i)


def _from_lists(arguments: tuple) -> tuple[str, tuple]:
    """The equation of einsum(a, [0, 1], b, [1, 2], [0, 2])."""
    pairs = len(arguments) // 2
    operands, lists = arguments[: 2 * pairs : 2], arguments[1 : 2 * pairs : 2]

    def letters(numbers):
        return "".join("..." if n is Ellipsis else chr(n + (65 if n < 26 else 71)) for n in numbers)

    equation = ",".join(map(letters, lists))
    return (equation + "->" + letters(arguments[-1]) if len(arguments) % 2 else equation), operands


@lru_cache(maxsize=256)
def _parsed(equation: str, ranks: tuple[int, ...]) -> tuple[tuple[str, ...], str]:
    """The label of every dimension of every operand, and those of the result."""
    inputs, arrow, result = equation.replace(" ", "").partition("->")
    terms = inputs.split(",")
    if len(terms) != len(ranks):
        few = "fewer" if len(ranks) < len(terms) else "more"
        raise RuntimeError(f"einsum: {few} operands were provided than specified in the equation '{equation}'")
    widths = []
    for i, (term, rank) in enumerate(zip((*terms, result), (*ranks, None), strict=True)):
        letters = term.replace("...", "", 1)
        if not (letters.isascii() and (letters.isalpha() or not letters)):
            raise RuntimeError(f"einsum: invalid subscript in '{term}': subscripts must be in [a-zA-Z], or ...")
        if rank is not None:
            if len(letters) > rank or (len(letters) < rank and "..." not in term):
                raise RuntimeError(
                    f"einsum: the number of subscripts in the equation ({len(letters)}) does not match the number of "
                    f"dimensions ({rank}) for operand {i}" + ("" if "..." in term else " and no ellipsis was given")
                )
            widths.append(rank - len(letters))
    widest = max(widths)
    ellipsis = "".join(map(_name, range(widest)))
    labels = tuple(term.replace("...", ellipsis[widest - width :]) for term, width in zip(terms, widths, strict=True))
    every = "".join(terms).replace(".", "")
    if not arrow:
        return labels, ellipsis + "".join(sorted(s for s in every if every.count(s) == 1))
    for s in result.replace("...", ""):
        if s not in every:
            raise RuntimeError(f"einsum: output subscript {s} does not appear in the equation for any input operand")
        if result.count(s) > 1:
            raise RuntimeError(f"einsum: output subscript {s} appears more than once in the output")
    return labels, result.replace("...", ellipsis)


def summed_products(operands: list, labels: list[str], out: str) -> Any:
    """The products of the operands, summed over the labels that are not in `out`."""
    sizes: dict[str, int] = {}
    for i, (x, names) in enumerate(zip(operands, labels, strict=True)):
        for s, n in zip(names, x.shape, strict=True):
            if n != 1 and sizes.setdefault(s, n) != n:
                if sizes[s] != 1:
                    raise ShapeError(
                        f"einsum: subscript {s} has size {n} for operand {i} which does not broadcast with previously "
                        f"seen size {sizes[s]}"
                    )
                sizes[s] = n
            sizes.setdefault(s, n)
    for i, (x, names) in enumerate(zip(operands, labels, strict=True)):
        operands[i], labels[i] = _plain(x, names, sizes)
    while len(operands) > 1:
        i, j = (0, 1) if len(operands) == 2 else _cheapest(labels, out, sizes)
        b, right = operands.pop(j), labels.pop(j)
        a, left = operands.pop(i), labels.pop(i)
        needed = out + "".join(labels)
        a, left = _sum_out(a, left, right + needed)
        b, right = _sum_out(b, right, left + needed)
        kept = [s for s in left + right if s in needed]
        order = out if sorted(set(kept)) == sorted(out) else "".join(dict.fromkeys(kept))
        operands.append(contract(a, b, left, right, order))
        labels.append(order)
    y, names = _sum_out(operands[0], labels[0], out)
    return y if names == out else permute(y, [names.index(s) for s in out])


def _plain(x: Any, names: str, sizes: dict[str, int]) -> tuple[Any, str]:
    """An operand without repeated labels (their diagonal), and without those that it only broadcasts."""
    broadcast = [d for d, s in enumerate(names) if x.shape[d] == 1 != sizes[s]]
    if broadcast:
        x = reshape(x, [n for d, n in enumerate(x.shape) if d not in broadcast])
        names = "".join(s for d, s in enumerate(names) if d not in broadcast)
    for s in dict.fromkeys(names):
        while names.count(s) > 1:
            first = names.index(s)
            second = names.index(s, first + 1)
            x = diagonal(x, 0, first, second)
            names = names.replace(s, "", 2) + s  # the diagonal is the last dimension
    return x, names


def _sum_out(x: Any, names: str, needed: str) -> tuple[Any, str]:
    """An operand summed over the labels that nobody needs."""
    dims = tuple([d for d, s in enumerate(names) if s not in needed])
    return (x.sum(dims), "".join(s for s in names if s in needed)) if dims else (x, names)


def _cheapest(labels: list[str], out: str, sizes: dict[str, int]) -> tuple[int, int]:
    """The two operands whose product takes the fewest multiplications."""

    def cost(pair):
        i, j = pair
        return prod(sizes[s] for s in set(labels[i] + labels[j]))

    return min(combinations(range(len(labels)), 2), key=cost)
