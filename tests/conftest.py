"""What several test files share."""

import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))  # `benchmarks` is not installed; some tests run it


def draw(row, shapes, dtype, salt=0):
    """Seeded inputs of a row, inside its domain and away from its kinks."""
    seed = zlib.crc32(f"{row.name}{shapes}{salt}".encode())
    random = np.random.default_rng(seed)
    low, high = row.domain
    arrays = []
    for shape in shapes:
        x = random.uniform(low, high, shape)
        for kink in row.kinks:
            near = np.abs(x - kink) < 0.01
            x = np.where(near, np.clip(x + 0.03, low, high), x)
        arrays.append(np.asarray(x, dtype))
    return arrays


@pytest.fixture
def random():
    return np.random.default_rng(0)
