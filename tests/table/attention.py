"""Rows of attention, and of sums over bags of words."""

import numpy as np

from tinygrad_lite.ops.embedding import bag_sum

from .row import Row

HEADS = ((2, 3, 4, 2), (2, 3, 5, 2), (2, 3, 5, 3))  # query, key, value
MATRICES = ((3, 2), (4, 2), (4, 2))
SHARED = ((2, 3, 4, 2), (1, 3, 5, 2), (2, 1, 5, 2))  # with dimensions that are broadcast
EMPTY = (((0, 3, 2), (0, 4, 2), (0, 4, 2)), ((2, 0, 3), (2, 2, 3), (2, 2, 3)))
NOTHING = ((2, 3, 2), (2, 0, 2), (2, 0, 4))  # no keys: the value is 0


def attention(lib, *args, **kwargs):
    return lib.nn.functional.scaled_dot_product_attention(*args, **kwargs)


def allowed(lib, q, k):
    """Bools (L, S): the first query sees nothing, the others all but one key."""
    rows, columns = q.shape[-2], k.shape[-2]
    return lib.tensor([[i > 0 and i != j for j in range(columns)] for i in range(rows)])


def bags(lib, weight, **options):
    """Three bags of five words: two words, none, three."""
    words, offsets = lib.tensor([0, 2, 1, 1, 0]), lib.tensor([0, 2, 2])
    return lib.nn.functional.embedding_bag(words, weight, offsets, **options)


def weighted_bags(lib, weight, factors):
    return bags(lib, weight, mode="sum", per_sample_weights=factors)


def dropped(lib, q, k, v):
    lib.manual_seed(0)
    return attention(lib, q, k, v, dropout_p=0.4)


ROWS = [
    Row("attention", attention, (HEADS, MATRICES, SHARED)),
    Row("attention", lambda lib, q, k, v: attention(lib, q * 1.0, k * 1.0, v * 1.0), (*EMPTY, NOTHING)),
    Row("attention", lambda lib, q, k, v: attention(lib, q, k, v, is_causal=True), (HEADS, MATRICES)),
    Row("attention", lambda lib, q, k, v: attention(lib, q, k, v, scale=-0.7), (HEADS,)),
    Row("attention", lambda lib, q, k, v: attention(lib, q, k, v, allowed(lib, q, k)), (HEADS, MATRICES)),
    Row("attention", attention, ((*MATRICES, (3, 4)), (*HEADS, (4, 5)), (*HEADS, (2, 1, 1, 5)), (*SHARED, (3, 4, 1)))),
    Row("attention", lambda lib, q, k, v: attention(lib, q * 40, k * 40, v), (MATRICES,), order=1),
    Row("attention", dropped, (HEADS, MATRICES)),
    Row(
        "attention",
        lambda lib, q, k, v: attention(lib, q, k, v, enable_gqa=True),
        (((2, 4, 3, 2), (2, 2, 4, 2), (2, 1, 4, 3)),),
    ),
    *(
        Row("bag_sum", lambda lib, w, options=options: bags(lib, w * 1.0, **options), (((3, 4),), ((3, 1),)))
        for options in ({"mode": "sum"}, {}, {"padding_idx": 1}, {"mode": "sum", "padding_idx": -1})
    ),
    Row("bag_sum", lambda lib, w: lib.nn.functional.embedding_bag(lib.tensor([[0, 2], [1, 1]]), w * 1.0), (((3, 4),),)),
    Row("bag_sum", weighted_bags, (((3, 4), (5,)),)),
    Row("bag_sum", lambda lib, x: bag_sum(x, np.array([0, 0, 3, 3, 5])), (((5, 2),), ((5,),)), torch="a part of it"),
    Row("gather", lambda lib, w: bags(lib, w * 1.0, mode="max"), (((3, 4),),)),
    Row("gather", lambda lib, w: bags(lib, w * 1.0, mode="max", padding_idx=0), (((3, 4),),)),
]
