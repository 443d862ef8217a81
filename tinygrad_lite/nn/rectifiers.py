"""Activations by pieces, most of them linear. Each is the module of a function in `functional`.

`inplace=True` writes the result over the input, as in PyTorch, to save memory.
"""

import warnings
from typing import Any

from .. import creation
from ..tensor import Parameter, Tensor
from . import functional as F, init
from .module import Module


class Rectifier(Module):
    """What the activations of this file have in common: how they are shown."""

    shown: tuple[str, ...] = ()
    inplace: bool = False

    def extra_repr(self) -> str:
        parts = [f"{name}={self.__dict__[name]}" for name in self.shown]
        return ", ".join([*parts, "inplace=True"] if self.inplace else parts)


class ReLU(Rectifier):
    """y = max(0, x) (PyTorch's page torch.nn.ReLU).

    >>> import tinygrad_lite as tl
    >>> tl.nn.ReLU()(tl.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def __init__(self, inplace: bool = False):
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input, self.inplace)


class ReLU6(Rectifier):
    """y = min(max(0, x), 6) (PyTorch's page torch.nn.ReLU6)."""

    def __init__(self, inplace: bool = False):
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.relu6(input, self.inplace)


class LeakyReLU(Rectifier):
    """y = x if x > 0 else negative_slope·x (PyTorch's page torch.nn.LeakyReLU).

    >>> import tinygrad_lite as tl
    >>> tl.nn.LeakyReLU(0.05)(tl.tensor([-1.0, 2.0]))
    tensor([-0.0500,  2.0000])
    """

    shown = ("negative_slope",)

    def __init__(self, negative_slope: float = 1e-2, inplace: bool = False):
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, self.negative_slope, self.inplace)


class PReLU(Rectifier):
    """y = x if x > 0 else w·x, w learned: one for all, or one for each channel (PyTorch's page torch.nn.PReLU).

    weight  (num_parameters,), from `init`
    """

    shown = ("num_parameters",)

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None):
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(creation.full((num_parameters,), float(init), dtype=dtype, device=device))

    def reset_parameters(self) -> None:
        """Set the slopes to their first value."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)


class RReLU(Rectifier):
    """y = x if x > 0 else a·x, a ~ U(lower, upper) in training, else their mean (PyTorch's page torch.nn.RReLU)."""

    shown = ("lower", "upper")

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False):
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)


class ELU(Rectifier):
    """y = x if x > 0 else α(eˣ − 1) (PyTorch's page torch.nn.ELU)."""

    shown = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False):
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.elu(input, self.alpha, self.inplace)


class SELU(Rectifier):
    """y = λ·(x if x > 0 else α(eˣ − 1)), which keeps mean 0 and variance 1 (PyTorch's page torch.nn.SELU)."""

    def __init__(self, inplace: bool = False):
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.selu(input, self.inplace)


class CELU(Rectifier):
    """y = max(0, x) + min(0, α(e^(x/α) − 1)) (PyTorch's page torch.nn.CELU)."""

    shown = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False):
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.celu(input, self.alpha, self.inplace)


class Hardtanh(Rectifier):
    """y = min(max(min_val, x), max_val) (PyTorch's page torch.nn.Hardtanh)."""

    shown = ("min_val", "max_val")

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ):
        super().__init__()
        if min_value is not None or max_value is not None:
            message = "keyword arguments `min_value` and `max_value` are deprecated and renamed to `min_val`, `max_val`"
            warnings.warn(message, FutureWarning, stacklevel=2)
            min_val = min_val if min_value is None else min_value
            max_val = max_val if max_value is None else max_value
        if min_val > max_val:
            raise ValueError(f"max_val must be larger than min_val: {max_val} < {min_val}")
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)


class Hardsigmoid(Rectifier):
    """y = min(max(0, x + 3), 6)/6 (PyTorch's page torch.nn.Hardsigmoid)."""

    def __init__(self, inplace: bool = False):
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.hardsigmoid(input, self.inplace)

    def extra_repr(self) -> str:
        return ""


class Hardswish(Hardsigmoid):
    """y = x·min(max(0, x + 3), 6)/6 (PyTorch's page torch.nn.Hardswish)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.hardswish(input, self.inplace)


class Softshrink(Module):
    """y = x moved towards 0 by λ, and 0 within (PyTorch's page torch.nn.Softshrink)."""

    def __init__(self, lambd: float = 0.5):
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        return F.softshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return str(self.lambd)


class Hardshrink(Softshrink):
    """y = x if |x| > λ else 0 (PyTorch's page torch.nn.Hardshrink)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.hardshrink(input, self.lambd)


class Threshold(Rectifier):
    """y = x if x > threshold else value (PyTorch's page torch.nn.Threshold)."""

    shown = ("threshold", "value")

    def __init__(self, threshold: float, value: float, inplace: bool = False):
        super().__init__()
        self.threshold, self.value, self.inplace = threshold, value, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.threshold(input, self.threshold, self.value, self.inplace)
