"""Random expressions: a program of 1 to 30 steps on random tensors, run alike by tinygrad_lite and by PyTorch.

A program is data: what the leaves are, and for each step some whole numbers, from which the step's operation, its
operands and its arguments follow. Which operands fit is decided by shapes and dtypes alone, so both libraries take the
same. Half of the steps are rows of the table of operations, on operands brought to the row's shapes and domain; the
others are written here, for any shapes. Every result is kept below 8, smoothly, so that no step explodes.
"""

import zlib
from dataclasses import dataclass
from functools import cache

import numpy as np
from table import ROWS

SHAPES = ((), (1,), (3,), (4,), (1, 3), (2, 3), (3, 4), (4, 1), (2, 1, 3), (2, 3, 4), (0,), (0, 3), (2, 0), (3, 3))
LARGEST = 200  # elements; larger results are averaged
# The root of the rounding errors where two points are equal: the two libraries have others.
ILL_CONDITIONED = {"euclidean_distances"}
DIFFERENTIABLE = [row for row in ROWS if row.differentiable and row.torch is True and row.name not in ILL_CONDITIONED]

# Each with its name and its number among those of that name.
NAMED = [
    (f"{row.name} {[r.name for r in DIFFERENTIABLE[:k]].count(row.name)}", row) for k, row in enumerate(DIFFERENTIABLE)
]


@dataclass(frozen=True)
class Program:
    """leaves: (shape, dtype, seed), floats require a gradient; steps: (kind, and six numbers for the step to use)"""

    leaves: tuple
    steps: tuple


def leaf_array(shape, dtype, seed):
    random = np.random.default_rng(seed)
    if dtype == "bool":
        return random.random(shape) < 0.5
    if np.dtype(dtype).kind in "iu":
        return np.asarray(random.integers(0, 5, shape), dtype)
    return np.asarray(random.uniform(-2, 2, shape), dtype)


class Machine:
    """Runs a program with one library; `trace` says what each step was. With `mixed` float64 may become float32."""

    def __init__(self, lib, program, arrays=None, mixed=False, detaching=True):
        self.lib, self.program, self.mixed, self.detaching = lib, program, mixed, detaching
        self.leaves, self.values, self.trace = [], [], []
        self.name = ""  # of the row that was run last
        for k, (shape, dtype, seed) in enumerate(program.leaves):
            array = leaf_array(shape, dtype, seed) if arrays is None else arrays[k]
            leaf = lib.tensor(array, requires_grad=array.dtype.kind == "f")
            self.leaves.append(leaf)
            self.values.append(leaf)

    def run(self):
        for kind, *numbers in self.program.steps:
            step = STEPS[kind % len(STEPS)] if kind % 2 else row_step
            results = step(self, *numbers)
            for y in results if isinstance(results, (list, tuple)) else (results,):
                self.values.append(self.tame(y))
            self.trace.append((step.__name__ if kind % 2 else self.name, *numbers, tuple(self.values[-1].shape)))
        return self

    def tame(self, y):
        """Small enough in size, and smoothly below 8; what is not a float stays as it is."""
        if not y.is_floating_point():
            return y
        while y.numel() > LARGEST:
            y = y.mean(-1)
        return y / (1 + y * y / 64).sqrt()

    def pick(self, k, fits=lambda x: x.is_floating_point()):
        """One of the values that fit; the newer half is taken more often. The first float leaf if none does."""
        found = [x for x in self.values if fits(x)]
        if not found:
            return self.leaves[0] * 1
        return found[-1 - k % max(1, len(found) // 2)] if k % 3 else found[k % len(found)]

    def beside(self, k, x):
        """A value of any dtype that broadcasts with x."""
        return self.pick(k, lambda y: broadcasts(x.shape, y.shape))

    def shaped(self, k, shape, low=-2.0, high=2.0, salt=0):
        """A value brought to a shape and into a domain: its elements, again and again, each moved by a little."""
        x = self.pick(k, lambda y: y.is_floating_point() and y.numel())
        size = int(np.prod(shape))
        places = self.lib.tensor(np.arange(size) % max(1, x.numel()))
        x = x.reshape(-1)[places] if x.numel() else self.lib.zeros(size, dtype=x.dtype)
        jitter = self.constant(np.sin(np.arange(size) * 1.7 + 0.3 + 0.9 * salt), x)
        inside = self.lib.sigmoid(x + 0.1 * jitter) * 0.96 + 0.02 + 0.01 * jitter
        return (low + (high - low) * inside).reshape(shape)

    def detached(self, x):
        """x without its history; x itself where finite differences are asked for, which see through it."""
        return x.detach() if self.detaching else x

    def constant(self, array, like):
        return self.lib.tensor(np.asarray(array), dtype=like.dtype)

    def apart(self, x):
        """x with an irregular constant added: no two elements are equal, and none is at a kink."""
        return x + self.constant(np.sin(np.arange(x.numel()) * 2.3 + 1.1).reshape(tuple(x.shape)), x)


@cache
def broadcasts(a, b):
    try:
        np.broadcast_shapes(tuple(a), tuple(b))
    except ValueError:
        return False
    return True


@cache
def row_of(which, case):
    """A row that depends on the numbers alone: a new row in the table takes the place of few others."""
    return max(NAMED, key=lambda pair: zlib.crc32(f"{which} {case} {pair[0]}".encode()))[1]


def row_step(m, which, case, *operands):
    """A row of the table of operations."""
    row = row_of(which, case)
    shapes = row.shapes[case % len(row.shapes)]
    first = m.pick(operands[0], lambda y: y.is_floating_point() and y.numel())
    dtype = first.dtype if str(first.dtype).endswith(("float32", "float64")) else m.lib.float32
    inputs = [
        m.shaped(operands[0] + place * operands[1], shape, *row.domain, salt=place).to(dtype)
        for place, shape in enumerate(shapes)
    ]
    m.name = row.name
    result = row.call(m.lib, *inputs)
    many = result if isinstance(result, (list, tuple)) else (result,)
    return [y for y in many if isinstance(y, m.lib.Tensor) and y.is_floating_point()]


# --- steps for any shape: functions of the machine and of whole numbers ---


def smooth(m, which, k, *_):
    lib, x = m.lib, m.pick(k)
    return [
        lambda: lib.tanh(x),
        lambda: lib.sin(x) + lib.cos(2 * x),
        lambda: lib.exp(lib.sin(x)),
        lambda: lib.log1p(x * x),
        lambda: (1 + x * x).sqrt() - (2 + x**2) ** -0.5,
        lambda: lib.nn.functional.softplus(x),
        lambda: lib.nn.functional.gelu(x),
        lambda: lib.erf(x) * x.atan(),
        lambda: 3 / (2 + x * x) - x**3 / 50,
        lambda: -x + 2.0 ** lib.sin(x),
    ][which % 10]()


def kinked(m, which, k, *_):
    lib, x = m.lib, m.apart(m.pick(k))
    return [
        lambda: lib.relu(x),
        lambda: x.abs(),
        lambda: x.clamp(-1, 1.5),
        lambda: x.floor() + x,
        lambda: x.sign() * x,
        lambda: lib.nn.functional.leaky_relu(x, 0.1),
        lambda: lib.where(x > 0.5, x, x * x),
        lambda: x.masked_fill(x < 0, 0.25),
        lambda: x * (x > 0),
        lambda: x.round() - x % 1.5,
    ][which % 10]()


def binary(m, which, k, j, *_):
    lib, x = m.lib, m.pick(k)
    y = m.beside(j, x)
    f = y if y.is_floating_point() else y.to(x.dtype)
    return [
        lambda: x + y,
        lambda: x - f,
        lambda: x * y,
        lambda: x / (1 + f * f),
        lambda: y * 0.5 + x * 2,
        lambda: lib.maximum(m.apart(x), f),
        lambda: lib.where(x > f, f, x),
        lambda: (1 + x * x) ** lib.sin(f),
        lambda: lib.logaddexp(x.to(f.dtype), f),
        lambda: lib.hypot(x.to(f.dtype) + 10, f),
        lambda: lib.lerp(x.to(f.dtype), f, 0.3),
        lambda: lib.addcmul(x, f, x, value=0.5),
    ][which % 12]()


def reduction(m, which, k, dim, keep, *_):
    lib, x = m.lib, m.apart(m.pick(k, lambda y: y.is_floating_point() and y.numel()))
    d = dim % (2 * x.ndim) - x.ndim if x.ndim else -1
    keepdim = bool(keep % 2)
    return [
        lambda: x.sum(),
        lambda: x.sum(d, keepdim=keepdim),
        lambda: x.mean(d, keepdim=keepdim),
        lambda: x.amax(d, keepdim=keepdim),
        lambda: x.min(d, keepdim=keepdim).values,
        lambda: lib.tanh(x).prod(d, keepdim=keepdim),
        lambda: (x * x).sum(d, keepdim=keepdim).add(1).sqrt(),
        lambda: x.var(d, unbiased=False, keepdim=keepdim),
        lambda: lib.logsumexp(x, d, keepdim=keepdim),
        lambda: lib.softmax(x, d),
        lambda: lib.log_softmax(x, d),
        lambda: x.cumsum(d),
        lambda: lib.tanh(x).cumprod(d),
        lambda: x.sort(d, descending=keepdim).values,
        lambda: x.flatten().median(),
        lambda: x.norm(),
    ][which % 16]()


def empty_reduction(m, which, k, dim, *_):
    x = m.pick(k, lambda y: y.is_floating_point() and y.ndim)
    d = dim % x.ndim if x.ndim else -1
    return [lambda: x.sum(d), lambda: x.prod(d), lambda: x.cumsum(d), lambda: x.softmax(d)][which % 4]()


def shape(m, which, k, a, b, *_):
    lib, x = m.lib, m.pick(k)
    n = max(x.ndim, 1)
    i, j = a % n, b % n
    if not x.ndim:
        x = x.reshape(1)
    return [
        lambda: x.reshape(-1) if x.numel() else x.clone(),
        lambda: x.transpose(i, j),
        lambda: x.permute(*np.roll(range(n), a).tolist()),
        lambda: x.unsqueeze(b % (n + 1)),
        lambda: x.squeeze(),
        lambda: x.unsqueeze(0).expand(2, *x.shape),
        lambda: x.repeat(*([2] + [1] * (n - 1))),
        lambda: x.flip(i),
        lambda: x.roll(a % 3, j),
        lambda: lib.cat([x, m.apart(x)], i),
        lambda: lib.stack([x, 2 * x], j),
        lambda: x.split(2, i)[0] if x.shape[i] else x.clone(),
        lambda: list(x.chunk(2, i)),
        lambda: x.unbind(i)[-1] if x.shape[i] else x.sum(i),
        lambda: x.narrow(i, 0, x.shape[i] // 2),
        lambda: x.tril() if n > 1 else x.diag(),
        lambda: x.diagonal(dim1=i, dim2=j) if i != j else x.squeeze(i),
        lambda: x.mT if n > 1 else x.view(-1, 1),
        lambda: x.flatten(min(i, j), max(i, j)) if x.numel() else x.clone(),
        lambda: x.contiguous().view(tuple(x.shape)),
    ][which % 20]()


def product(m, which, k, a, b, *_):
    lib = m.lib
    x = m.pick(k, lambda y: y.is_floating_point() and y.ndim)
    x = x if x.ndim else x.reshape(1)
    n, size = x.shape[-1], 1 + a % 3
    other = m.shaped(b, (n, size)).to(x.dtype)
    return [
        lambda: x @ other,
        lambda: lib.matmul(other.T, x.mT) if x.ndim > 1 else lib.matmul(other.T, x),
        lambda: lib.einsum("...i,ij->...j", x, other),
        lambda: lib.nn.functional.linear(x, other.T, other[0] if n else None),
        lambda: x.flatten() @ x.flatten() if x.numel() else x.sum(),
        lambda: lib.outer(x.flatten(), other.flatten()),
        lambda: lib.tensordot(x, other, dims=([x.ndim - 1], [0])),
    ][which % 7]()


def index(m, which, k, a, b, *_):
    lib = m.lib
    x = m.pick(k, lambda y: y.is_floating_point() and y.ndim and y.numel())
    x = x if x.ndim else x.reshape(1)
    n, d = x.shape[0], b % x.ndim
    rows = lib.tensor([a % n, b % n, a % n])
    places = lib.tensor(np.arange(2) % x.shape[d])
    along = places.reshape([-1 if i == d else 1 for i in range(x.ndim)])
    return [
        lambda: x[a % n],
        lambda: x[-1 - b % n],
        lambda: x[..., None],
        lambda: x[::2],
        lambda: x[1:, ...],
        lambda: x[rows],
        lambda: x[rows, ..., 0] if x.ndim > 1 else x[[0, -1]],
        lambda: x[m.apart(x.detach()) > 0],
        lambda: x[None, a % n],
        lambda: lib.gather(x, d, along.expand([2 if i == d else s for i, s in enumerate(x.shape)])),
        lambda: x.index_select(d, places),
        lambda: lib.take_along_dim(x, along, d),
        lambda: x.index_add(0, rows, x[rows] * 2),
        lambda: lib.zeros_like(x).scatter_add(
            d, along.expand_as(x.narrow(d, 0, 1).repeat_interleave(2, d)), pair(x, d)
        ),
        lambda: x.take(lib.tensor([0, x.numel() - 1])),
    ][which % 15]()


def pair(x, d):
    return x.narrow(d, 0, 1).repeat_interleave(2, d) * 1.5


def write(m, which, k, a, b, *_):
    """Writes into a copy and through views of it; the copy is kept, and lives on."""
    lib = m.lib
    x = m.pick(k, lambda y: y.is_floating_point() and y.ndim and y.numel())
    y = (x if x.ndim else x.reshape(1)).contiguous().clone()  # results of one library may lie turned round
    n = y.shape[0]
    v = m.pick(b, lambda z: z.is_floating_point() and z.dtype == y.dtype and not z.ndim)
    v = v.reshape(-1)[0].to(y.dtype) if v.numel() else 0.5
    before = y * 1

    def change():
        if which % 12 == 0:
            y[a % n] = v
        elif which % 12 == 1:
            y[a % n] *= 2
        elif which % 12 == 2:
            y[::2] += v
        elif which % 12 == 3:
            y.mul_(before).add_(v)
        elif which % 12 == 4:
            y[before > 0] = v
        elif which % 12 == 5:
            y.transpose(0, -1)[0].sub_(v)
        elif which % 12 == 6:
            y.reshape(-1)[a % y.numel()] = v
        elif which % 12 == 7:
            y.clamp_(-1, 1.1).neg_()
        elif which % 12 == 8:
            y.copy_(v * lib.ones_like(y)).add_(before)
        elif which % 12 == 9:
            y.sin_().mul_(before)
        elif which % 12 == 10:
            y[lib.tensor([a % n])] = before[:1] * 3
        else:
            view = y[a % n :]
            view.cos_()
            view /= 3

    m.values.append(y)
    change()
    return y * before


def cast(m, which, k, *_):
    lib, x = m.lib, m.pick(k)
    ints = m.pick(k, lambda y: not y.is_floating_point())
    return [
        lambda: x.double(),
        lambda: x.float() if m.mixed else x.double(),
        lambda: x > 0.3,
        lambda: (m.apart(x.detach()) * 3).to(lib.int64),
        lambda: (ints * 2 + 1) if ints.dtype != lib.bool else ~ints,
        lambda: ints / (3 if m.mixed else x.sum() + 40),
        lambda: m.detached(x) * x,
        lambda: ints.sum() * x.to(lib.float64),
    ][which % 8]()


STEPS = (smooth, kinked, binary, reduction, shape, product, index, write, cast, binary, empty_reduction)


def weighted_sum(m):
    """One number of all values: the sum of each, in float64, with irregular weights."""
    total = m.lib.zeros((), dtype=m.lib.float64)
    for k, x in enumerate(m.values):
        if x.is_floating_point() and x.numel():
            weights = np.cos(np.arange(x.numel()) * 1.3 + k).reshape(tuple(x.shape))
            total = total + (x.double() * m.lib.tensor(weights)).sum() / (k + 1)
    return total
