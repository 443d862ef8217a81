"""Rows of attention."""

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
]
