"""Temporary stand-ins until reduce, softmax, comparison, join and linalg arrive."""
import numpy as np
from ..operation import binary, constant, gathered, nary, unary
from .dims import dim as onedim
from .dims import dims
from .shape import expand, reshape
from .axes import transpose

def _op(name, f):
    def rule(a, b):
        return f(a, b)
    rule.__name__ = name
    rule.__doc__ = "y = a ? b"
    return constant(rule)
eq=_op("eq",np.equal); ne=_op("ne",np.not_equal); lt=_op("lt",np.less); le=_op("le",np.less_equal); gt=_op("gt",np.greater); ge=_op("ge",np.greater_equal)
bitwise_and=_op("bitwise_and",np.bitwise_and); bitwise_or=_op("bitwise_or",np.bitwise_or); bitwise_xor=_op("bitwise_xor",np.bitwise_xor)
logical_and=_op("logical_and",np.logical_and); logical_or=_op("logical_or",np.logical_or); logical_xor=_op("logical_xor",np.logical_xor)
@constant
def bitwise_not(x):
    """y = ~x"""
    return ~x
@constant
def logical_not(x):
    """y = not x"""
    return np.logical_not(x)
@constant
def isnan(x):
    """y = x is nan"""
    return np.isnan(x)
@constant
def isinf(x):
    """y = x is inf"""
    return np.isinf(x)
@constant
def isfinite(x):
    """y = x is finite"""
    return np.isfinite(x)
@constant
def argmax(x, dim=None, keepdim=False):
    """y = argmax x"""
    return np.asarray(np.argmax(x, dim, keepdims=keepdim))
@constant
def argmin(x, dim=None, keepdim=False):
    """y = argmin x"""
    return np.asarray(np.argmin(x, dim, keepdims=keepdim))
@constant
def all(x, dim=None, keepdim=False):
    """y = all x"""
    return np.asarray(np.all(x, dim, keepdims=keepdim))
@constant
def any(x, dim=None, keepdim=False):
    """y = any x"""
    return np.asarray(np.any(x, dim, keepdims=keepdim))
def _back(shape, d, keepdim):
    def pull(g):
        if not keepdim:
            g = reshape(g, tuple(1 if i in d else n for i, n in enumerate(shape)))
        return expand(g, shape)
    return pull
@unary(linear=True)
def sum(x, dim=None, keepdim=False, *, dtype=None):
    """y = sum x        dy = sum dx"""
    d = dims(dim, x.ndim, "sum")
    return x.sum(axis=d if x.ndim else None, keepdims=keepdim), _back(x.shape, d, keepdim)
def mean(x, dim=None, keepdim=False, *, dtype=None):
    a = x.array if hasattr(x, "array") else x
    d = dims(dim, a.ndim, "mean")
    n = int(np.prod([a.shape[i] for i in d])) if d else 1
    return sum(x, dim, keepdim) / n
def var(x, dim=None, correction=1, keepdim=False):
    a = x.array if hasattr(x, "array") else x
    d = dims(dim, a.ndim, "var")
    n = int(np.prod([a.shape[i] for i in d])) if d else 1
    c = x - mean(x, dim, True)
    return sum(c * c, dim, keepdim) / (n - correction)
def std(x, dim=None, correction=1, keepdim=False):
    return var(x, dim, correction, keepdim) ** 0.5
@unary(linear=True)
def amax(x, dim=None, keepdim=False):
    """y = max x        dy = dx there"""
    d = dims(dim, x.ndim, "amax")
    y = x.max(axis=d, keepdims=True)
    m = (x == y).astype(x.dtype); m = m / m.sum(axis=d, keepdims=True)
    b = _back(x.shape, d, keepdim)
    return (y if keepdim else np.squeeze(y, d)), lambda g: b(g) * m
def amin(x, dim=None, keepdim=False):
    return -amax(-x, dim, keepdim)
def max(x, dim=None, keepdim=False):
    return amax(x) if dim is None else (amax(x, dim, keepdim), argmax(x, dim, keepdim))
def min(x, dim=None, keepdim=False):
    return amin(x) if dim is None else (amin(x, dim, keepdim), argmin(x, dim, keepdim))
@unary
def softmax(x, dim, *, dtype=None):
    """y = softmax x        dy = y (dx - sum y dx)"""
    e = np.exp(x - x.max(axis=dim, keepdims=True))
    y = e / e.sum(axis=dim, keepdims=True)
    return y, lambda g: y * (g - sum(g * y, dim, True))
@unary
def log_softmax(x, dim, *, dtype=None):
    """y = log softmax x        dy = dx - sum softmax dx"""
    c = x - x.max(axis=dim, keepdims=True)
    y = c - np.log(np.exp(c).sum(axis=dim, keepdims=True))
    return y, lambda g: g - np.exp(y) * sum(g, dim, True)
@unary
def logsumexp(x, dim, keepdim=False):
    """y = log sum exp x        dy = softmax dx"""
    m = x.max(axis=dim, keepdims=True)
    y = np.log(np.exp(x - m).sum(axis=dim, keepdims=True)) + m
    y = y if keepdim else np.squeeze(y, dim)
    return y, lambda g: (g if keepdim else np.expand_dims(g, dim)) * np.exp(x - (y if keepdim else np.expand_dims(y, dim)))
@unary(linear=True)
def cumsum(x, dim, *, dtype=None):
    """y = cumsum x        dy = cumsum dx"""
    return np.cumsum(x, dim), lambda g: np.flip(cumsum(np.flip(g, dim), dim), dim)
prod = sum
@gathered
def cat(arrays, dim=0):
    """y = cat        dy = cat"""
    y = np.concatenate(arrays, dim)
    pulls, start = [], 0
    for a in arrays:
        n = a.shape[dim]
        ix = (slice(None),) * (dim % y.ndim) + (slice(start, start + n),)
        pulls.append(lambda g, ix=ix: g[ix]); start += n
    return y, pulls
@gathered
def stack(arrays, dim=0):
    """y = stack        dy = stack"""
    y = np.stack(arrays, dim)
    d = dim % y.ndim
    return y, [lambda g, i=i: g[(slice(None),) * d + (i,)] for i in range(len(arrays))]
hstack = vstack = stack
@binary
def matmul(a, b):
    """y = a b        dy = da b + a db"""
    y = a @ b
    return y, lambda g: g @ b.mT, lambda g: a.mT @ g
@nary
def linear(x, weight, bias=None):
    """y = x wT + b        dy = dx wT + x dwT + db"""
    y = x @ weight.T
    if bias is not None:
        y = y + bias
    return y, lambda g: g @ weight, lambda g: reshape(g, (-1, g.shape[-1])).T @ reshape(x, (-1, x.shape[-1])), lambda g: g
outer = einsum = tensordot = matmul
def divide(input, other, *, rounding_mode=None):
    from .arithmetic import div
    from .rounding import div_floor, div_trunc
    return {None: div, "floor": div_floor, "trunc": div_trunc}[rounding_mode](input, other)
