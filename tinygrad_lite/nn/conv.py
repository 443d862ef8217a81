"""Convolution layers, and their transposes, over one, two and three dimensions."""

import math
from typing import Any

from .. import creation
from ..ops.geometry import ints
from ..tensor import Parameter, Tensor
from . import functional as F, init
from .module import Module

MODES = ("zeros", "reflect", "replicate", "circular")


class Convolution(Module):
    """What convolution layers have in common: sizes, the weight and the bias.

    weight  (out_channels, in_channels/groups, *kernel_size); (in_channels, out_channels/groups, …) where transposed
    bias    (out_channels,); None with bias=False

    Both are drawn from U(−1/√d, 1/√d), d = weight.shape[1]·∏ kernel_size.
    """

    dims = 0  # the number of spatial dimensions
    transposed = False
    padding: Any
    output_padding: tuple[int, ...]

    def _prepare(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        groups: int,
        bias: bool,
        padding_mode: str,
        output_padding: Any,
        device: Any,
        dtype: Any,
    ) -> None:
        name, n = type(self).__name__, self.dims
        if groups <= 0:
            raise ValueError(f"{name}: groups must be a positive integer, not {groups}")
        if in_channels % groups:
            raise ValueError(f"{name}: in_channels must be divisible by groups: {in_channels}, {groups}")
        if out_channels % groups:
            raise ValueError(f"{name}: out_channels must be divisible by groups: {out_channels}, {groups}")
        if padding_mode not in MODES:
            raise ValueError(f"{name}: padding_mode must be one of {MODES}, but got padding_mode={padding_mode!r}")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size = ints(name, "kernel_size", kernel_size, n)
        self.stride, self.dilation = ints(name, "stride", stride, n), ints(name, "dilation", dilation, n)
        self.output_padding = ints(name, "output_padding", output_padding, n)
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"{name}: Invalid padding string {padding!r}, should be one of 'valid', 'same'")
            if padding == "same" and any(s != 1 for s in self.stride):
                raise ValueError(f"{name}: padding='same' is not supported for strided convolutions")
            self.padding = padding
        else:
            self.padding = ints(name, "padding", padding, n)
        self.padding_mode = padding_mode
        channels = (in_channels, out_channels // groups) if self.transposed else (out_channels, in_channels // groups)
        self.weight = Parameter(creation.empty(*channels, *self.kernel_size, dtype=dtype, device=device))
        if bias:
            self.bias = Parameter(creation.empty(out_channels, dtype=dtype, device=device))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weight and the bias anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))  # the gain of this slope makes the bound 1/√d
        if self.bias is not None:
            d = math.prod(self.weight.shape[1:])
            if d:
                init.uniform_(self.bias, -1 / math.sqrt(d), 1 / math.sqrt(d))

    def _padded(self, input: Tensor) -> tuple[Tensor, Any]:
        """The input, padded by hand in a mode other than zeros, and the padding that is left to do."""
        if self.padding_mode == "zeros":
            return input, self.padding
        if self.padding == "valid":
            return input, 0
        around: list[int] = []
        for i in reversed(range(self.dims)):  # F.pad counts from the last dimension
            if self.padding == "same":
                total = self.dilation[i] * (self.kernel_size[i] - 1)
                around += [total // 2, total - total // 2]
            else:
                around += [self.padding[i]] * 2
        return F.pad(input, around, mode=self.padding_mode), 0

    def extra_repr(self) -> str:
        n = self.dims
        parts = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        if self.padding != (0,) * n:
            parts.append(f"padding={self.padding}")
        if self.dilation != (1,) * n:
            parts.append(f"dilation={self.dilation}")
        if self.output_padding != (0,) * n:
            parts.append(f"output_padding={self.output_padding}")
        if self.groups != 1:
            parts.append(f"groups={self.groups}")
        if self.bias is None:
            parts.append("bias=False")
        if self.padding_mode != "zeros":
            parts.append(f"padding_mode={self.padding_mode}")
        return ", ".join(parts)


class Forward(Convolution):
    """A convolution."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ):
        super().__init__()
        self._prepare(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, 0, device,
            dtype,
        )  # fmt: skip


class Conv1d(Forward):
    """Convolution of (N, C, L) or (C, L) (PyTorch's page torch.nn.Conv1d).

    >>> import tinygrad_lite as tl
    >>> tl.nn.Conv1d(2, 4, 3)(tl.zeros(5, 2, 10)).shape
    torch.Size([5, 4, 8])
    """

    dims = 1

    def forward(self, input: Tensor) -> Tensor:
        x, padding = self._padded(input)
        return F.conv1d(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv2d(Forward):
    """Convolution of (N, C, H, W) or (C, H, W) (PyTorch's page torch.nn.Conv2d).

    padding       an int, one for each dimension, "valid" (0) or "same"
    padding_mode  what is there: "zeros", "reflect", "replicate" or "circular"

    >>> import tinygrad_lite as tl
    >>> tl.nn.Conv2d(1, 8, 5, padding="same")
    Conv2d(1, 8, kernel_size=(5, 5), stride=(1, 1), padding=same)
    """

    dims = 2

    def forward(self, input: Tensor) -> Tensor:
        x, padding = self._padded(input)
        return F.conv2d(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv3d(Forward):
    """Convolution of (N, C, D, H, W) or (C, D, H, W) (PyTorch's page torch.nn.Conv3d)."""

    dims = 3

    def forward(self, input: Tensor) -> Tensor:
        x, padding = self._padded(input)
        return F.conv3d(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Transposed(Convolution):
    """The transpose of a convolution: it spreads what the convolution would gather."""

    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ):
        super().__init__()
        name = type(self).__name__
        if padding_mode != "zeros":
            raise ValueError(f'{name}: Only "zeros" padding mode is supported for {name}')
        if isinstance(padding, str):
            raise TypeError(f"{name}: padding must be an int or {self.dims} ints, not {padding!r}")
        self._prepare(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode,
            output_padding,
            device, dtype,
        )  # fmt: skip

    def _extra(self, input: Tensor, output_size: Any) -> tuple[int, ...]:
        """The output padding that makes the output of the size asked for."""
        if output_size is None:
            return self.output_padding
        n, name = self.dims, type(self).__name__
        wanted = tuple(output_size)
        if len(wanted) in (n + 1, n + 2) and len(wanted) == input.ndim:
            wanted = wanted[-n:]
        if len(wanted) != n:
            raise ValueError(
                f"{name}: for {input.ndim}D input, output_size must have {n} or {input.ndim} elements (got "
                f"{len(wanted)})"
            )
        extra = []
        for size, m, s, p, d, k in zip(
            wanted, input.shape[-n:], self.stride, self.padding, self.dilation, self.kernel_size, strict=True
        ):
            least = (m - 1) * s - 2 * p + d * (k - 1) + 1
            if not least <= size <= least + s - 1:
                raise ValueError(
                    f"{name}: requested an output size of {wanted}, but valid sizes are from {least} to "
                    f"{least + s - 1} where {size} was asked for (for an input of {tuple(input.shape[-n:])})"
                )
            extra.append(size - least)
        return tuple(extra)


class ConvTranspose1d(Transposed):
    """The transpose of `Conv1d`: (N, C, L) or (C, L) (PyTorch's page torch.nn.ConvTranspose1d)."""

    dims = 1

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        extra = self._extra(input, output_size)
        return F.conv_transpose1d(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )


class ConvTranspose2d(Transposed):
    """The transpose of `Conv2d`: (N, C, H, W) or (C, H, W) (PyTorch's page torch.nn.ConvTranspose2d).

    With a stride several output sizes belong to one input size: `output_size`, or output_padding, says which.

    >>> import tinygrad_lite as tl
    >>> tl.nn.ConvTranspose2d(4, 2, 3, stride=2)(tl.zeros(1, 4, 5, 5), output_size=(12, 12)).shape
    torch.Size([1, 2, 12, 12])
    """

    dims = 2

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        extra = self._extra(input, output_size)
        return F.conv_transpose2d(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )


class ConvTranspose3d(Transposed):
    """The transpose of `Conv3d`: (N, C, D, H, W) or (C, D, H, W) (PyTorch's page torch.nn.ConvTranspose3d)."""

    dims = 3

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        extra = self._extra(input, output_size)
        return F.conv_transpose3d(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )
