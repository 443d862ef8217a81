"""Pooling to given sizes, and pooling by a norm."""

from typing import Any

from ..tensor import Tensor
from . import functional as F
from .module import Module


class AdaptiveAvgPool(Module):
    """What adaptive layers have in common: the sizes of the output."""

    def __init__(self, output_size: Any):
        super().__init__()
        self.output_size = output_size

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(AdaptiveAvgPool):
    """The means of output_size windows of (N, C, L) or (C, L) (PyTorch's page torch.nn.AdaptiveAvgPool1d)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(AdaptiveAvgPool):
    """The means of windows that cover (N, C, H, W) or (C, H, W) (PyTorch's page torch.nn.AdaptiveAvgPool2d).

    output_size: one int, or one for each dimension; None keeps a size.

    >>> import tinygrad_lite as tl
    >>> tl.nn.AdaptiveAvgPool2d((1, None))(tl.zeros(2, 3, 8, 5)).shape
    torch.Size([2, 3, 1, 5])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(input, self.output_size)


class AdaptiveAvgPool3d(AdaptiveAvgPool):
    """The means of windows that cover (N, C, D, H, W) or (C, D, H, W) (PyTorch's page torch.nn.AdaptiveAvgPool3d)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool3d(input, self.output_size)


class AdaptiveMaxPool(AdaptiveAvgPool):
    """As `AdaptiveAvgPool`; with return_indices a layer also returns where the elements were."""

    def __init__(self, output_size: Any, return_indices: bool = False):
        super().__init__(output_size)
        self.return_indices = return_indices


class AdaptiveMaxPool1d(AdaptiveMaxPool):
    """The largest elements of output_size windows of (N, C, L) (PyTorch's page torch.nn.AdaptiveMaxPool1d)."""

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool1d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool2d(AdaptiveMaxPool):
    """The largest elements of windows that cover (N, C, H, W) (PyTorch's page torch.nn.AdaptiveMaxPool2d)."""

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool2d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool3d(AdaptiveMaxPool):
    """The largest elements of windows that cover (N, C, D, H, W) (PyTorch's page torch.nn.AdaptiveMaxPool3d)."""

    def forward(self, input: Tensor) -> Any:
        return F.adaptive_max_pool3d(input, self.output_size, self.return_indices)


class LPPool(Module):
    """What pooling by a norm has in common."""

    def __init__(self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False):
        super().__init__()
        self.norm_type, self.kernel_size, self.stride, self.ceil_mode = norm_type, kernel_size, stride, ceil_mode

    def extra_repr(self) -> str:
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class LPPool1d(LPPool):
    """y = (Σ xᵖ)^(1/p) of each window of (N, C, L) or (C, L) (PyTorch's page torch.nn.LPPool1d)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.lp_pool1d(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class LPPool2d(LPPool):
    """y = (Σ xᵖ)^(1/p) of each window of (N, C, H, W) or (C, H, W) (PyTorch's page torch.nn.LPPool2d)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.lp_pool2d(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class LPPool3d(LPPool):
    """y = (Σ xᵖ)^(1/p) of each window of (N, C, D, H, W) (PyTorch's page torch.nn.LPPool3d)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.lp_pool3d(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)
