"""Invertible functions with the logarithm of their Jacobian's determinant (PyTorch's page torch.distributions).

A density p(x) becomes, under y = f(x), the density p(f⁻¹(y)) / |det ∂y/∂x|.
"""

import math
from typing import Any

import numpy as np

from ..operation import result
from ..ops import atanh, exp, expm1, log, log1p, sigmoid, softplus, tanh
from ..sizes import Size
from ..tensor import Tensor
from . import constraints
from .utils import NUMBERS, broadcast_all, sum_rightmost


class Transform:
    """y = f(x). Subclasses define _call, _inverse, log_abs_det_jacobian(x, y), domain and codomain, sign.

    With cache_size=1 the last pair (x, y) is kept, so that f⁻¹(f(x)) is x itself.
    """

    bijective = False
    domain: Any = constraints.real
    codomain: Any = constraints.real
    sign: Any = 1

    def __init__(self, cache_size: int = 0):
        if cache_size not in (0, 1):
            raise ValueError(f"cache_size must be 0 or 1, not {cache_size}")
        self._cache_size = cache_size
        self._last: tuple = (None, None)

    @property
    def event_dim(self) -> int:
        if self.domain.event_dim == self.codomain.event_dim:
            return self.domain.event_dim
        raise ValueError("event_dim: the domain and the codomain differ: ask one of them for its event_dim")

    @property
    def inv(self) -> "Transform":
        """The inverse f⁻¹."""
        return Inverse(self)

    def __call__(self, x: Tensor) -> Tensor:
        if self._cache_size and x is self._last[0]:
            return self._last[1]
        y = self._call(x)
        if self._cache_size:
            self._last = x, y
        return y

    def _inv_call(self, y: Tensor) -> Tensor:
        if self._cache_size and y is self._last[1]:
            return self._last[0]
        x = self._inverse(y)
        if self._cache_size:
            self._last = x, y
        return x

    def _call(self, x: Tensor) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} has no _call")

    def _inverse(self, y: Tensor) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} has no inverse")

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        """log |det ∂y/∂x|."""
        raise NotImplementedError(f"{type(self).__name__} has no log_abs_det_jacobian")

    def forward_shape(self, shape: tuple) -> Any:
        """The shape of f(x) for x of a shape."""
        return shape

    def inverse_shape(self, shape: tuple) -> Any:
        """The shape of f⁻¹(y) for y of a shape."""
        return shape

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._same(other)

    def _same(self, other: Any) -> bool:
        """Whether two of one class are one function."""
        return self is other

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Inverse(Transform):
    """f⁻¹, of a transform f."""

    def __init__(self, transform: Transform):
        super().__init__()
        self._inv = transform
        self.domain, self.codomain, self.bijective = transform.codomain, transform.domain, transform.bijective

    @property
    def sign(self) -> Any:  # type: ignore[override]
        return self._inv.sign

    @property
    def inv(self) -> Transform:
        return self._inv

    def __call__(self, x: Tensor) -> Tensor:
        return self._inv._inv_call(x)

    def _inv_call(self, y: Tensor) -> Tensor:
        return self._inv(y)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return -self._inv.log_abs_det_jacobian(y, x)

    def forward_shape(self, shape: tuple) -> Any:
        return self._inv.inverse_shape(shape)

    def inverse_shape(self, shape: tuple) -> Any:
        return self._inv.forward_shape(shape)

    def _same(self, other: Any) -> bool:
        return self._inv == other._inv

    def __repr__(self) -> str:
        return f"_InverseTransform({self._inv!r})"


class ComposeTransform(Transform):
    """One transform after the other, the first of the list first."""

    def __init__(self, parts: list[Transform], cache_size: int = 0):
        super().__init__(cache_size)
        self.parts = parts

    @property
    def domain(self) -> Any:  # type: ignore[override]
        """The first part's domain, with as many event dimensions as the whole needs."""
        if not self.parts:
            return constraints.real
        dims = self.parts[-1].codomain.event_dim
        for part in reversed(self.parts):
            dims = max(dims + part.domain.event_dim - part.codomain.event_dim, part.domain.event_dim)
        return widened(self.parts[0].domain, dims)

    @property
    def codomain(self) -> Any:  # type: ignore[override]
        if not self.parts:
            return constraints.real
        dims = self.parts[0].domain.event_dim
        for part in self.parts:
            dims = max(dims + part.codomain.event_dim - part.domain.event_dim, part.codomain.event_dim)
        return widened(self.parts[-1].codomain, dims)

    @property
    def bijective(self) -> bool:  # type: ignore[override]
        return all(part.bijective for part in self.parts)

    @property
    def sign(self) -> Any:  # type: ignore[override]
        return math.prod(part.sign for part in self.parts)

    @property
    def inv(self) -> Transform:
        return ComposeTransform([part.inv for part in reversed(self.parts)])

    def _call(self, x: Tensor) -> Tensor:
        for part in self.parts:
            x = part(x)
        return x

    def _inverse(self, y: Tensor) -> Tensor:
        for part in reversed(self.parts):
            y = part._inv_call(y)
        return y

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        if not self.parts:
            return result(np.zeros_like(x.array))
        dims, total = self.domain.event_dim, None
        for k, part in enumerate(self.parts):
            after = y if k == len(self.parts) - 1 else part(x)
            term = sum_rightmost(part.log_abs_det_jacobian(x, after), dims - part.domain.event_dim)
            total = term if total is None else total + term
            dims += part.codomain.event_dim - part.domain.event_dim
            x = after
        return total  # type: ignore[return-value]

    def forward_shape(self, shape: tuple) -> Any:
        for part in self.parts:
            shape = part.forward_shape(shape)
        return shape

    def inverse_shape(self, shape: tuple) -> Any:
        for part in reversed(self.parts):
            shape = part.inverse_shape(shape)
        return shape

    def _same(self, other: Any) -> bool:
        return self.parts == other.parts

    def __repr__(self) -> str:
        return "ComposeTransform(\n    " + ",\n    ".join(map(repr, self.parts)) + "\n)"


def widened(constraint: Any, event_dim: int) -> Any:
    """A constraint with at least so many event dimensions."""
    missing = event_dim - constraint.event_dim
    return constraints.independent(constraint, missing) if missing > 0 else constraint


class ExpTransform(Transform):
    """y = exp x"""

    codomain = constraints.positive
    bijective = True

    def _call(self, x: Tensor) -> Tensor:
        return exp(x)

    def _inverse(self, y: Tensor) -> Tensor:
        return log(y)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return x

    def _same(self, other: Any) -> bool:
        return True


class SigmoidTransform(Transform):
    """y = 1/(1 + exp −x), kept inside of (0, 1)"""

    codomain = constraints.unit_interval
    bijective = True

    def _call(self, x: Tensor) -> Tensor:
        return inside_unit(sigmoid(x))

    def _inverse(self, y: Tensor) -> Tensor:
        y = inside_unit(y)
        return log(y) - log1p(-y)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return -softplus(-x) - softplus(x)

    def _same(self, other: Any) -> bool:
        return True


def inside_unit(y: Tensor) -> Tensor:
    limits = np.finfo(y.dtype)
    return y.clamp(min=float(limits.tiny), max=1.0 - float(limits.eps))


class SoftplusTransform(Transform):
    """y = log(1 + exp x)"""

    codomain = constraints.positive
    bijective = True

    def _call(self, x: Tensor) -> Tensor:
        return softplus(x)

    def _inverse(self, y: Tensor) -> Tensor:
        return log(-expm1(-y)) + y

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return -softplus(-x)

    def _same(self, other: Any) -> bool:
        return True


class TanhTransform(Transform):
    """y = tanh x; near ±1 the inverse is inaccurate, so cache_size=1 is of use"""

    codomain = constraints.interval(-1.0, 1.0)
    bijective = True

    def _call(self, x: Tensor) -> Tensor:
        return tanh(x)

    def _inverse(self, y: Tensor) -> Tensor:
        return atanh(y)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return 2.0 * (math.log(2.0) - x - softplus(-2.0 * x))  # log(1 − tanh²x), also for large x

    def _same(self, other: Any) -> bool:
        return True


class PowerTransform(Transform):
    """y = x to the power of `exponent`, x > 0"""

    domain = codomain = constraints.positive
    bijective = True

    def __init__(self, exponent: Any, cache_size: int = 0):
        super().__init__(cache_size)
        (self.exponent,) = broadcast_all(exponent)

    @property
    def sign(self) -> Any:  # type: ignore[override]
        return self.exponent.sign()

    def _call(self, x: Tensor) -> Tensor:
        return x**self.exponent

    def _inverse(self, y: Tensor) -> Tensor:
        return y ** (1 / self.exponent)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return log((self.exponent * y / x).abs())

    def forward_shape(self, shape: tuple) -> Any:
        return Size(np.broadcast_shapes(shape, self.exponent.array.shape))

    inverse_shape = forward_shape

    def _same(self, other: Any) -> bool:
        return bool((self.exponent == other.exponent).all())


class AffineTransform(Transform):
    """y = loc + scale·x; the last `event_dim` dimensions are one event"""

    bijective = True

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0):
        super().__init__(cache_size)
        self.loc, self.scale = loc, scale
        self.domain = self.codomain = widened(constraints.real, event_dim)

    @property
    def sign(self) -> Any:  # type: ignore[override]
        return int(np.sign(self.scale)) if isinstance(self.scale, NUMBERS) else self.scale.sign()

    def _call(self, x: Tensor) -> Tensor:
        return self.loc + self.scale * x

    def _inverse(self, y: Tensor) -> Tensor:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        if isinstance(self.scale, NUMBERS):
            each = result(np.full_like(x.array, math.log(abs(self.scale))))
        else:
            each = log(self.scale.abs()).expand(x.array.shape)
        return sum_rightmost(each, self.event_dim)

    def forward_shape(self, shape: tuple) -> Any:
        return Size(np.broadcast_shapes(shape, *(getattr(part, "shape", ()) for part in (self.loc, self.scale))))

    inverse_shape = forward_shape

    def _same(self, other: Any) -> bool:
        pairs = ((self.loc, other.loc), (self.scale, other.scale))
        return all(bool(np.all(np.asarray(a) == np.asarray(b))) for a, b in pairs)
