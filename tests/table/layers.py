"""Operations of layers: normalisation and embedding."""

import numpy as np

from .row import Row


def normalized(name, *given):
    """A normalisation with the function's further arguments, between the input and its weight and bias."""

    def call(lib, x, *weights):
        return getattr(lib.nn.functional, name)(x, *given, *weights)

    return call


def batch(lib, x, *weights):
    return lib.nn.functional.batch_norm(x, None, None, *weights, training=True, eps=0.1)


def embedded(lib, weight):
    rows = np.array([[1, 0, 2], [1, 2, 1]])
    return lib.nn.functional.embedding(lib.tensor(rows), weight)


ROWS = [
    Row("layer_norm", normalized("layer_norm", (4,)), (((3, 4),), ((2, 3, 4), (4,), (4,)), ((4,), (4,)), ((0, 4),))),
    Row("layer_norm", normalized("layer_norm", (3, 4)), (((2, 3, 4), (3, 4), (3, 4)), ((3, 4),))),
    Row("rms_norm", normalized("rms_norm", (4,)), (((3, 4),), ((2, 3, 4), (4,)), ((4,), (4,)), ((0, 4),))),
    Row("rms_norm", normalized("rms_norm", (3, 4)), (((2, 3, 4), (3, 4)),)),
    Row("group_norm", normalized("group_norm", 2), (((2, 4),), ((2, 4, 3), (4,), (4,)), ((2, 6, 2, 2), (6,), (6,)))),
    Row("batch_norm", batch, (((5, 3),), ((5, 3), (3,), (3,)), ((2, 3, 4), (3,), (3,)), ((2, 3, 2, 2), (3,)))),
    Row("embedding", embedded, (((3, 4),), ((70, 2),))),
]
