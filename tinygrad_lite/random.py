"""Tensors from chance: after the same seed, PyTorch's numbers (see kernels/mt19937.py for how the stream is read)."""

from typing import Any

import numpy as np

from . import dtypes
from .creation import made, of, sizes
from .kernels import sampling
from .kernels.mt19937 import (
    Generator as Generator,
    default_generator as default_generator,
    fork_rng as fork_rng,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    seed as seed,
)
from .sizes import as_device
from .tape import Variable
from .tensor import Tensor


def get_rng_state() -> Tensor:
    """The state of the default generator (PyTorch's page torch.get_rng_state)."""
    return made(default_generator.get_state())


def set_rng_state(new_state: Tensor) -> None:
    """Put the default generator into a state that `get_rng_state` returned (torch.set_rng_state)."""
    default_generator.set_state(new_state.array if isinstance(new_state, Variable) else new_state)


def rand(
    *size: Any, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Uniform on [0, 1) (PyTorch's page torch.rand).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.rand(3)
    tensor([0.4963, 0.7682, 0.0885])
    """
    as_device(device)
    return made(sampling.rand(generator, sizes(size, "rand"), of(dtype)), requires_grad)


def randn(*size: Any, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False):
    """Normal with mean 0 and variance 1 (PyTorch's page torch.randn).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.randn(3)
    tensor([ 1.5410, -0.2934, -2.1788])
    """
    as_device(device)
    return made(sampling.randn(generator, sizes(size, "randn"), of(dtype)), requires_grad)


def randint(
    low: int, high: Any = None, size: Any = None, *, generator: Any = None, dtype: Any = None, device: Any = None
) -> Tensor:
    """Integers in [low, high), as randint(high, size) or randint(low, high, size) (PyTorch's page torch.randint).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.randint(10, (3,))
    tensor([4, 9, 3])
    """
    as_device(device)
    if size is None:
        low, high, size = 0, low, high
    elif high is None:
        low, high = 0, low
    shape = sizes((size,), "randint")
    return made(sampling.randint(generator, low, high, shape, of(dtype, otherwise=dtypes.int64)))


def randperm(n: int, *, generator: Any = None, dtype: Any = None, device: Any = None) -> Tensor:
    """The integers from 0 to n − 1 in random order (PyTorch's page torch.randperm).

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.randperm(4)
    tensor([2, 0, 1, 3])
    """
    as_device(device)
    return made(sampling.randperm(generator, n, of(dtype, otherwise=dtypes.int64)))


def rand_like(input: Tensor, *, dtype: Any = None, generator: Any = None, requires_grad: bool = False, **ignored: Any):
    """Uniform on [0, 1), in the input's shape and dtype (PyTorch's page torch.rand_like)."""
    return made(sampling.rand(generator, input.array.shape, of(dtype, input.array.dtype)), requires_grad)


def randn_like(input: Tensor, *, dtype: Any = None, generator: Any = None, requires_grad: bool = False, **ignored: Any):
    """Normal numbers in the input's shape and dtype (PyTorch's page torch.randn_like)."""
    return made(sampling.randn(generator, input.array.shape, of(dtype, input.array.dtype)), requires_grad)


def randint_like(input: Tensor, low: int, high: int | None = None, *, dtype: Any = None, generator: Any = None):
    """Integers in [low, high), in the input's shape and dtype (PyTorch's page torch.randint_like)."""
    low, high = (0, low) if high is None else (low, high)
    dtype = of(dtype, input.array.dtype)
    return made(sampling.randint(generator, low, high, input.array.shape, dtype))


def normal(mean: Any, std: Any = 1.0, size: Any = None, *, generator: Any = None, dtype: Any = None) -> Tensor:
    """Normal numbers of a given mean and standard deviation, numbers or tensors (PyTorch's page torch.normal)."""
    if size is not None:
        return made(sampling.normal(generator, sizes((size,), "normal"), mean, std, of(dtype)))
    bare = [v.array if isinstance(v, Variable) else v for v in (mean, std)]
    return made(sampling.normal_like(generator, *bare))


def bernoulli(input: Tensor, p: float | None = None, *, generator: Any = None) -> Tensor:
    """1 with the probability that the input says, else 0; or with probability p everywhere (torch.bernoulli)."""
    x = input.array
    if p is not None:
        return made(sampling.bernoulli(generator, x.shape, p, x.dtype))
    return made(sampling.bernoulli_like(generator, x))


def multinomial(input: Tensor, num_samples: int, replacement: bool = False, *, generator: Any = None) -> Tensor:
    """Indices drawn with the weights in each row of the input (PyTorch's page torch.multinomial).

    >>> import tinygrad_lite as tl
    >>> tl.multinomial(tl.tensor([0.0, 1.0, 0.0]), 2, replacement=True)
    tensor([1, 1])
    """
    return made(np.asarray(sampling.multinomial(generator, input.array, num_samples, replacement)))
