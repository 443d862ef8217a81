"""Random programs for the property tests, the same ones in every run."""

from typing import Any

import numpy as np
from expressions import SHAPES, Program
from hypothesis import HealthCheck, strategies as st

QUIET: Any = {"derandomize": True, "deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


def programs(dtypes, most=30):
    """Programs of 1 to `most` steps, whose first leaf is of the first dtype and of an ordinary shape.

    A program is the first steps of an endless one that a seed determines: so all operations are equally likely, and a
    failing program is shortened to the steps that it needs to fail. `dtypes` may name one several times.
    """
    return st.builds(lambda seed, length: program(seed, length, dtypes), st.integers(0, 2**40), st.integers(1, most))


def program(seed, length, dtypes):
    random = np.random.default_rng(seed)

    def leaf(shapes, names):
        shape = shapes[random.integers(len(shapes))]
        return shape, names[random.integers(len(names))], int(random.integers(10_000))

    leaves = [leaf(SHAPES[2:8], dtypes[:1]), *[leaf(SHAPES, dtypes) for _ in range(random.integers(4))]]
    return Program(tuple(leaves), tuple(tuple(random.integers(0, 10_000, 7).tolist()) for _ in range(length)))


def floats(m):
    return [leaf for leaf in m.leaves if leaf.requires_grad]
