"""Random programs for the property tests, the same ones in every run."""

from typing import Any

from expressions import SHAPES, Program
from hypothesis import HealthCheck, strategies as st

WHOLE = st.integers(0, 10_000)
STEP = st.tuples(*[WHOLE] * 7)
QUIET: Any = {"derandomize": True, "deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


def programs(dtypes, most=30):
    """Programs whose first leaf is of the first dtype; `dtypes` may name one several times, to be taken more often."""
    leaf = st.tuples(st.sampled_from(SHAPES), st.sampled_from(dtypes), WHOLE)
    first = st.tuples(st.sampled_from(SHAPES[2:8]), st.just(dtypes[0]), WHOLE)
    leaves = st.tuples(first, st.lists(leaf, max_size=4)).map(lambda pair: (pair[0], *pair[1]))
    return st.builds(Program, leaves, st.lists(STEP, min_size=1, max_size=most).map(tuple))


def floats(m):
    return [leaf for leaf in m.leaves if leaf.requires_grad]
