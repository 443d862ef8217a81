"""Rows of comparisons and logic. They have no derivative."""

from .row import Row

ONE = (((3, 4),), ((),), ((0, 3),))
TWO = (((3, 4), (4,)), ((2, 1), (1, 3)), ((), (2, 3)), ((0, 3), (3,)), ((), ()))
SAME = (((3, 4), (3, 4)), ((), ()), ((0, 3), (0, 3)))


def row(name, call, shapes=TWO):
    return Row(name, call, shapes, differentiable=False)


def whole(x):
    return (x * 3).long()


ROWS = [
    row("eq", lambda lib, a, b: lib.eq(whole(a), whole(b))),
    row("eq", lambda lib, a: a.round() == 1, ONE),
    row("eq", lambda lib, a, b: whole(a) == b.round()),
    row("ne", lambda lib, a, b: lib.ne(whole(a), whole(b))),
    row("ne", lambda lib, a: a.round() != 1.0, ONE),
    row("lt", lambda lib, a, b: lib.lt(a, b)),
    row("lt", lambda lib, a: a < 0.5, ONE),
    row("le", lambda lib, a, b: whole(a) <= whole(b)),
    row("gt", lambda lib, a, b: a > b),
    row("gt", lambda lib, a: a > 1, ONE),
    row("ge", lambda lib, a, b: lib.ge(whole(a), whole(b))),
    row("isclose", lambda lib, a, b: lib.isclose(a, b, rtol=0.5, atol=0.1)),
    row("isclose", lambda lib, a: lib.isclose(a, a + 1e-9), ONE),
    row("isnan", lambda lib, x: lib.isnan(x), ONE),
    row("isreal", lambda lib, x: lib.isreal(x), ONE),
    row("isnan", lambda lib, x: x.where(x > 0, lib.tensor(float("nan"))).isnan(), ONE),
    row("isinf", lambda lib, x: lib.isinf(x.where(x > 0, lib.tensor(-float("inf")))), ONE),
    row("isfinite", lambda lib, x: lib.isfinite(x.where(x > 0, lib.tensor(float("inf")))), ONE),
    row("isposinf", lambda lib, x: lib.isposinf(x.where(x > 0, lib.tensor(float("inf")))), ONE),
    row("isneginf", lambda lib, x: lib.isneginf(x.where(x > 0, lib.tensor(float("inf")))), ONE),
    row("signbit", lambda lib, x: lib.signbit(x), ONE),
    row("logical_and", lambda lib, a, b: lib.logical_and(whole(a), b)),
    row("logical_or", lambda lib, a, b: lib.logical_or(whole(a), whole(b))),
    row("logical_xor", lambda lib, a, b: lib.logical_xor(whole(a), whole(b))),
    row("logical_not", lambda lib, x: lib.logical_not(whole(x)), ONE),
    row("bitwise_and", lambda lib, a, b: whole(a) & whole(b)),
    row("bitwise_and", lambda lib, a: (a > 0) & 3, ONE),
    row("bitwise_or", lambda lib, a, b: (a > 0) | (b > 0)),
    row("bitwise_or", lambda lib, a, b: whole(a) | (b > 0)),
    row("bitwise_xor", lambda lib, a, b: lib.bitwise_xor(whole(a), whole(b))),
    row("bitwise_not", lambda lib, x: ~whole(x), ONE),
    row("bitwise_not", lambda lib, x: ~(x > 0), ONE),
    row("bitwise_left_shift", lambda lib, x: lib.bitwise_left_shift(whole(x), 2), ONE),
    row("bitwise_right_shift", lambda lib, x: lib.bitwise_right_shift(whole(x), 1), ONE),
]
