"""Uniform and normal numbers, and what is made of one of them by a formula."""

from math import log1p, tan
from typing import Any

import numpy as np

from ..errors import ShapeError
from .mt19937 import Generator, default_generator
from .sampling_arrays import by_c_library, empty, floating, rounded, unit53
from .sampling_fma import fma
from .sampling_normal import BLOCK, in_blocks, in_pairs


def rand(generator: Generator | None, shape: tuple[int, ...], dtype: Any = np.float32) -> np.ndarray:
    """Uniform on [0, 1): k 2⁻²⁴ with 0 ≤ k < 2²⁴ from one draw; for float64 k 2⁻⁵³ from two.

    PyTorch's page: torch.rand. Raises NotImplementedError unless `dtype` is a floating-point one.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> rand(Generator().manual_seed(0), (3,))
    array([0.4962566 , 0.7682218 , 0.08847743], dtype=float32)
    """
    return _uniform(generator or default_generator, empty("rand", shape, floating("rand", dtype)), 0.0, 1.0)


def uniform(
    generator: Generator | None, shape: tuple[int, ...], low: float = 0.0, high: float = 1.0, dtype: Any = np.float32
) -> np.ndarray:
    """Uniform on [low, high): low + (high − low)·x with x from `rand`, rounded once; a result of `high` becomes `low`.

    PyTorch's page: torch.Tensor.uniform_. float16 is made from the same draws as float32. Raises RuntimeError for
    bounds that are in the wrong order, outside of the dtype, or too far apart for it.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> uniform(Generator().manual_seed(0), (3,), -1, 1)
    array([-0.00748682,  0.5364436 , -0.82304513], dtype=float32)
    """
    dtype = floating("uniform_", dtype)
    limit = float(np.finfo(dtype).max)
    for name, bound in ("from", low), ("to", high):
        if not -limit <= bound <= limit:
            raise RuntimeError(f"uniform_: {name} is out of bounds for {dtype}: {bound}")
    if low > high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low} > to={high}")
    if high - low > limit:
        raise RuntimeError(f"uniform_: to - from exceeds the largest {dtype}, found from={low}, to={high}")
    return _uniform(generator or default_generator, empty("uniform_", shape, dtype), low, high)


def _uniform(generator: Generator, out: np.ndarray, low: float, high: float) -> np.ndarray:
    """Fill an array, and return it."""
    wide = out.dtype == np.float64
    working, bits = (np.float64, 53) if wide else (np.float32, 24)
    start = float(working(low))
    size = float(working(working(high) - working(low)))
    flat, unit, step = out.reshape(-1), start == 0 and size == 1, working(2.0**-bits)
    with generator.lock:
        for begin in range(0, out.size, BLOCK):
            part = flat[begin : begin + BLOCK]
            x = generator.draw(part.size, bits).astype(working)
            x *= step
            part[:] = x if unit else fma(x, size, start, grid=2.0**-bits)
    if not unit or out.dtype == np.float16:
        flat[flat == out.dtype.type(high)] = low
    return out


def randn(generator: Generator | None, shape: tuple[int, ...], dtype: Any = np.float32) -> np.ndarray:
    """Normal with mean 0 and standard deviation 1: see `normal`. PyTorch's page: torch.randn.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> randn(Generator().manual_seed(0), (3,))
    array([ 1.5409961, -0.2934289, -2.1787894], dtype=float32)
    """
    return normal(generator, shape, 0.0, 1.0, dtype)


def normal(
    generator: Generator | None,
    shape: tuple[int, ...],
    mean: float = 0.0,
    std: float = 1.0,
    dtype: Any = np.float32,
    contiguous: bool = True,
) -> np.ndarray:
    """Normal: mean + std·z, rounded once, with z by the Box–Muller transform (`sampling_normal.py`).

    PyTorch's pages: torch.normal, torch.Tensor.normal_. `contiguous=False` gives the numbers that PyTorch writes into a
    tensor that is not contiguous: in pairs, whatever the size. Raises RuntimeError for std < 0 and
    NotImplementedError unless `dtype` is a floating-point one.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> normal(Generator().manual_seed(0), (2,), mean=10, std=0.5, dtype="float64")
    array([10.77049805,  9.85328555])
    """
    if not std >= 0:
        raise RuntimeError(f"normal: expects std >= 0.0, but found std {std}")
    dtype = floating("normal_", dtype)
    generator = generator or default_generator
    out = empty("normal_", shape, dtype)
    if out.size < 16 or not contiguous:
        with generator.lock:
            z = in_pairs(generator, out.size)
        return rounded(fma(z, float(std), float(mean)), dtype).reshape(shape)
    with generator.lock:
        in_blocks(generator, out.reshape(-1), mean, std)
    return out


def normal_like(generator: Generator | None, mean: np.ndarray | float, std: np.ndarray | float) -> np.ndarray:
    """Normal with a mean or a standard deviation of its own for each element: mean + std·z, rounded after each step.

    PyTorch's page: torch.normal, the forms with tensors. The shape is that to which the arrays broadcast, the dtype
    that of `mean` if it is an array, else that of `std`. Raises RuntimeError for a negative std, and for shapes that
    do not broadcast.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> normal_like(Generator().manual_seed(0), np.zeros(3, np.float32), np.array([1, 10, 100], np.float32))
    array([   1.5409961,   -2.934289 , -217.87894  ], dtype=float32)
    """
    lead = mean if isinstance(mean, np.ndarray) else std
    if not isinstance(lead, np.ndarray):
        raise TypeError("normal: mean or std must be an array; for two numbers there is normal(generator, shape, …)")
    try:
        shape = np.broadcast_shapes(np.shape(mean), np.shape(std))
    except ValueError:
        raise ShapeError(
            f"normal: mean of shape {np.shape(mean)} and std of shape {np.shape(std)} do not broadcast"
        ) from None
    if not lead.size:  # nothing of any dtype is drawn as nothing, as in PyTorch
        return np.empty(shape, lead.dtype)
    if not isinstance(std, np.ndarray):
        z = normal(generator, lead.shape, 0.0, std, lead.dtype)
    else:
        if not (std >= 0).all():
            raise RuntimeError("normal: expects all elements of std >= 0.0")
        z = normal(generator, shape, 0.0, 1.0, lead.dtype)
        with np.errstate(over="ignore"):
            np.multiply(z, _beside(std, z), z, casting="same_kind")
    with np.errstate(over="ignore"):
        np.add(z, _beside(mean, z), z, casting="same_kind")
    return z


def _beside(x: np.ndarray | float, z: np.ndarray) -> np.ndarray:
    """x in the dtype in which PyTorch computes with it and z: a wider float stays one, if it has dimensions."""
    x = np.asarray(x)
    return x if x.dtype.kind == "f" and x.ndim else x.astype(z.dtype)


def log_normal(
    generator: Generator | None, shape: tuple[int, ...], mean: float = 1.0, std: float = 2.0, dtype: Any = np.float32
) -> np.ndarray:
    """exp(mean + std·z), z normal; in float64, whatever the dtype. PyTorch's page: torch.Tensor.log_normal_.

    Raises RuntimeError unless std > 0.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> log_normal(Generator().manual_seed(0), (2,), mean=0, std=1)
    array([4.669239 , 0.7457022], dtype=float32)
    """
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std}")
    dtype = floating("log_normal_", dtype)
    generator = generator or default_generator
    out = empty("log_normal_", shape, dtype)
    with generator.lock:
        z = in_pairs(generator, out.size)
    with np.errstate(over="ignore"):
        return rounded(np.exp(fma(z, float(std), float(mean))), dtype).reshape(shape)


def exponential(
    generator: Generator | None, shape: tuple[int, ...], rate: float = 1.0, dtype: Any = np.float32
) -> np.ndarray:
    """−log(1 − x)/rate, x uniform on [0, 1); in float64, whatever the dtype. PyTorch's page: torch.Tensor.exponential_.

    Raises RuntimeError unless rate > 0.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> exponential(Generator().manual_seed(0), (2,))
    array([3.5083263, 1.2303847], dtype=float32)
    """
    if not rate > 0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={rate}")
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        raise RuntimeError(f"exponential_: a continuous distribution needs a floating-point dtype, not {dtype}")
    generator = generator or default_generator
    out = empty("exponential_", shape, dtype)
    x = -unit53(generator, out.size)
    x = by_c_library(log1p, np.log1p, x) if dtype == np.float64 else np.log1p(x)
    x *= -1.0 / rate
    return rounded(x, dtype).reshape(shape)


def cauchy(
    generator: Generator | None,
    shape: tuple[int, ...],
    median: float = 0.0,
    sigma: float = 1.0,
    dtype: Any = np.float32,
) -> np.ndarray:
    """median + sigma·tan(π(x − ½)), x uniform on [0, 1); in float64. PyTorch's page: torch.Tensor.cauchy_.

    Raises RuntimeError unless sigma > 0.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> cauchy(Generator().manual_seed(0), (2,))
    array([10.59773  ,  0.7647673], dtype=float32)
    """
    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma}")
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        raise RuntimeError(f"cauchy_: a continuous distribution needs a floating-point dtype, not {dtype}")
    generator = generator or default_generator
    out = empty("cauchy_", shape, dtype)
    x = np.pi * (unit53(generator, out.size) - 0.5)
    x = by_c_library(tan, np.tan, x) if dtype == np.float64 else np.tan(x)
    return rounded(fma(x, float(sigma), float(median)), dtype).reshape(shape)


def geometric(generator: Generator | None, shape: tuple[int, ...], p: float, dtype: Any = np.float32) -> np.ndarray:
    """The number of throws until a coin of probability p shows heads: ⌈log x/log(1 − p)⌉, x uniform on [0, 1).

    PyTorch's page: torch.Tensor.geometric_. Raises RuntimeError unless 0 < p < 1, NotImplementedError for bool.

    >>> from tinygrad_lite.kernels.mt19937 import Generator
    >>> geometric(Generator().manual_seed(0), (3,), 0.1, dtype="int64")
    array([1, 4, 8])
    """
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p}")
    dtype = np.dtype(dtype)
    if dtype.kind not in "iuf" or (dtype.kind == "u" and dtype.itemsize > 1):
        raise NotImplementedError(f'"geometric_" not implemented for {dtype}')
    out = empty("geometric_", shape, dtype)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.ceil(np.log(unit53(generator or default_generator, out.size)) / log1p(-p))
        return rounded(x, dtype).reshape(shape)
