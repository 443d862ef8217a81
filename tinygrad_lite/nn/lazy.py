"""Modules that learn the number of their inputs from the first one: LazyLinear(10) becomes a Linear(n, 10)."""

from typing import Any

from .. import creation
from ..dtypes import int64
from ..tensor import Tensor
from .batchnorm import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    ChannelNorm,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
)
from .conv import (
    Conv1d,
    Conv2d,
    Conv3d,
    Convolution,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    Forward,
    Transposed,
)
from .linear import Linear
from .module import Module
from .uninitialized import Uninitialized, UninitializedBuffer, UninitializedParameter


class Lazy(Module):
    """What lazy modules have in common: at the first call they take their sizes, and become ordinary.

    Random parameters are drawn at that call. An optimizer may have the parameters before: they stay the same objects.
    Loading a state gives them their shapes, too.
    """

    becomes: type

    def _wait(self) -> None:
        self.register_load_state_dict_pre_hook(take_shapes)

    def has_uninitialized_params(self) -> bool:
        """Whether a parameter or buffer is without a shape."""
        return any(isinstance(t, Uninitialized) for t in (*self._parameters.values(), *self._buffers.values()))

    def initialize_parameters(self, input: Tensor) -> None:
        """Give the parameters their shapes and values."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.initialize_parameters(*args, **kwargs)
        self.__class__ = self.becomes
        return self(*args, **kwargs)


def take_shapes(module: Module, state: Any, prefix: str, *rest: Any) -> None:
    """Before a state is loaded: parameters without a shape take that of the state's."""
    for name, t in (*module._parameters.items(), *module._buffers.items()):
        value = state.get(prefix + name)
        if isinstance(t, Uninitialized) and value is not None and not isinstance(value, Uninitialized):
            t.materialize(tuple(value.shape))


class LazyLinear(Lazy, Linear):
    """A Linear whose in_features is the last size of its first input (PyTorch's page torch.nn.LazyLinear).

    >>> from tinygrad_lite import nn, zeros
    >>> net = nn.Sequential(nn.LazyLinear(8), nn.ReLU(), nn.LazyLinear(2))
    >>> net[0].weight
    <UninitializedParameter>
    >>> net(zeros(5, 3)).shape
    torch.Size([5, 2])
    >>> net[0]
    Linear(in_features=3, out_features=8, bias=True)
    """

    becomes = Linear

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None):
        super().__init__(0, 0, False)
        self.out_features = out_features
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)
        self._wait()

    def reset_parameters(self) -> None:
        """Draw the weight and the bias anew, if they have a shape."""
        if not self.has_uninitialized_params() and self.in_features:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Take in_features from the input's last size."""
        self.in_features = input.shape[-1]
        if self.has_uninitialized_params():
            self.weight.materialize((self.out_features, self.in_features))
            if self.bias is not None:
                self.bias.materialize((self.out_features,))
            self.reset_parameters()


class LazyConvolution(Lazy, Convolution):
    """What lazy convolutions have in common: in_channels is the first input's."""

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
        super()._prepare(
            0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode, output_padding, device, dtype
        )
        self.out_channels = out_channels
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)
        self._wait()

    def reset_parameters(self) -> None:
        """Draw the weight and the bias anew, if they have a shape."""
        if not self.has_uninitialized_params() and self.in_channels:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor, *rest: Any, **options: Any) -> None:
        """Take in_channels from the input."""
        n, name = self.dims, type(self).__name__
        if input.ndim not in (n + 1, n + 2):
            raise RuntimeError(
                f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {name}, but got input of size: "
                f"{tuple(input.shape)}"
            )
        self.in_channels = input.shape[-n - 1]
        if self.in_channels % self.groups:
            raise ValueError(f"{name}: in_channels must be divisible by groups: {self.in_channels}, {self.groups}")
        if self.has_uninitialized_params():
            first, second = self.out_channels, self.in_channels // self.groups
            if self.transposed:
                first, second = self.in_channels, self.out_channels // self.groups
            self.weight.materialize((first, second, *self.kernel_size))
            if self.bias is not None:
                self.bias.materialize((self.out_channels,))
            self.reset_parameters()


class LazyForward(LazyConvolution, Forward):
    """A lazy convolution."""

    def __init__(
        self,
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
        super().__init__(
            0, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device, dtype
        )


class LazyConv1d(LazyForward, Conv1d):
    """A lazy Conv1d (PyTorch's page torch.nn.LazyConv1d)."""

    becomes = Conv1d


class LazyConv2d(LazyForward, Conv2d):
    """A lazy Conv2d (PyTorch's page torch.nn.LazyConv2d).

    >>> from tinygrad_lite import nn, zeros
    >>> layer = nn.LazyConv2d(4, kernel_size=3)
    >>> layer(zeros(1, 3, 8, 8)).shape, layer.weight.shape
    (torch.Size([1, 4, 6, 6]), torch.Size([4, 3, 3, 3]))
    """

    becomes = Conv2d


class LazyConv3d(LazyForward, Conv3d):
    """A lazy Conv3d (PyTorch's page torch.nn.LazyConv3d)."""

    becomes = Conv3d


class LazyBackward(LazyConvolution, Transposed):
    """A lazy transposed convolution."""

    def __init__(
        self,
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
        super().__init__(
            0, out_channels, kernel_size, stride, padding, output_padding, groups, bias, dilation, padding_mode, device,
            dtype,
        )  # fmt: skip


class LazyConvTranspose1d(LazyBackward, ConvTranspose1d):
    """A lazy ConvTranspose1d (PyTorch's page torch.nn.LazyConvTranspose1d)."""

    becomes = ConvTranspose1d


class LazyConvTranspose2d(LazyBackward, ConvTranspose2d):
    """A lazy ConvTranspose2d (PyTorch's page torch.nn.LazyConvTranspose2d)."""

    becomes = ConvTranspose2d


class LazyConvTranspose3d(LazyBackward, ConvTranspose3d):
    """A lazy ConvTranspose3d (PyTorch's page torch.nn.LazyConvTranspose3d)."""

    becomes = ConvTranspose3d


class LazyNorm(Lazy, ChannelNorm):
    """What lazy normalisations have in common: num_features is the second size of the first input."""

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ):
        super().__init__(0, eps, momentum, False, False)  # type: ignore[arg-type]
        self.affine, self.track_running_stats = affine, track_running_stats
        if affine:
            self.weight = UninitializedParameter(device=device, dtype=dtype)
            if bias:
                self.bias = UninitializedParameter(device=device, dtype=dtype)
        if track_running_stats:
            self.running_mean = UninitializedBuffer(device=device, dtype=dtype)
            self.running_var = UninitializedBuffer(device=device, dtype=dtype)
            self.num_batches_tracked = creation.tensor(0, dtype=int64)
        self._wait()

    def reset_parameters(self) -> None:
        """Set the weight to 1 and the bias to 0, and forget the running statistics, if there is a shape."""
        if not self.has_uninitialized_params() and self.num_features:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Take num_features from the input's second size."""
        if self.affine or self.track_running_stats:
            self.num_features = input.shape[1]
        if self.has_uninitialized_params():
            for t in (self.weight, self.bias, self.running_mean, self.running_var):
                if isinstance(t, Uninitialized):
                    t.materialize((self.num_features,))
            self.reset_parameters()


class LazyBatchNorm1d(LazyNorm, BatchNorm1d):
    """A lazy BatchNorm1d (PyTorch's page torch.nn.LazyBatchNorm1d)."""

    becomes = BatchNorm1d


class LazyBatchNorm2d(LazyNorm, BatchNorm2d):
    """A lazy BatchNorm2d (PyTorch's page torch.nn.LazyBatchNorm2d)."""

    becomes = BatchNorm2d


class LazyBatchNorm3d(LazyNorm, BatchNorm3d):
    """A lazy BatchNorm3d (PyTorch's page torch.nn.LazyBatchNorm3d)."""

    becomes = BatchNorm3d


class LazyInstanceNorm1d(LazyNorm, InstanceNorm1d):
    """A lazy InstanceNorm1d (PyTorch's page torch.nn.LazyInstanceNorm1d)."""

    becomes = InstanceNorm1d


class LazyInstanceNorm2d(LazyNorm, InstanceNorm2d):
    """A lazy InstanceNorm2d (PyTorch's page torch.nn.LazyInstanceNorm2d)."""

    becomes = InstanceNorm2d


class LazyInstanceNorm3d(LazyNorm, InstanceNorm3d):
    """A lazy InstanceNorm3d (PyTorch's page torch.nn.LazyInstanceNorm3d)."""

    becomes = InstanceNorm3d
