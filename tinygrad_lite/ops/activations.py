"""Activations: the nonlinear functions between the layers of a network."""

import numpy as np

from ..kernels import logistic
from ..kernels.choice import ZERO
from ..kernels.erf import erf as gauss
from ..operation import unary
from .choice import kept, where
from .trigonometry import tanh

HALF_ROOT, ROOT = 0.5**0.5, (2 / np.pi) ** 0.5
LAMBDA, ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717


@unary
def sigmoid(x):
    """y = 1/(1 + e⁻ˣ)        dy = y (1 − y) dx

    It does not overflow for any x. PyTorch's page torch.sigmoid.

    >>> import tinygrad_lite as tl
    >>> tl.sigmoid(tl.tensor([-1000.0, 0.0, 1.0]))
    tensor([0.0000, 0.5000, 0.7311])
    """
    y = logistic.sigmoid(x)
    return y, lambda g: g * (y - y * y)


@unary
def rectified_tanh(x):
    """y = ½ (1 + tanh x)        dy = 2 y (1 − y) dx

    Between 0 and 1, with slope ½ at 0.

    >>> import tinygrad_lite as tl
    >>> tl.rectified_tanh(tl.tensor([-1.0, 0.0, 1.0]))
    tensor([0.1192, 0.5000, 0.8808])
    """
    y = 0.5 + 0.5 * np.tanh(x)
    return y, lambda g: 2 * g * (y - y * y)


@unary(linear=True)
def relu(x):
    """y = max(x, 0)        dy = dx where x > 0, else 0

    PyTorch's page torch.nn.functional.relu.

    >>> import tinygrad_lite as tl
    >>> tl.relu(tl.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    y = np.maximum(x, ZERO[x.dtype])
    return y, lambda g: kept(g, y)


@unary(linear=True)
def leaky_relu(x, negative_slope=0.01):
    """y = x where x > 0, else αx        dy = dx where x > 0, else α dx

    PyTorch's page torch.nn.functional.leaky_relu; Maas, Hannun, Ng 2013.

    >>> import tinygrad_lite as tl
    >>> tl.leaky_relu(tl.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    alpha = np.array(negative_slope, x.dtype)
    if 0 < alpha <= 1:
        y = np.maximum(x, alpha * x)  # y has the sign of x, and no mask has to be kept
        return y, lambda g: g * np.maximum(np.sign(y), alpha)
    positive = x > 0
    return np.where(positive, x, alpha * x), lambda g: g * np.where(positive, 1, alpha).astype(g.dtype)


@unary(linear=True)
def hardtanh(x, min_val=-1.0, max_val=1.0):
    """y = x limited to [a, b]        dy = dx where a < x < b, else 0

    PyTorch's page torch.nn.functional.hardtanh; `relu6` is hardtanh(x, 0, 6).
    """
    if min_val > max_val:
        raise ValueError(f"hardtanh: min_val {min_val} is greater than max_val {max_val}")
    inside = (x > min_val) & (x < max_val)
    return np.minimum(np.maximum(x, min_val), max_val).astype(x.dtype, copy=False), lambda g: kept(g, inside)


@unary(linear=True)
def threshold(x, threshold, value):
    """y = x where x > t, else v        dy = dx where x > t, else 0

    PyTorch's page torch.nn.functional.threshold.
    """
    above = x > threshold
    return np.where(above, x, np.array(value, x.dtype)), lambda g: kept(g, above)


@unary(linear=True)
def hardshrink(x, lambd=0.5):
    """y = x where |x| > λ, else 0        dy = dx where |x| > λ, else 0

    PyTorch's page torch.nn.functional.hardshrink.
    """
    outside = np.abs(x) > lambd
    return np.where(outside, x, ZERO[x.dtype]), lambda g: kept(g, outside)


@unary(linear=True)
def softshrink(x, lambd=0.5):
    """y = x − λ sign x where |x| > λ, else 0        dy = dx where |x| > λ, else 0

    PyTorch's page torch.nn.functional.softshrink.
    """
    if lambd < 0:
        raise RuntimeError(f"softshrink: lambda must be greater or equal to 0, but found to be {lambd}")
    outside = np.abs(x) > lambd
    return np.where(outside, x - np.copysign(lambd, x).astype(x.dtype), ZERO[x.dtype]), lambda g: kept(g, outside)


@unary
def softplus(x, beta=1.0, threshold=20.0):
    """y = ln(1 + e^βx)/β        dy = σ(βx) dx

    y = x where βx > threshold, as in PyTorch. PyTorch's page torch.nn.functional.softplus.

    >>> import tinygrad_lite as tl
    >>> tl.softplus(tl.tensor([-1000.0, 0.0, 1000.0]))
    tensor([   0.0000,    0.6931, 1000.0000])
    """
    y = np.where(beta * x > threshold, x, logistic.softplus(beta * x) / beta)
    return y, lambda g: g * where(beta * x > threshold, x * 0 + 1, sigmoid(beta * x))


@unary
def logsigmoid(x):
    """y = ln σ(x)        dy = σ(−x) dx

    PyTorch's page torch.nn.functional.logsigmoid.
    """
    return -logistic.softplus(-x), lambda g: g * sigmoid(-x)


@unary
def elu(x, alpha=1.0):
    """y = x where x > 0, else α (eˣ − 1)        dy = dx where x > 0, else (y + α) dx

    PyTorch's page torch.nn.functional.elu; Clevert, Unterthiner, Hochreiter 2015.
    """
    y = bent(x, 1.0, alpha, 1.0)
    return y, lambda g: g * where(x > 0, x * 0 + 1, y + alpha)


@unary
def selu(x):
    """y = λx where x > 0, else λα (eˣ − 1)        dy = λ dx where x > 0, else (y + λα) dx

    λ = 1.0507…, α = 1.6733…: activations keep mean 0 and variance 1. PyTorch's page torch.nn.functional.selu;
    Klambauer, Unterthiner, Mayr, Hochreiter 2017.
    """
    y = bent(x, LAMBDA, LAMBDA * ALPHA, 1.0)
    return y, lambda g: g * where(x > 0, x * 0 + LAMBDA, y + LAMBDA * ALPHA)


@unary
def celu(x, alpha=1.0):
    """y = x where x > 0, else α (e^(x/α) − 1)        dy = dx where x > 0, else (y/α + 1) dx

    PyTorch's page torch.nn.functional.celu; Barron 2017.
    """
    if alpha == 0:
        raise RuntimeError("celu: ZeroDivisionError: alpha cannot be 0 for CELU")
    y = bent(x, 1.0, alpha, 1 / alpha)
    return y, lambda g: g * where(x > 0, x * 0 + 1, y / alpha + 1)


def bent(x, slope, height, rate):
    """slope · x to the right of 0, height · (e^(rate · x) − 1) to the left."""
    zero = ZERO[x.dtype] if x.dtype in ZERO else 0
    return slope * np.maximum(x, zero) + height * np.expm1(rate * np.minimum(x, zero))


@unary
def softsign(x):
    """y = x/(1 + |x|)        dy = dx/(1 + |x|)²

    PyTorch's page torch.nn.functional.softsign.
    """
    return x / (1 + np.abs(x)), lambda g: g / ((1 + np.abs(x)) * (1 + np.abs(x)))


@unary
def tanhshrink(x):
    """y = x − tanh x        dy = tanh² x dx

    PyTorch's page torch.nn.functional.tanhshrink.
    """
    return x - np.tanh(x), lambda g: g * (np.tanh(x) * np.tanh(x))


@unary
def hardsigmoid(x):
    """y = x/6 + ½ limited to [0, 1]        dy = dx/6 where |x| < 3, else 0

    PyTorch's page torch.nn.functional.hardsigmoid.
    """
    return np.clip(x + 3, 0, 6) / 6, lambda g: kept(g / 6, np.abs(array(x)) < 3)
