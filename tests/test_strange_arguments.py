"""Functions with one argument that is strange, in this library and in PyTorch: both work alike, or both raise.

The error is of PyTorch's kind, comes from the package itself, and names the operation. Tensors of integers and bools
stand where floats are expected, and the reverse; dimensions, sizes and counts are too large, negative, twice the same,
None, words, fractions and lists.
"""

import re
from operator import attrgetter

import numpy as np
import pytest
from strange import difference, fault, outcome

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

# A letter for each argument: an ordinary value of it, and the strange ones.
UNIFORM = np.random.default_rng(0).uniform(0.1, 1.0, (1, 2, 4, 4)).astype(np.float32)
FLOATS = UNIFORM[0, 0, :2, :3]
INTS, BOOLS = np.array([[1, 2, 0], [2, 1, 1]]), np.array([[True, False, True], [False, True, True]])
WORDS = ("a", None, 1.5, [1.0])
VALUES = {
    "x": (FLOATS, (INTS, BOOLS)),
    "s": (FLOATS[:, :2] + 3 * np.eye(2, dtype=np.float32), (INTS[:, 1:], BOOLS[:, 1:])),
    "v": (FLOATS[0], (INTS[0], BOOLS[0])),
    "i": (INTS, (FLOATS, BOOLS, -INTS, INTS + 9)),
    "j": (INTS[:, 1], (FLOATS[0, :2], BOOLS[0, :2], np.array([-1, -2]), np.array([3, 9]), INTS)),
    "m": (BOOLS, (FLOATS, INTS)),
    "I": (UNIFORM, (np.ones_like(UNIFORM, int), np.ones_like(UNIFORM, bool))),
    "d": (1, (9, -7, (0, 0), (0, 9), True, *WORDS)),
    "n": (2, (99, -7, *WORDS)),
    "z": ((3, 2), ((-2, 3), (4, 4), (0, -1), *WORDS)),
    "f": (0.5, (-1.0, "a", [1.0])),
}
CALLS = """
abs x · exp x · log x · sqrt x · tanh x · sigmoid x · relu x · neg x · sin x · floor x · round x · sign x · square x ·
erf x · lgamma x · expm1 x · rsqrt x · reciprocal x · trunc x · isnan x · isfinite x · logical_not x · signbit x ·
t x · bitwise_not i · nonzero x · trace s · selu x · exp2 x · sinc x · digamma x · frac x · deg2rad x · nan_to_num x ·
add x x · mul x x · div x x · pow x x · maximum x x · atan2 x x · fmod x x · remainder x x · eq x x · lt x x ·
ge x x · logical_and x x · floor_divide x x · hypot x x · logaddexp x x · xlogy x x · copysign x x · isclose x x ·
equal x x · bitwise_and i i · gcd i i · fmax x x · heaviside x x · dist x x f · lerp x x f · addcmul x x x ·
clamp x f f · sum x d · mean x d · prod x d · amax x d · amin x d · max x d · min x d · all x d · any x d ·
argmax x d · argmin x d · median x d · nansum x d · nanmean x d · std x d · var x d · logsumexp x d ·
count_nonzero x d · nanmedian x d · mode x d · kthvalue x n d · softmax x d · log_softmax x d · cumsum x d ·
cumprod x d · cummax x d · logcumsumexp x d · squeeze x d · unsqueeze x d · unbind x d · sort x d · argsort x d ·
flip x d · diff x n d · topk x n d · transpose x d d · movedim x d d · permute x z · reshape x z · flatten x d d ·
narrow x d n n · select x d n · split x n d · chunk x n d · tensor_split x n d · roll x n d · rot90 x n ·
repeat_interleave x n d · tile x z · broadcast_to v z · tril x n · triu x n · diag x n · diagonal x n ·
diag_embed x n · unflatten x d z · index_select x d j · gather x d i · scatter x d i x · scatter_add x d i x ·
take x i · take_along_dim x i d · index_fill x d j f · masked_fill x m f · masked_select x m · where m x x ·
bincount j · matmul x v · mm s x · mv x v · dot v v · outer v v · addmm x s x · inner x x · kron x x · cross x x d ·
cdist x x · searchsorted v x · bucketize x v · isin x x · combinations v n · vander v n · quantile x f d · cov x ·
corrcoef x · zeros z · ones z · full z f · eye n n · arange n · randperm n · rand z · polygamma n x · mvlgamma x n ·
linalg.inv s · linalg.det s · linalg.solve s x · linalg.svd x · linalg.qr x · linalg.pinv x ·
linalg.matrix_power s n · linalg.vector_norm x f d · linalg.lstsq x x · linalg.cross x x · linalg.matrix_rank x ·
nn.functional.linear x x v · nn.functional.gelu x · nn.functional.elu x f · nn.functional.softmax x d ·
nn.functional.layer_norm x n · nn.functional.cross_entropy x j · nn.functional.nll_loss x j ·
nn.functional.mse_loss x x · nn.functional.binary_cross_entropy x x · nn.functional.kl_div x x ·
nn.functional.embedding i x · nn.functional.one_hot i n · nn.functional.max_pool2d I n ·
nn.functional.avg_pool2d I n · nn.functional.adaptive_avg_pool2d I n · nn.functional.unfold I n ·
nn.functional.conv2d I I · nn.functional.normalize x f d · nn.functional.glu I d ·
nn.functional.cosine_similarity x x d · nn.functional.pad x z · nn.functional.interpolate I n ·
nn.functional.group_norm I n · nn.functional.huber_loss x x · nn.functional.logsigmoid x · nn.functional.softplus x
"""

# Name: (a pattern of the difference, why it is right).
BOOLS_WORK = "bools are ordered, too"
TOLERATED = {
    "relu": (r"RuntimeError: Boolean inputs not supported", BOOLS_WORK),
    "topk": (r"RuntimeError: topk does not support bool", BOOLS_WORK),
    "isin": (r"RuntimeError: Unsupported input type", BOOLS_WORK),
    "dist": (r"RuntimeError: Subtraction, the `-` operator, with a bool", "a float less a bool is a float"),
    "nn.functional.huber_loss": ("can't be cast to the desired output", "PyTorch's order of dtypes matters here alone"),
    "combinations": ("integer multiplication overflow", "there are no 99 of three elements: none, not too many"),
    "take_along_dim": (
        "index 10 is out of bounds",
        "PyTorch counts from the beginning again where there is no element",
    ),
}


def given(lib, value):
    return lib.tensor(value) if isinstance(value, np.ndarray) else value


def wrong(name, arguments):
    """What is wrong with ours, or None."""
    for lib in (tl, torch):
        lib.manual_seed(0)
    ours = outcome(tl, lambda: attrgetter(name)(tl)(*[given(tl, value) for value in arguments]))
    theirs = outcome(torch, lambda: attrgetter(name)(torch)(*[given(torch, value) for value in arguments]))
    if not isinstance(ours, Exception) and isinstance(theirs, (TypeError, NotImplementedError)):
        return None  # a type that PyTorch does not take, or a dtype that it leaves out
    if isinstance(ours, Exception) and isinstance(theirs, TypeError):
        return fault(ours)  # a type that was taken perhaps, and its value found wrong
    return difference(ours, theirs) or (isinstance(ours, Exception) and fault(ours)) or None


def cases():
    for line in CALLS.replace("\n", " ").split("·"):
        name, *letters = line.split()
        yield name, letters


def shown(value):
    return f"{value.dtype}{value.shape}" if isinstance(value, np.ndarray) else repr(value)


@pytest.mark.parametrize(("name", "letters"), list(cases()), ids=[" ".join([name, *rest]) for name, rest in cases()])
def test_strange_arguments(name, letters):
    ordinary = [VALUES[letter][0] for letter in letters]
    found = []
    for place, letter in enumerate(letters):
        for value in VALUES[letter][1]:
            arguments = [*ordinary[:place], value, *ordinary[place + 1 :]]
            text = wrong(name, arguments)
            if text and not (name in TOLERATED and re.search(TOLERATED[name][0], text)):
                found.append(f"{name}({', '.join(map(shown, arguments))}): {text}")
    assert not found, "\n".join(found)
