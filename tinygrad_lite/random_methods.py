"""The methods that fill a tensor with random numbers: x.normal_(), x.uniform_(), …"""

from typing import Any

import numpy as np

from . import ops, writes
from .inplace import refuse_leaf, write
from .kernels import sampling
from .operation import mode, result
from .ops.overwrite import overwrite


class Fill:
    """x takes random numbers, PyTorch's for the same seed, in the order of its memory."""

    __slots__ = ()

    array: np.ndarray
    node: Any

    def _fill(self, name: str, draw: Any) -> Any:
        if mode() and self.node is not None:
            refuse_leaf(self, name)  # type: ignore[arg-type]
            write(self, name, overwrite, 0.0)  # type: ignore[arg-type] # the old value is gone, and its derivative 0
        target = sampling.memory_order(self.array)
        target[...] = draw(target.shape)
        writes.mark(self.array, name)
        return self

    def normal_(self, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Any:
        """Normal numbers (PyTorch's page torch.Tensor.normal_)."""
        dtype, whole = self.array.dtype, self.array.flags.c_contiguous
        return self._fill("normal_", lambda shape: sampling.normal(generator, shape, mean, std, dtype, whole))

    def uniform_(self, a: float = 0.0, b: float = 1.0, *, generator: Any = None, **bounds: float) -> Any:
        """Uniform numbers on [a, b) (PyTorch's page torch.Tensor.uniform_; its keywords are `from` and `to`)."""
        low, high, dtype = bounds.get("from", a), bounds.get("to", b), self.array.dtype
        return self._fill("uniform_", lambda shape: sampling.uniform(generator, shape, low, high, dtype))

    def exponential_(self, lambd: float = 1.0, *, generator: Any = None) -> Any:
        """Exponential numbers of rate lambd (PyTorch's page torch.Tensor.exponential_)."""
        dtype = self.array.dtype
        return self._fill("exponential_", lambda shape: sampling.exponential(generator, shape, lambd, dtype))

    def log_normal_(self, mean: float = 1.0, std: float = 2.0, *, generator: Any = None) -> Any:
        """Numbers whose logarithm is normal (PyTorch's page torch.Tensor.log_normal_)."""
        dtype = self.array.dtype
        return self._fill("log_normal_", lambda shape: sampling.log_normal(generator, shape, mean, std, dtype))

    def cauchy_(self, median: float = 0.0, sigma: float = 1.0, *, generator: Any = None) -> Any:
        """Cauchy numbers (PyTorch's page torch.Tensor.cauchy_)."""
        dtype = self.array.dtype
        return self._fill("cauchy_", lambda shape: sampling.cauchy(generator, shape, median, sigma, dtype))

    def geometric_(self, p: float, *, generator: Any = None) -> Any:
        """How many throws until a coin of probability p shows heads (PyTorch's page torch.Tensor.geometric_)."""
        dtype = self.array.dtype
        return self._fill("geometric_", lambda shape: sampling.geometric(generator, shape, p, dtype))

    def bernoulli(self, p: float | None = None, *, generator: Any = None) -> Any:
        """1 with the probability that each element says, or with probability p, else 0 (torch.Tensor.bernoulli)."""
        if p is None:
            return ops.bernoulli(self, generator)
        return result(sampling.bernoulli(generator, self.array.shape, p, self.array.dtype))

    def multinomial(self, num_samples: int, replacement: bool = False, *, generator: Any = None) -> Any:
        """Indices drawn with the weights in each row (PyTorch's page torch.multinomial)."""
        return result(sampling.multinomial(generator, self.array, num_samples, replacement))

    def bernoulli_(self, p: Any = 0.5, *, generator: Any = None) -> Any:
        """1 with probability p, else 0 (PyTorch's page torch.Tensor.bernoulli_)."""
        dtype = self.array.dtype
        if hasattr(p, "array"):
            try:
                chances = sampling.memory_order(self.array, np.broadcast_to(p.array, self.array.shape))
            except ValueError:
                message = f"bernoulli_: p of shape {p.array.shape} does not expand to {self.array.shape}"
                raise RuntimeError(message) from None
            return self._fill("bernoulli_", lambda shape: sampling.bernoulli_like(generator, chances, shape, dtype))
        return self._fill("bernoulli_", lambda shape: sampling.bernoulli(generator, shape, p, dtype))

    def random_(self, low: int | None = None, high: int | None = None, *, generator: Any = None, **bounds: int) -> Any:
        """Integers: of the whole range of the dtype, below low, or in [low, high) (torch.Tensor.random_).

        Its keywords are `from` and `to`.
        """
        low, high = bounds.get("from", low), bounds.get("to", high)
        dtype = self.array.dtype
        if low is None and high is None:
            return self._fill("random_", lambda shape: sampling.random(generator, shape, dtype))
        start, stop = (0, low) if high is None else (low or 0, high)
        return self._fill("random_", lambda shape: sampling.randint(generator, start, stop, shape, dtype))
