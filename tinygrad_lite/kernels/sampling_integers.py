"""Random integers and permutations."""

import warnings
from operator import index
from typing import Any

import numpy as np

from .mt19937 import Generator, default_generator
from .sampling_arrays import empty

WIDE = 1 << 28  # from this range on an integer takes two draws, so that the remainder stays nearly uniform
SHORT = 300  # below, a permutation is walked in Python
WIDE_DTYPES = frozenset(map(np.dtype, ("int64", "float32", "float64")))  # those that PyTorch fills from 64 bits
UNSIGNED = frozenset(map(np.dtype, ("uint16", "uint32", "uint64")))


def randint(
    generator: Generator | None,
    low: int,
    high: int | None,
    shape: tuple[int, ...],
    dtype: Any = np.int64,
) -> np.ndarray:
    """low + draw mod (high − low): integers in [low, high); high = None means: up to the largest that the dtype has.

    One draw each, or two if the range has 2²⁸ numbers or more. PyTorch's pages: torch.randint, and torch.Tensor.random_
    with bounds. For a floating-point dtype the bounds move inwards to numbers that it can tell from their neighbours.
    Raises RuntimeError for an empty range and for bounds outside of the dtype; warns about a range in which a
    floating-point dtype leaves integers out.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> randint(Generator().manual_seed(0), 0, 10, (5,))
    array([4, 9, 3, 0, 3])
    """
    dtype = np.dtype(dtype)
    low, last = _bounds(index(low), None if high is None else index(high), dtype)
    generator = generator or default_generator
    out = empty("randint", shape, dtype)
    n, size = out.size, last - low + 1
    if size == 1 << 64:
        numbers = generator.draw(n, 64).view(np.int64)
    else:
        numbers = generator.draw(n, 64 if size >= WIDE else 32)
        if size & (size - 1):
            numbers -= numbers // size * size  # three times as fast as the operator %
        else:
            numbers &= size - 1
        numbers = numbers.astype(np.int64, copy=False) + low
    if dtype == np.float16:
        numbers = numbers.astype(np.float32)
    out.reshape(-1)[:] = numbers
    return out


def _bounds(low: int, high: int | None, dtype: np.dtype) -> tuple[int, int]:
    """The first and the last integer to draw."""
    if high is not None and low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    if high is None and low == -(1 << 63):
        if dtype not in WIDE_DTYPES:
            raise NotImplementedError(f"random_: from={low} without 'to' needs int64, float32 or float64, not {dtype}")
        return low, (1 << 63) - 1
    digits = np.finfo(dtype).nmant + 1 if dtype.kind == "f" else 0
    if digits:
        smallest, largest, top = float(np.finfo(dtype).min), float(np.finfo(dtype).max), 1 << digits
    elif dtype.kind == "b":
        smallest, largest, top = 0, 1, 1
    else:
        smallest, largest = int(np.iinfo(dtype).min), min(int(np.iinfo(dtype).max), (1 << 63) - 1)
        top = largest
    first, last = low, top if high is None else high - 1
    for name, bound in ("from", first), ("to - 1", last):
        if not smallest <= bound <= largest:
            raise RuntimeError(f"random_: {name} is out of bounds for {dtype}: {bound}")
    if digits:
        first = _inwards(low, 1, dtype, digits)
        last = top if high is None else _inwards(high, -1, dtype, digits) - 1
        if first > last:
            raise RuntimeError(f"random_: no number of {dtype} lies between from={low} and to={high}")
        if max(abs(first), abs(last)) > 1 << digits:
            warnings.warn(
                f"random_: [{first}, {last}] is out of bounds [-(2^{digits}), 2^{digits}]: beyond them {dtype} leaves "
                "integers out",
                stacklevel=3,
            )
    return first, last


def _inwards(bound: int, side: int, dtype: np.dtype, digits: int) -> int:
    """`bound`, unless its neighbour inside, cast to the dtype, comes out beyond it: then the next number inside."""
    neighbour = bound + side
    cast = int(np.int64(neighbour).astype(np.float64 if dtype == np.float64 else np.float32).astype(dtype))
    if (cast < bound) if side > 0 else (bound <= cast < 1 << 63):
        return cast + side * (1 << (abs(neighbour).bit_length() - digits))
    return bound


def random(generator: Generator | None, shape: tuple[int, ...], dtype: Any = np.int64) -> np.ndarray:
    """Integers of the whole range of the dtype from 0 up; for a floating-point one up to 2²⁴ (2⁵³, 2¹¹), included.

    PyTorch's page: torch.Tensor.random_ without bounds. Raises NotImplementedError for uint16, uint32 and uint64.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> random(Generator().manual_seed(0), (2,))
    array([ 900450186894289455, 3969543146641149120])
    """
    dtype = np.dtype(dtype)
    if dtype in UNSIGNED or dtype.kind not in "biuf":
        raise NotImplementedError(f'"random_" not implemented for {dtype}; give it bounds: random_(from, to)')
    generator = generator or default_generator
    out = empty("random_", shape, dtype)
    wide = 64 if dtype in (np.dtype(np.int64), np.dtype(np.float64)) else 32
    if dtype.kind == "f":
        numbers = generator.draw(out.size, wide)
        numbers %= (1 << (np.finfo(dtype).nmant + 1)) + 1
        if dtype == np.float16:
            numbers = numbers.astype(np.float32)
    else:
        numbers = generator.draw(out.size, wide) & (1 if dtype.kind == "b" else int(np.iinfo(dtype).max))
    out.reshape(-1)[:] = numbers
    return out


def randperm(generator: Generator | None, n: int, dtype: Any = np.int64) -> np.ndarray:
    """0 … n−1 in random order: the Fisher–Yates walk, i = 0, 1, …: swap place i with place i + draw mod (n − i).

    One draw for each place but the last. PyTorch's page: torch.randperm. Raises RuntimeError for n < 0 and for an n
    that the dtype cannot count to.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> randperm(Generator().manual_seed(0), 5)
    array([4, 0, 1, 3, 2])
    """
    dtype = np.dtype(dtype)
    if dtype.kind not in "iuf":
        raise NotImplementedError(f'"randperm" not implemented for {dtype}')
    try:
        n = index(n)
    except TypeError:
        raise TypeError(f"randperm: n must be an int, not {type(n).__name__}") from None
    out = empty("randperm", (n,), dtype)
    most = int(np.iinfo(dtype).max) + 1 if dtype.kind != "f" else (1 << (np.finfo(dtype).nmant + 1)) + 1
    if n > most:
        raise RuntimeError(f"randperm: n = {n} cannot be greater than {most} for {dtype}")
    if n >= (1 << 32) // 20:
        raise NotImplementedError(f"randperm: n = {n}: from {(1 << 32) // 20} on PyTorch draws differently")
    draws = (generator or default_generator).draw(max(n - 1, 0), 32)
    out[:] = _walk(draws.tolist(), n) if n < SHORT else _walk_at_once(draws, n)
    return out


def _walk(draws: list[int], n: int) -> list[int]:
    order = list(range(n))
    for i, draw in enumerate(draws):
        j = i + draw % (n - i)
        order[i], order[j] = order[j], order[i]
    return order


def _walk_at_once(draws: np.ndarray, n: int) -> np.ndarray:
    """The same without a loop over the places.

    Step i brings to place i, for good, what lies in place target[i] ≥ i, and lays down there what it finds in place i.

    What lies in place j? What the last earlier step with the target j laid down; if there is none, j. And what did that
    step find in its own place? What the last step with *that* target laid down, and so on: a chain of steps, which
    leads to one that found its own number. All chains are followed at once, each round from every link to the one
    beyond the next; so the rounds are as many as the logarithm of the longest chain.
    """
    step = np.arange(n)
    target = step.copy()
    target[:-1] += draws % np.arange(n, 1, -1, dtype=np.uint32)
    order = (target << 32) | step
    order.sort()  # by target, then by step: neighbours with one target are steps that follow each other there
    step_of = order & 0xFFFFFFFF
    order >>= 32
    before = np.empty(n, np.intp)  # the last earlier step with the same target, or −1
    before[step_of[0]] = -1
    before[step_of[1:]] = np.where(order[1:] == order[:-1], step_of[:-1], -1)
    found = step.copy()  # the step that laid down what step i finds
    found[target] = step  # of several steps with one target, the last stays
    itself = np.flatnonzero(target == step)
    found[itself] = np.where(before[itself] >= 0, before[itself], itself)
    chain = np.flatnonzero(found != step)
    while chain.size:
        first = found[chain]
        further = found[first]
        found[chain] = further
        chain = chain[first != further]
    target[itself] = found[itself]
    return np.where(before >= 0, found[before], target)
