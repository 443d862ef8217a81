"""The losses, and dropout: one row for each option."""

from itertools import product
from typing import Any

from . import layers
from .row import Row

REDUCTIONS = ("mean", "sum", "none")
PAIRS = (((4, 3), (4, 3)), ((), ()), ((2, 3, 2), (2, 3, 2)))


def indices(lib, shape, classes):
    """Class indices of a shape, the same for both libraries: 0, 1, …, classes − 1, 0, 1, …"""
    size = 1
    for n in shape:
        size *= n
    return lib.tensor([i * 5 % classes for i in range(size)]).reshape(shape)


def numbers(lib, x, *shape):
    """Weights of x's dtype: 0.5, 0.75, 1, …"""
    size = 1
    for n in shape:
        size *= n
    return lib.tensor([0.5 + 0.25 * i for i in range(size)], dtype=x.dtype).reshape(shape)


def target_shape(x):
    return tuple(x.shape[:1]) + tuple(x.shape[2:]) if x.ndim > 1 else ()


def difference_rows(name, options: tuple[dict[str, Any], ...] = ({},)):
    """A loss of input − target: each reduction and option; a target that is broadcast; weights."""
    for reduction, option in product(REDUCTIONS, options):
        yield Row(
            name,
            lambda lib, x, t, reduction=reduction, option=option: getattr(lib.nn.functional, name)(
                x, t, reduction=reduction, **option
            ),
            (*PAIRS, ((0, 3), (0, 3))) if reduction != "mean" else PAIRS,
        )


def weighted_rows(name):
    for reduction in REDUCTIONS:
        yield Row(
            name,
            lambda lib, x, t, w, reduction=reduction: getattr(lib.nn.functional, name)(
                x, t, reduction=reduction, weight=w
            ),
            (((4, 3), (4, 3), (4, 3)),),
            domain=(0.2, 2.0),
        )


def class_rows(name, options: tuple[dict[str, Any], ...]):
    """A loss of logits (or log-probabilities) and class indices."""
    for reduction, option in product(REDUCTIONS, options):

        def call(lib, x, reduction=reduction, option=option):
            classes = x.shape[1] if x.ndim > 1 else x.shape[0]
            option = {**option}
            if "weight" in option:
                option["weight"] = numbers(lib, x, classes)
            return getattr(lib.nn.functional, name)(
                x, indices(lib, target_shape(x), classes), reduction=reduction, **option
            )

        shapes = (((5, 3),), ((2, 4, 3),), ((2, 3, 2, 2),), ((3, 70),))
        yield Row(name, call, shapes if "ignore_index" in option else (*shapes, ((3,),)))  # of one sample, none is left


def soft_rows():
    for reduction, smoothing, weighted in product(REDUCTIONS, (0.0, 0.3), (False, True)):

        def call(lib, x, q, reduction=reduction, smoothing=smoothing, weighted=weighted):
            classes = x.shape[1] if x.ndim > 1 else x.shape[0]
            weight = numbers(lib, x, classes) if weighted else None
            return lib.nn.functional.cross_entropy(x, q, weight=weight, reduction=reduction, label_smoothing=smoothing)

        yield Row("cross_entropy", call, (((5, 3), (5, 3)), ((3,), (3,)), ((2, 4, 3), (2, 4, 3))), domain=(0.0, 1.0))


def ctc_rows():
    """Targets with and without a label twice in a row, padded and one after the other; also an empty one."""
    for reduction, flat in product(REDUCTIONS, (False, True)):

        def call(lib, x, reduction=reduction, flat=flat):
            log_p = x.log_softmax(-1)
            if x.ndim == 2:
                return lib.nn.functional.ctc_loss(log_p, lib.tensor([1, 1]), (5,), (2,), reduction=reduction)
            targets = lib.tensor([1, 2, 3, 2, 2]) if flat else lib.tensor([[1, 2, 3], [2, 2, 1], [0, 0, 0]])
            return lib.nn.functional.ctc_loss(log_p, targets, (5, 4, 3), (3, 2, 0), reduction=reduction)

        yield Row("ctc_loss", call, (((5, 3, 4),), ((5, 2),)))


def dropped(lib, x, p, kind="dropout"):
    lib.manual_seed(0)
    return getattr(lib.nn.functional, kind)(x, p, True)


ROWS = [
    *layers.ROWS,
    *difference_rows("mse_loss"),
    *weighted_rows("mse_loss"),
    *difference_rows("l1_loss"),
    *weighted_rows("l1_loss"),
    *difference_rows("smooth_l1_loss", ({}, {"beta": 0.4}, {"beta": 0.0})),
    *difference_rows("huber_loss", ({}, {"delta": 0.4})),
    *weighted_rows("huber_loss"),
    *class_rows(
        "cross_entropy",
        ({}, {"weight": None}, {"ignore_index": 0}, {"label_smoothing": 0.2}, {"weight": None, "label_smoothing": 0.2}),
    ),
    *class_rows("nll_loss", ({}, {"weight": None}, {"ignore_index": 0}, {"weight": None, "ignore_index": 1})),
    *soft_rows(),
    *(
        Row(
            "binary_cross_entropy",
            lambda lib, x, t, reduction=reduction: lib.nn.functional.binary_cross_entropy(x, t, reduction=reduction),
            PAIRS,
            domain=(0.05, 0.95),
        )
        for reduction in REDUCTIONS
    ),
    Row(
        "binary_cross_entropy",
        lambda lib, x, t: lib.nn.functional.binary_cross_entropy(x, t, weight=numbers(lib, x, 3)),
        (((4, 3), (4, 3)),),
        domain=(0.05, 0.95),
    ),
    *(
        Row(
            "binary_cross_entropy_with_logits",
            lambda lib, x, t, reduction=reduction: lib.nn.functional.binary_cross_entropy_with_logits(
                x, t, reduction=reduction
            ),
            PAIRS,
        )
        for reduction in REDUCTIONS
    ),
    *(
        Row(
            "binary_cross_entropy_with_logits",
            lambda lib, x, t, reduction=reduction: lib.nn.functional.binary_cross_entropy_with_logits(
                x, t, weight=numbers(lib, x, 4, 1), reduction=reduction, pos_weight=numbers(lib, x, 3)
            ),
            (((4, 3), (4, 3)),),
        )
        for reduction in REDUCTIONS
    ),
    *ctc_rows(),
    Row("dropout", lambda lib, x: dropped(lib, x, 0.4), (((4, 3),), ((),), ((0, 3),))),
    Row("dropout", lambda lib, x: dropped(lib, x.mT, 0.4), (((4, 3),),)),
    Row("dropout", lambda lib, x: dropped(lib, x, 0.4, "dropout1d"), (((2, 4, 3),), ((4, 3),))),
    Row("dropout", lambda lib, x: dropped(lib, x, 0.4, "dropout2d"), (((2, 4, 3, 2),),)),
]
