"""Initial values: every function fills its tensor in place, unrecorded, and returns it (PyTorch's page torch.nn.init).

The same seed gives the same numbers as in PyTorch. d_in and d_out below are the inputs and outputs of one unit: for a
weight of shape (o, i, …) they are i·(…) and o·(…).
"""

import math
import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from .. import writes
from ..kernels import sampling
from ..tensor import Tensor

LINEAR = frozenset({"linear", "sigmoid", *(f"conv{kind}{n}d" for kind in ("", "_transpose") for n in (1, 2, 3))})


def filled(tensor: Tensor, values: Any, name: str) -> Tensor:
    """Write the values in PyTorch's order of filling: as the tensor lies in memory."""
    sampling.memory_order(tensor.array)[...] = values
    writes.mark(tensor.array, f"init.{name}")
    return tensor


def shape_of(tensor: Tensor) -> tuple[int, ...]:
    """The shape in the order in which the tensor lies in memory."""
    return sampling.memory_order(tensor.array).shape


def normals(tensor: Tensor, mean: float, std: float, generator: Any) -> np.ndarray:
    """Normal numbers for a tensor; PyTorch draws others for one that is not contiguous."""
    contiguous = tensor.array.flags.c_contiguous
    return sampling.normal(generator, shape_of(tensor), mean, std, tensor.dtype, contiguous)


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Tensor:
    """x ~ U(a, b)

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.nn.init.uniform_(tl.empty(2), -1, 1)
    tensor([-0.0075,  0.5364])
    """
    return filled(tensor, sampling.uniform(generator, shape_of(tensor), a, b, tensor.dtype), "uniform_")


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    """x ~ N(mean, std²)

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> tl.nn.init.normal_(tl.empty(2))
    tensor([ 1.5410, -0.2934])
    """
    return filled(tensor, normals(tensor, mean, std, generator), "normal_")


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Tensor:
    """x ~ N(mean, std²) given that a ≤ x ≤ b

    What falls outside is drawn again. Where less than 0.3 of the distribution is inside, candidates are drawn
    uniformly from [a, b] and accepted in proportion to the density.
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be "
            "incorrect.",
            stacklevel=2,
        )
    shape, dtype = shape_of(tensor), tensor.dtype

    def below(x: float) -> float:
        return (1.0 + math.erf((x - mean) / std / math.sqrt(2.0))) / 2.0

    if below(b) - below(a) > 0.3:
        low, high = dtype.type(a), dtype.type(b)
        x = normals(tensor, mean, std, generator)
        while (outside := (x < low) | (x > high)).any():
            x = np.where(outside, normals(tensor, mean, std, generator), x)
        return filled(tensor, x, "trunc_normal_")
    peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
    x, pending = np.empty(shape, dtype), np.ones(shape, bool)
    while pending.any():
        candidates = sampling.uniform(generator, shape, a, b, dtype)
        x = np.where(pending, candidates, x)
        log_density = ((candidates - mean) / std) ** 2 * -0.5 - peak
        with np.errstate(divide="ignore"):
            pending &= np.log(sampling.uniform(generator, shape, 0.0, 1.0, dtype)) > log_density
    return filled(tensor, x, "trunc_normal_")


def constant_(tensor: Tensor, val: float) -> Tensor:
    """x = val"""
    return filled(tensor, val, "constant_")


def ones_(tensor: Tensor) -> Tensor:
    """x = 1"""
    return filled(tensor, 1, "ones_")


def zeros_(tensor: Tensor) -> Tensor:
    """x = 0"""
    return filled(tensor, 0, "zeros_")


def eye_(tensor: Tensor) -> Tensor:
    """The identity matrix: a Linear layer that passes on as many inputs as it can."""
    if tensor.ndim != 2:
        raise ValueError(f"eye_: Only tensors with 2 dimensions are supported, not {tuple(tensor.shape)}")
    tensor.array[...] = np.eye(*tensor.array.shape)
    writes.mark(tensor.array, "init.eye_")
    return tensor


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """1 at the centre of each kernel from a channel to itself: a convolution that passes on its channels."""
    if tensor.ndim not in (3, 4, 5):
        raise ValueError(f"dirac_: Only tensors with 3, 4, or 5 dimensions are supported, not {tuple(tensor.shape)}")
    outputs, inputs, *kernel = tensor.array.shape
    if outputs % groups:
        raise ValueError(f"dirac_: dim 0 must be divisible by groups; it is {outputs}, and groups {groups}")
    each = outputs // groups
    tensor.array[...] = 0
    for group in range(groups):
        for channel in range(min(each, inputs)):
            tensor.array[(group * each + channel, channel, *(size // 2 for size in kernel))] = 1
    writes.mark(tensor.array, "init.dirac_")
    return tensor


def fans(tensor: Tensor) -> tuple[int, int]:
    """(d_in, d_out) of a weight."""
    if tensor.ndim < 2:
        raise ValueError(
            "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions: "
            f"this one has shape {tuple(tensor.shape)}. Use uniform_ or normal_ for a bias"
        )
    outputs, inputs, *kernel = tensor.array.shape
    return inputs * math.prod(kernel), outputs * math.prod(kernel)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which an activation shrinks a signal, to be made good by the weights before it.

    1 for linear and sigmoid, 5/3 for tanh, √2 for relu, √(2/(1 + slope²)) for leaky_relu, ¾ for selu
    (K. He et al., Delving Deep into Rectifiers, 2015).

    >>> from tinygrad_lite import nn
    >>> nn.init.calculate_gain("tanh")
    1.6666666666666667
    """
    if nonlinearity in LINEAR:
        return 1
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "selu":
        return 3.0 / 4
    if nonlinearity == "leaky_relu":
        if isinstance(param, bool) or not isinstance(param, (int, float, type(None))):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2.0 / (1 + (0.01 if param is None else param) ** 2))
    raise ValueError(
        f"Unsupported nonlinearity {nonlinearity}; there are linear, sigmoid, tanh, relu, leaky_relu, selu"
    )


def xavier_std(weight: Tensor, gain: float) -> float:
    d_in, d_out = fans(weight)
    return gain * math.sqrt(2.0 / float(d_in + d_out))


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """x ~ U(−a, a), a = gain·√(6/(d_in + d_out))

    Keeps the variance of signals and of derivatives
    (X. Glorot and Y. Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks, 2010).
    """
    a = math.sqrt(3.0) * xavier_std(tensor, gain)
    return uniform_(tensor, -a, a, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """x ~ N(0, σ²), σ = gain·√(2/(d_in + d_out))"""
    return normal_(tensor, 0.0, xavier_std(tensor, gain), generator)


def kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode.lower() not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    return calculate_gain(nonlinearity, a) / math.sqrt(fans(tensor)[mode.lower() == "fan_out"])


def nothing_to_do(tensor: Tensor) -> bool:
    if tensor.array.size == 0:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
    return tensor.array.size == 0


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """x ~ U(−b, b), b = gain·√(3/d_in), with the gain of a leaky_relu of slope a

    Keeps the variance of signals through rectifiers, or of derivatives with mode="fan_out"
    (K. He et al., Delving Deep into Rectifiers, 2015).
    """
    if nothing_to_do(tensor):
        return tensor
    bound = math.sqrt(3.0) * kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """x ~ N(0, σ²), σ = gain/√d_in, with the gain of a leaky_relu of slope a"""
    if nothing_to_do(tensor):
        return tensor
    return normal_(tensor, 0, kaiming_std(tensor, a, mode, nonlinearity), generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Any = None) -> Tensor:
    """gain·Q with orthonormal rows or columns, uniform among all such matrices

    Q of a QR decomposition of a normal matrix, with the signs of R's diagonal (A. Saxe et al., Exact Solutions to the
    Nonlinear Dynamics of Learning in Deep Linear Neural Networks, 2013).
    """
    if tensor.ndim < 2:
        raise ValueError(
            f"orthogonal_: Only tensors with 2 or more dimensions are supported, not {tuple(tensor.shape)}"
        )
    if tensor.array.size == 0:
        return tensor
    rows = tensor.array.shape[0]
    x = sampling.normal(generator, (rows, tensor.array.size // rows), 0, 1, tensor.dtype)
    wide = x.shape[0] < x.shape[1]
    q, r = np.linalg.qr(x.T if wide else x)
    q = q * np.sign(np.diagonal(r))
    tensor.array[...] = (q.T if wide else q).reshape(tensor.array.shape)
    tensor.array[...] *= gain
    writes.mark(tensor.array, "init.orthogonal_")
    return tensor


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Any = None) -> Tensor:
    """x ~ N(0, std²), with a share `sparsity` of each column set to 0

    (J. Martens, Deep Learning via Hessian-Free Optimization, 2010.)
    """
    if tensor.ndim != 2:
        raise ValueError(f"sparse_: Only tensors with 2 dimensions are supported, not {tuple(tensor.shape)}")
    normal_(tensor, 0, std, generator)
    rows, columns = tensor.array.shape
    for column in range(columns):
        tensor.array[sampling.randperm(None, rows)[: math.ceil(sparsity * rows)], column] = 0
    return tensor


# --- the reports' own ---


def xavier_normal_all_(weight: Tensor, bias: Tensor | None = None, gain: float = 1.0, generator: Any = None) -> Tensor:
    """w, b ~ N(0, σ²), σ = gain·√(2/(d_in + d_out)): `xavier_normal_` for the bias, too

    The first report's initialisation, with the gain of the activation after the layer. Returns the weight.

    >>> from tinygrad_lite import nn
    >>> layer = nn.Linear(2, 25)
    >>> _ = nn.init.xavier_normal_all_(layer.weight, layer.bias, nn.init.calculate_gain("relu"))
    """
    std = xavier_std(weight, gain)
    normal_(weight, 0.0, std, generator)
    if bias is not None:
        normal_(bias, 0.0, std, generator)
    return weight


def linear_uniform_(
    weight: Tensor, bias: Tensor | None = None, scale: float = 1 / math.sqrt(3), generator: Any = None
) -> Tensor:
    """w, b ~ U(−c, c), c = scale/√d_in: what Linear starts with (scale = 1), scaled

    With scale = 1/√3 it is the fourth report's "type I": PyTorch's own, with the standard deviation divided by √3. (The
    variance that the report prints beside it, 1/(√3 d_in), is that of scale = 3^¼.) Returns the weight.

    >>> from tinygrad_lite import nn
    >>> layer = nn.Linear(12, 25)
    >>> _ = nn.init.linear_uniform_(layer.weight, layer.bias)
    >>> bool(layer.weight.abs().max() < 1 / 6)
    True
    """
    bound = scale / math.sqrt(fans(weight)[0])
    uniform_(weight, -bound, bound, generator)
    if bias is not None:
        uniform_(bias, -bound, bound, generator)
    return weight


# --- the names without an underscore, from before 2018 ---


def renamed(function: Callable) -> Callable:
    """The function under its older name: it warns, as PyTorch's does, and does the same."""
    name = function.__name__

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        message = f"nn.init.{name[:-1]} is now deprecated in favor of nn.init.{name}."
        warnings.warn(message, FutureWarning, stacklevel=2)
        return function(*args, **kwargs)

    return call


uniform, normal, constant = renamed(uniform_), renamed(normal_), renamed(constant_)
eye, dirac, orthogonal, sparse = renamed(eye_), renamed(dirac_), renamed(orthogonal_), renamed(sparse_)
xavier_uniform, xavier_normal = renamed(xavier_uniform_), renamed(xavier_normal_)
kaiming_uniform, kaiming_normal = renamed(kaiming_uniform_), renamed(kaiming_normal_)
