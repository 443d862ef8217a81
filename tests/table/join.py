"""Rows of joining."""

from .row import Row

ROWS = [
    Row("cat", lambda lib, x, y: lib.cat([x * x, y]), (((2, 3), (1, 3)), ((2,), (3,)), ((2, 3), (0, 3)), ((0,), (0,)))),
    Row("cat", lambda lib, x, y: lib.cat((x, y, x), -1), (((2, 3), (2, 1)), ((4, 2, 3), (4, 2, 1)))),
    Row("cat", lambda lib, x, y: lib.cat((x, y * y), dim=1), (((2, 3), (2, 1)), ((0,), (2, 3)), ((2, 3), (0,)))),
    Row("cat", lambda lib, x, y: lib.concat([x.mT, y]), (((3, 2), (1, 3)),)),
    Row("cat", lambda lib, x: lib.cat([x, lib.arange(3), lib.ones(2, dtype=lib.float64)]), (((2,),), ((0,),))),
    Row("cat", lambda lib, x, y: lib.hstack([x, y]), (((2,), (3,)), ((2, 1), (2, 3)), ((), ()))),
    Row("cat", lambda lib, x, y: lib.vstack([x, y]), (((3,), (2, 3)), ((1, 3), (2, 3)), ((), ()))),
    Row(
        "cat", lambda lib, x, y: lib.dstack([x, y]), (((3,), (3,)), ((2, 3), (2, 3)), ((2, 3, 1), (2, 3, 2)), ((), ()))
    ),
    Row("stack", lambda lib, x, y: lib.stack([x * x, y]), (((2, 3), (2, 3)), ((), ()), ((0, 3), (0, 3)))),
    Row("stack", lambda lib, x, y: lib.stack((x, y, x), dim=-1), (((2, 3), (2, 3)), ((3,), (3,)), ((), ()))),
    Row("stack", lambda lib, x, y: lib.stack((x, y.mT), 1), (((2, 3), (3, 2)),)),
    Row("stack", lambda lib, x: lib.stack((x, lib.ones(3, dtype=lib.int64))), (((3,),),)),
]
