"""Tensors from chance: after the same seed, PyTorch's numbers (see kernels/mt19937.py for how the stream is read)."""

from functools import partial
from typing import Any

import numpy as np

from . import dtypes, ops
from .arrays import check_place
from .creation import made, of, shape_of, sizes
from .kernels import mt19937, sampling
from .kernels.broadcast import empty_like
from .kernels.mt19937 import (
    default_generator as default_generator,
    fork_rng as fork_rng,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    seed as seed,
)
from .sizes import CPU, Device
from .tape import Variable
from .tensor import Tensor


class Generator(mt19937.Generator):
    """A stream of random numbers of its own, with PyTorch's numbers (PyTorch's page torch.Generator).

    Threads may share a generator, the default one too: a call takes an unbroken stretch of the stream.

    >>> import tinygrad_lite as tl
    >>> g = tl.Generator().manual_seed(0)
    >>> state = g.get_state()
    >>> tl.rand(2, generator=g)
    tensor([0.4963, 0.7682])
    >>> tl.rand(2, generator=g.set_state(state))
    tensor([0.4963, 0.7682])
    """

    __slots__ = ()

    @property
    def device(self) -> Device:
        return CPU

    def get_state(self) -> Tensor:  # type: ignore[override]
        """All that determines the numbers to come: 5,056 bytes, laid out as PyTorch's."""
        return made(super().get_state())

    def set_state(self, new_state: Any) -> "Generator":
        """Go to where the generator was when `get_state`, here or in PyTorch, returned this tensor of uint8."""
        super().set_state(new_state.array if isinstance(new_state, Variable) else new_state)
        return self

    def __getstate__(self) -> np.ndarray:
        return super().get_state()


default_generator.__class__ = Generator  # which was made below, where there are no tensors yet


def get_rng_state() -> Tensor:
    """The state of the default generator (PyTorch's page torch.get_rng_state)."""
    return default_generator.get_state()  # type: ignore[return-value]


def set_rng_state(new_state: Any) -> None:
    """Put the default generator into a state that `get_rng_state` returned (torch.set_rng_state)."""
    default_generator.set_state(new_state)


def rand(
    *shape: Any,
    size: Any = None,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Uniform on [0, 1) (PyTorch's page torch.rand).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.rand(3)
    tensor([0.4963, 0.7682, 0.0885])
    """
    check_place("rand", device, place)
    return made(sampling.rand(generator, shape_of(shape, size, "rand"), of(dtype)), requires_grad)


def randn(
    *shape: Any,
    size: Any = None,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Normal with mean 0 and variance 1 (PyTorch's page torch.randn).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.randn(3)
    tensor([ 1.5410, -0.2934, -2.1788])
    """
    check_place("randn", device, place)
    return made(sampling.randn(generator, shape_of(shape, size, "randn"), of(dtype)), requires_grad)


def randint(
    low: Any = None,
    high: Any = None,
    size: Any = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Integers in [low, high), as randint(high, size) or randint(low, high, size) (PyTorch's page torch.randint).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.randint(10, (3,))
    tensor([4, 9, 3])
    """
    check_place("randint", device, place)
    if size is None:
        low, high, size = 0, low, high
    elif high is None or low is None:
        low, high = 0, low if high is None else high
    if high is None or size is None:
        raise TypeError("randint: it needs an upper bound and a size: randint(high, size) or randint(low, high, size)")
    shape = sizes((size,), "randint")
    return made(sampling.randint(generator, low, high, shape, of(dtype, otherwise=dtypes.int64)), requires_grad)


def randperm(
    n: int,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """The integers from 0 to n − 1 in random order (PyTorch's page torch.randperm).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.randperm(4)
    tensor([0, 1, 3, 2])
    """
    check_place("randperm", device, place)
    return made(sampling.randperm(generator, n, of(dtype, otherwise=dtypes.int64)), requires_grad)


def rand_like(
    input: Tensor,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Uniform on [0, 1), in the input's shape, dtype and memory layout (PyTorch's page torch.rand_like)."""
    check_place("rand_like", device, place)
    dtype = of(dtype, input.array.dtype)
    return made(sampling.laid_out_like(input.array, lambda n: sampling.rand(generator, n, dtype), dtype), requires_grad)


def randn_like(
    input: Tensor,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Normal numbers in the input's shape, dtype and memory layout (PyTorch's page torch.randn_like)."""
    check_place("randn_like", device, place)
    dtype = of(dtype, input.array.dtype)
    whole = empty_like(input.array).flags.c_contiguous
    draw = partial(sampling.normal, generator, mean=0.0, std=1.0, dtype=dtype, contiguous=whole)
    return made(sampling.laid_out_like(input.array, draw, dtype), requires_grad)


def randint_like(
    input: Tensor,
    low: Any = 0,
    high: Any = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Integers in [low, high), or in [0, low), in the input's shape, dtype and memory layout (torch.randint_like)."""
    check_place("randint_like", device, place)
    low, high = (0, low) if high is None else (low, high)
    dtype = of(dtype, input.array.dtype)
    draw = partial(sampling.randint, generator, low, high, dtype=dtype)
    return made(sampling.laid_out_like(input.array, draw, dtype), requires_grad)


def normal(
    mean: Any = 0.0,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """Normal numbers of a given mean and standard deviation, numbers or tensors (PyTorch's page torch.normal).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.normal(tl.tensor([0.0, 100.0]), 1.0)
    tensor([ 1.5410, 99.7066])
    """
    check_place("normal", device, place)
    if isinstance(mean, Variable) or isinstance(std, Variable):
        if size is not None:
            raise TypeError("normal: a size goes with a mean and a standard deviation that are numbers")
        return ops.normal(mean, std, generator)
    if size is None:
        raise TypeError("normal: with two numbers for the mean and the standard deviation it needs a size")
    return made(sampling.normal(generator, sizes((size,), "normal"), mean, std, of(dtype)), requires_grad)


def bernoulli(input: Tensor, p: float | None = None, *, generator: Any = None) -> Tensor:
    """1 with the probability that the input says, else 0; or with probability p everywhere (torch.bernoulli).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.bernoulli(tl.tensor([0.1, 0.5, 0.9]))
    tensor([0., 0., 1.])
    """
    if p is not None:
        return made(sampling.bernoulli(generator, input.array.shape, p, input.array.dtype))
    return ops.bernoulli(input, generator)


def poisson(input: Tensor, generator: Any = None) -> Tensor:
    """Counts whose means are the input's elements (PyTorch's page torch.poisson).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.poisson(tl.tensor([1.0, 5.0, 50.0]))
    tensor([ 2.,  6., 49.])
    """
    return ops.poisson(input, generator)


def binomial(count: Tensor, prob: Tensor, generator: Any = None) -> Tensor:
    """How many of `count` throws show heads, each with probability `prob` (PyTorch's page torch.binomial).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.binomial(tl.tensor([10.0, 100.0]), tl.tensor([0.5, 0.9]))
    tensor([ 7., 89.])
    """
    return ops.binomial(count, prob, generator)


def _standard_gamma(input: Tensor, generator: Any = None) -> Tensor:
    """Gamma numbers of the shapes that the input says and the rate 1: what distributions.Gamma samples."""
    return ops.standard_gamma(input, generator)


def _sample_dirichlet(input: Tensor, generator: Any = None) -> Tensor:
    """A point of the simplex for each row of concentrations: what distributions.Dirichlet samples."""
    return ops.dirichlet(input, generator)


def multinomial(input: Tensor, num_samples: int, replacement: bool = False, *, generator: Any = None) -> Tensor:
    """Indices drawn with the weights in each row of the input (PyTorch's page torch.multinomial).

    >>> import tinygrad_lite as tl
    >>> tl.multinomial(tl.tensor([0.0, 1.0, 0.0]), 2, replacement=True)
    tensor([1, 1])
    """
    return made(np.asarray(sampling.multinomial(generator, input.array, num_samples, replacement)))
