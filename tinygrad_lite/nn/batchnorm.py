"""Normalisation of channels over a batch (BatchNorm) or over each sample (InstanceNorm), with running statistics."""

import warnings
from typing import Any

from .. import creation
from ..dtypes import int64
from ..tensor import Parameter, Tensor
from . import functional as F, init
from .module import Module


class ChannelNorm(Module):
    """What BatchNorm and InstanceNorm have in common.

    weight, bias               (num_features,), from 1 and 0; None without `affine`
    running_mean, running_var  (num_features,), from 0 and 1: buffers; None without `track_running_stats`
    num_batches_tracked        how many batches the running statistics have seen

    momentum is the share of the new batch in the running statistics; None: all batches count alike.
    """

    dims: tuple[int, ...] = ()  # the numbers of dimensions that an input may have

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ):
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats

        def numbers() -> Tensor:
            return creation.empty(num_features, dtype=dtype, device=device)

        self.register_parameter("weight", Parameter(numbers()) if affine else None)
        self.register_parameter("bias", Parameter(numbers()) if affine and bias else None)
        self.register_buffer("running_mean", numbers() if track_running_stats else None)
        self.register_buffer("running_var", numbers() if track_running_stats else None)
        self.register_buffer("num_batches_tracked", creation.tensor(0, dtype=int64) if track_running_stats else None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget what the running statistics have seen."""
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Set the weight to 1 and the bias to 0, and forget the running statistics."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def _check(self, input: Tensor) -> None:
        if input.ndim not in self.dims:
            wanted = " or ".join(f"{n}D" for n in self.dims)
            raise ValueError(f"expected {wanted} input (got {input.ndim}D input of shape {tuple(input.shape)})")

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class BatchNorm(ChannelNorm):
    """y = (x − m)/√(v + eps)·weight + bias per channel; m, v are the batch's, after `eval()` the running ones."""

    def forward(self, input: Tensor) -> Tensor:
        self._check(input)
        momentum = self.momentum
        if self.training and self.track_running_stats:
            self.num_batches_tracked.add_(1)
            if momentum is None:
                momentum = 1.0 / float(self.num_batches_tracked)
        by_batch = self.training or self.running_mean is None
        mean, var = (
            (self.running_mean, self.running_var) if not self.training or self.track_running_stats else (None, None)
        )
        return F.batch_norm(
            input, mean, var, self.weight, self.bias, by_batch, 0.0 if momentum is None else momentum, self.eps
        )


class BatchNorm1d(BatchNorm):
    """Batch normalisation of (N, C) or (N, C, L) (PyTorch's page torch.nn.BatchNorm1d).

    >>> import tinygrad_lite as tl
    >>> tl.nn.BatchNorm1d(2, affine=False)(tl.tensor([[1.0, 10.0], [3.0, 30.0]]))
    tensor([[-1.0000, -1.0000],
            [ 1.0000,  1.0000]])
    """

    dims = (2, 3)


class BatchNorm2d(BatchNorm):
    """Batch normalisation of (N, C, H, W) (PyTorch's page torch.nn.BatchNorm2d)."""

    dims = (4,)


class BatchNorm3d(BatchNorm):
    """Batch normalisation of (N, C, D, H, W) (PyTorch's page torch.nn.BatchNorm3d)."""

    dims = (5,)


class InstanceNorm(ChannelNorm):
    """y = (x − m)/√(v + eps)·weight + bias for each channel of each sample, m and v over its places.

    After `eval()`, with `track_running_stats`, m and v are the running ones.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ):
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def forward(self, input: Tensor) -> Tensor:
        self._check(input)
        single = input.ndim == self.dims[0]
        d = 0 if single else 1
        if input.shape[d] != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={d} to match num_features ({self.num_features}), but got: "
                    f"{input.shape[d]}."
                )
            warnings.warn(
                f"input's size at dim={d} does not match num_features. You can silence this warning by not passing in "
                "num_features, which is not used because affine=False",
                stacklevel=3,
            )
        y = F.instance_norm(
            input.unsqueeze(0) if single else input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return y.squeeze(0) if single else y


class InstanceNorm1d(InstanceNorm):
    """Instance normalisation of (N, C, L) or (C, L) (PyTorch's page torch.nn.InstanceNorm1d)."""

    dims = (2, 3)


class InstanceNorm2d(InstanceNorm):
    """Instance normalisation of (N, C, H, W) or (C, H, W) (PyTorch's page torch.nn.InstanceNorm2d)."""

    dims = (3, 4)


class InstanceNorm3d(InstanceNorm):
    """Instance normalisation of (N, C, D, H, W) or (C, D, H, W) (PyTorch's page torch.nn.InstanceNorm3d)."""

    dims = (4, 5)
