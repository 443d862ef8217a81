"""Random expressions of up to 15 operations: their derivatives against finite differences."""

import numpy as np
from expressions import Machine, leaf_array, weighted_sum
from hypothesis import assume, given, settings
from programs import QUIET, floats, programs

import tinygrad_lite as tl


@settings(max_examples=80, **QUIET)
@given(programs(("float64", "float64", "int64", "bool"), most=15))
def test_finite_differences(program):
    """The derivative along a direction is the slope of the loss along it: ∂L·d = (L(x + hd) − L(x − hd))/2h."""
    arrays = [leaf_array(*leaf) for leaf in program.leaves]
    m = Machine(tl, program, arrays, detaching=False).run()
    assume(all(x.dtype != tl.float32 for x in m.values))  # from bools and numbers; it has too few digits
    found = tl.autograd.grad(weighted_sum(m), floats(m), materialize_grads=True)
    random = np.random.default_rng(0)
    directions = [random.standard_normal(x.shape) * (x.dtype.kind == "f") for x in arrays]
    moving = [d for d, x in zip(directions, arrays, strict=True) if x.dtype.kind == "f"]
    slope = sum(float((g.numpy() * d).sum()) for g, d in zip(found, moving, strict=True))

    def loss(h):
        moved = [x + h * d if x.dtype.kind == "f" else x for x, d in zip(arrays, directions, strict=True)]
        with tl.no_grad():
            return weighted_sum(Machine(tl, program, moved, detaching=False).run()).item()

    steps = (1e-5, 1e-6, 1e-7)
    slopes = [(loss(h) - loss(-h)) / (2 * h) for h in steps]
    # A jump or a kink within one of the steps is not within all of them.
    assert min(abs(each - slope) for each in slopes) <= 1e-5 * max(1.0, abs(slope)), (slope, slopes, m.trace)
