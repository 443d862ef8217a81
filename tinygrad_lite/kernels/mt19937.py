"""The stream of random numbers: PyTorch's CPU generator, draw by draw.

**The generator.** MT19937 (Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8, 1998) holds 624 words of 32 bits
and turns them into an endless stream of 32-bit draws. NumPy has it too, so the stream is NumPy's, seeded the way that
NumPy's `RandomState(seed)` and PyTorch seed it: by the lower 32 bits of the seed.

**How the stream is read.** Everything that is random is made from these draws by three readings:

* the low `k` bits of one draw, k ≤ 32: an integer below 2ᵏ;
* the low `k` bits of two draws, k ≤ 64: the first draw is the upper half;
* a real number in [0, 1): an integer below 2²⁴ from one draw, times 2⁻²⁴, for float32; an integer below 2⁵³ from two
  draws, times 2⁻⁵³, for float64. Why 24 and 53? A float32 has 24 significant bits and a float64 53: so each of these
  integers, and each of these products, is exact. One more bit would be rounded, and could be rounded up to 1, which
  does not belong to [0, 1); and the numbers would no longer be equally spaced.

What the distributions make of these readings is in `sampling.py`. How many draws a call takes is part of what is
reproduced: otherwise the next call would see another stretch of the stream.

**One number more.** The Box–Muller transform gives normal numbers two at a time. A short `randn` that wants an odd
number of them leaves one over; the generator keeps it (`next_normal`) for the next short `randn`.

The state that `get_state` returns has PyTorch's bytes, so that states go both ways between PyTorch and here.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from operator import index
from os import urandom
from typing import Any

import numpy as np

DEFAULT_SEED = 67280421310721  # of a Generator that nobody seeded, as in PyTorch
WORDS = 624  # in the state of MT19937
INTEGERS = [np.int32] * 32 + [np.uint32] + [np.int64] * 31 + [np.uint64]  # of so many bits
FEW = 512  # draws; below, NumPy's raw stream is quicker, above, its typed integers

# PyTorch's 5,056 bytes. `left` counts the words until the next 624 are made, `next` is the place of the next word.
STATE = np.dtype(
    [
        ("seed", "<u8"),
        ("left", "<i4"),
        ("seeded", "<i4"),
        ("next", "<u8"),
        ("words", "<u8", WORDS),
        ("unused_x", "<f8"),
        ("normal", "<f8"),
        ("unused_rho", "<f8"),
        ("has_normal", "<i4"),
        ("padding", "V4"),
        ("normal_float32", "<f4"),
        ("has_normal_float32", "?"),
        ("padding_end", "V3"),
    ]
)


class Generator:
    """A stream of random numbers that a seed determines: the same seed, the same numbers as PyTorch's on the CPU.

    PyTorch's page: torch.Generator. A generator that is not seeded starts from PyTorch's constant, 67280421310721.

    Hold `lock` around the draws that belong together: two threads may share a generator, and each call of
    `sampling` then gets its own unbroken stretch of the stream.

    >>> g = Generator().manual_seed(0)
    >>> g.draw(3, bits=32)
    array([2357136044, 2546248239, 3071714933], dtype=uint32)
    >>> state = g.get_state()
    >>> bool(g.draw(1, 53) == g.set_state(state).draw(1, 53))
    True
    """

    __slots__ = ("_integers", "_seed", "_words", "lock", "next_normal")
    device: Any = "cpu"
    _words: Any  # NumPy's MT19937: made with the first draw, because importing it takes a while
    _integers: Any  # the same stream, read as integers

    def __init__(self, device: Any = "cpu"):
        if str(getattr(device, "type", device or "cpu")).split(":")[0] != "cpu":
            raise RuntimeError(f"Generator: there is no device {str(device)!r}, only 'cpu'")
        self.lock = threading.RLock()
        self.next_normal: float | None = None
        self._seed = DEFAULT_SEED
        self._words = self._integers = None

    def _start(self) -> Any:
        """Make NumPy's generator, seeded, and return it."""
        from numpy.random import MT19937, RandomState

        self._words = MT19937(0)
        self._integers = RandomState(self._words)
        self._integers.seed(self._seed & 0xFFFFFFFF)
        return self._words

    def draw(self, n: int, bits: int) -> np.ndarray:
        """The low `bits` bits of `n` draws, or, for more than 32 bits, of `n` pairs of draws: integers, (n,).

        Their dtype is the first of int32, uint32, int64, uint64 that can hold them.

        >>> Generator().manual_seed(0).draw(2, bits=24)
        array([ 8325804, 12888623], dtype=int32)
        """
        dtype = INTEGERS[bits]
        with self.lock:
            words = self._words or self._start()
            if n >= FEW:
                return self._integers.randint(0, 1 << bits, n, dtype=dtype)
            draws = words.random_raw(n if bits <= 32 else 2 * n)
        if bits > 32:
            draws = (draws[::2] << 32) | draws[1::2]
        draws &= (1 << bits) - 1
        return draws.astype(dtype)

    def manual_seed(self, seed: int) -> "Generator":
        """Start the stream that belongs to `seed`, −2⁶³ ≤ seed < 2⁶⁴; a negative one counts from 2⁶⁴ down.

        The stream depends on the lower 32 bits alone. Returns the generator.
        """
        if isinstance(seed, bool) or not hasattr(seed, "__index__"):
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}")
        seed = index(seed)
        if not -(1 << 63) <= seed < 1 << 64:
            raise ValueError(f"manual_seed: Overflow: a seed lies in [-2**63, 2**64), got {seed}")
        with self.lock:
            self._seed = seed % (1 << 64)
            self.next_normal = None
            if self._words is not None:
                self._integers.seed(self._seed & 0xFFFFFFFF)
        return self

    def seed(self) -> int:
        """Seed from the operating system's randomness, and return the seed: 53 bits, so that a float can hold it."""
        seed = int.from_bytes(urandom(7), "little") >> 3
        self.manual_seed(seed)
        return seed

    def initial_seed(self) -> int:
        """The seed that the stream was started with, in [0, 2⁶⁴)."""
        return self._seed

    def get_state(self) -> np.ndarray:
        """All that determines the numbers to come: 5,056 bytes, uint8, laid out as PyTorch's."""
        state = np.zeros((), STATE)
        with self.lock:
            inner = (self._words or self._start()).state["state"]
            key, place = inner["key"], inner["pos"]
            # A stream that was just seeded has read nothing yet; PyTorch says 0 there, and 624 after a full round.
            fresh = place == WORDS and int(key[0]) == self._seed & 0xFFFFFFFF
            state["seed"], state["seeded"], state["words"] = self._seed, 1, key
            state["next"] = 0 if fresh else place
            state["left"] = WORDS + 1 - place
            if self.next_normal is not None:
                state["normal"], state["has_normal"] = self.next_normal, 1
        return state.reshape(1).view(np.uint8)

    def set_state(self, state: Any) -> "Generator":
        """Go to where the generator was when `get_state`, here or in PyTorch, returned `state`. Returns the generator.

        Raises TypeError for anything but an array of uint8, RuntimeError for one that is not a state.
        """
        if not isinstance(state, np.ndarray) or state.dtype != np.uint8:
            kind = f"{state.dtype} array" if isinstance(state, np.ndarray) else type(state).__name__
            raise TypeError(f"set_state: the state must be an array of uint8, as get_state returns, but got {kind}")
        if state.size != STATE.itemsize:
            raise RuntimeError(
                f"set_state: Expected a CPUGeneratorImplState of size {STATE.itemsize} "
                f"but found the input RNG state size to be {state.size}"
            )
        fields = np.ascontiguousarray(state.reshape(-1)).view(STATE)[0]
        left, place = int(fields["left"]), int(fields["next"])
        if left == 1 and place == 0:
            place = WORDS  # just seeded
        if not fields["seeded"] or left + place != WORDS + 1 or not 0 < left <= WORDS:
            raise RuntimeError("set_state: Invalid mt19937 state: it was not made by get_state, or is damaged")
        inner = {"key": fields["words"].astype(np.uint32), "pos": place}
        with self.lock:
            words = self._words or self._start()
            words.state = {"bit_generator": "MT19937", "state": inner}
            self._seed = int(fields["seed"])
            self.next_normal = float(fields["normal"]) if fields["has_normal"] else None
        return self

    def clone_state(self) -> "Generator":
        """A second generator at the same place of the same stream; from here on the two are independent."""
        twin = type(self)()
        twin.set_state(self.get_state())
        return twin

    def __getstate__(self) -> np.ndarray:  # for pickle and copy: the lock stays behind
        return Generator.get_state(self)

    def __setstate__(self, state: np.ndarray) -> None:
        self.__init__()
        self.set_state(state)


default_generator = Generator()
"""What everything draws from that is not given a generator of its own. Its first seed differs from run to run."""
default_generator.seed()


def manual_seed(seed: Any) -> Generator:
    """Seed the default generator, and return it (PyTorch's page torch.manual_seed).

    >>> from tinygrad_lite.kernels.sampling import rand
    >>> manual_seed(0).initial_seed()
    0
    >>> rand(default_generator, (3,))
    array([0.4962566 , 0.7682218 , 0.08847743], dtype=float32)
    """
    return default_generator.manual_seed(int(seed))


def seed() -> int:
    """Seed the default generator from the operating system's randomness; returns the seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed of the default generator."""
    return default_generator.initial_seed()


def get_rng_state() -> np.ndarray:
    """The state of the default generator, an array of uint8 (see Generator.get_state)."""
    return default_generator.get_state()


def set_rng_state(state: np.ndarray) -> None:
    """Put the default generator into a state that get_rng_state returned."""
    default_generator.set_state(state)


@contextmanager
def fork_rng(devices: Any = None, enabled: bool = True) -> Iterator[None]:
    """What is drawn from the default generator inside the block leaves no trace after it (torch.random.fork_rng).

    >>> from tinygrad_lite.kernels.sampling import rand
    >>> before = get_rng_state()
    >>> with fork_rng():
    ...     noise = rand(default_generator, (100,))
    >>> bool((get_rng_state() == before).all())
    True
    """
    if devices:
        raise RuntimeError(f"fork_rng: there are no devices to fork besides the CPU, got devices={devices!r}")
    if not enabled:
        yield
        return
    state = get_rng_state()
    try:
        yield
    finally:
        set_rng_state(state)
