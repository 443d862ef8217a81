"""Pooling layers: the largest element, or the mean, of windows."""

from typing import Any

from ..tensor import Tensor
from . import functional as F
from .module import Module


class MaxPool(Module):
    """What max-pooling layers have in common."""

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ):
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, dilation={self.dilation}, "
            f"ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(MaxPool):
    """The largest element of each window of (N, C, L) or (C, L) (PyTorch's page torch.nn.MaxPool1d)."""

    def forward(self, input: Tensor) -> Any:
        return F.max_pool1d(
            input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices
        )


class MaxPool2d(MaxPool):
    """The largest element of each window of (N, C, H, W) or (C, H, W) (PyTorch's page torch.nn.MaxPool2d).

    >>> import tinygrad_lite as tl
    >>> tl.nn.MaxPool2d(2)(tl.zeros(1, 8, 24, 24)).shape
    torch.Size([1, 8, 12, 12])
    """

    def forward(self, input: Tensor) -> Any:
        return F.max_pool2d(
            input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices
        )


class MaxPool3d(MaxPool):
    """The largest element of each window of (N, C, D, H, W) or (C, D, H, W) (PyTorch's page torch.nn.MaxPool3d)."""

    def forward(self, input: Tensor) -> Any:
        return F.max_pool3d(
            input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices
        )
