"""Losses, as modules over a grid of their arguments, and as functions."""

from itertools import product
from typing import Any

from .case import Case, below, case, chances, fixed, still, unit

N, C = 5, 3
ROWS = (N, C)
CLASSES, SIGNS = fixed([0, 2, 1, 1, 0]), fixed([1.0, -1.0, 1.0, 1.0, -1.0])
EACH = fixed([[1.0] * C, [-1.0] * C, [1.0] * C, [1.0] * C, [-1.0] * C])
LISTS = fixed([[2, -1, 0], [0, 1, -1], [-1, 1, 1], [0, 1, 2], [1, 0, -1]])
COUNTS = fixed([[0.0, 1, 4], [2, 2, 0], [3, 1, 1], [0, 0, 2], [4, 3, 1]])
WORDS = fixed([[1, 2, 2], [3, 1, 0]])
WEIGHT = "lib.tensor([0.5, 2.0, 1.5])"
REDUCTIONS = ("'mean'", "'sum'", "'none'")
WEIGHTS = (None, WEIGHT)


def grid(name: str, *sets: Any, **options: tuple) -> list[Case]:
    """A case for every combination of a loss's arguments."""
    options = {"reduction": REDUCTIONS, **options}
    choices = [
        ", ".join(f"{k}={v}" for k, v in zip(options, values, strict=True)) for values in product(*options.values())
    ]
    return [case(f"{name}({choice})", *sets) for choice in choices]


MODULES = [
    *grid("MSELoss", [ROWS, ROWS], [(), ()]),
    *grid("L1Loss", [ROWS, ROWS], [(), ()]),
    *grid("SmoothL1Loss", [ROWS, ROWS], [(4,), (4,)], beta=(1.0, 0.3)),
    *grid("HuberLoss", [ROWS, ROWS], [(4,), (4,)], delta=(1.0, 0.3)),
    *grid("BCELoss", [unit(*ROWS), unit(*ROWS)], weight=WEIGHTS),
    *grid("BCEWithLogitsLoss", [ROWS, chances(*ROWS)], weight=WEIGHTS, pos_weight=WEIGHTS),
    *grid(
        "NLLLoss", [ROWS, CLASSES], [(3,), fixed(2)], [(2, 3, 4), below(3, 2, 4)],
        weight=WEIGHTS, ignore_index=(-100, 1),
    ),
    *grid("NLLLoss2d", [(2, 3, 4, 2), below(3, 2, 4, 2)]),
    *grid(
        "CrossEntropyLoss", [ROWS, CLASSES], [(3,), fixed(2)], [(2, 3, 4), below(3, 2, 4)],
        weight=WEIGHTS, ignore_index=(-100, 1), label_smoothing=(0.0, 0.3),
    ),
    *grid("CrossEntropyLoss", [ROWS, unit(*ROWS)], weight=WEIGHTS, label_smoothing=(0.0, 0.2)),
    *grid("KLDivLoss", [unit(*ROWS), unit(*ROWS)], reduction=(*REDUCTIONS, "'batchmean'"), log_target=(False, True)),
    *grid("PoissonNLLLoss", [unit(*ROWS), COUNTS], log_input=(True, False), full=(False, True)),
    *grid("GaussianNLLLoss", [unit(*ROWS), unit(*ROWS), unit(*ROWS)], full=(False, True), eps=(1e-6, 0.4)),
    *grid("HingeEmbeddingLoss", [ROWS, EACH], margin=(1.0, 0.3)),
    *grid("MarginRankingLoss", [(N,), (N,), SIGNS], margin=(0.0, 0.3)),
    *grid("CosineEmbeddingLoss", [ROWS, ROWS, SIGNS], [(C,), (C,), fixed(-1.0)], margin=(0.0, 0.3)),
    *grid("SoftMarginLoss", [ROWS, EACH]),
    *grid("MultiMarginLoss", [ROWS, CLASSES], [(C,), fixed([1])], p=(1, 2), margin=(1.0, 0.3), weight=WEIGHTS),
    *grid("MultiLabelMarginLoss", [ROWS, LISTS], [(C,), fixed([2, -1, 0])]),
    *grid("MultiLabelSoftMarginLoss", [ROWS, chances(*ROWS)], weight=WEIGHTS),
    *grid(
        "TripletMarginLoss", [ROWS, ROWS, ROWS], [(C,), (C,), (C,)],
        margin=(1.0, 0.3), p=(2.0, 1.0), swap=(False, True),
    ),
    *grid("TripletMarginWithDistanceLoss", [ROWS, ROWS, ROWS], swap=(False, True)),
    *grid("CTCLoss", [(6, 2, 4), WORDS, fixed([6, 5]), fixed([3, 2])], zero_infinity=(False, True)),
]  # fmt: skip

FUNCTIONS = [
    case("F.mse_loss(a, b)", [ROWS, ROWS]),
    case("F.mse_loss(a, b, reduction='sum', weight=c)", [ROWS, ROWS, still(*ROWS)]),
    case("F.l1_loss(a, b, reduction='none')", [ROWS, ROWS]),
    case("F.smooth_l1_loss(a, b, beta=0.5)", [ROWS, ROWS]),
    case("F.huber_loss(a, b, reduction='sum', delta=0.5)", [ROWS, ROWS]),
    case("F.binary_cross_entropy(a, b, c)", [unit(*ROWS), unit(*ROWS), chances(*ROWS)]),
    case("F.binary_cross_entropy_with_logits(a, b, c, pos_weight=d)", [ROWS, ROWS, chances(*ROWS), chances(C)]),
    case("F.nll_loss(a, b)", [ROWS, CLASSES], [(2, C, 4), below(C, 2, 4)], [(C,), fixed(1)]),
    case("F.nll_loss(a, b, c, ignore_index=1, reduction='sum')", [ROWS, CLASSES, chances(C)]),
    case("F.cross_entropy(a, b)", [ROWS, CLASSES], [(2, C, 4), below(C, 2, 4)], [(C,), fixed(1)]),
    case("F.cross_entropy(a, b, c, label_smoothing=0.1)", [ROWS, unit(*ROWS), chances(C)]),
    case("F.kl_div(a, b, reduction='batchmean')", [ROWS, unit(*ROWS)]),
    case("F.kl_div(a, b, reduction='sum', log_target=True)", [ROWS, ROWS]),
    case("F.poisson_nll_loss(a, b)", [ROWS, COUNTS]),
    case("F.poisson_nll_loss(a, b, log_input=False, full=True, eps=0.1)", [unit(*ROWS), COUNTS]),
    case("F.gaussian_nll_loss(a, b, c)", [ROWS, ROWS, unit(*ROWS)], [ROWS, ROWS, unit(N, 1)]),
    case("F.gaussian_nll_loss(a, b, 2.0, full=True)", [ROWS, ROWS]),
    case("F.hinge_embedding_loss(a, b, 0.5)", [ROWS, EACH]),
    case("F.margin_ranking_loss(a, b, c, 0.5)", [(N,), (N,), SIGNS]),
    case("F.cosine_embedding_loss(a, b, c, 0.5)", [ROWS, ROWS, SIGNS]),
    case("F.soft_margin_loss(a, b)", [ROWS, EACH]),
    case("F.multi_margin_loss(a, b, p=2, margin=0.5, weight=c)", [ROWS, CLASSES, chances(C)]),
    case("F.multilabel_margin_loss(a, b)", [ROWS, LISTS]),
    case("F.multilabel_soft_margin_loss(a, b, c)", [ROWS, chances(*ROWS), chances(C)]),
    case("F.triplet_margin_loss(a, b, c, 0.5, 1, swap=True)", [ROWS, ROWS, ROWS]),
    case("F.triplet_margin_with_distance_loss(a, b, c, margin=0.5)", [ROWS, ROWS, ROWS]),
    case(
        "F.triplet_margin_with_distance_loss(a, b, c, distance_function=F.cosine_similarity, swap=True)",
        [ROWS, ROWS, ROWS],
    ),
    case(
        "F.ctc_loss(a, b, c, d, blank=1, reduction='sum')",
        [(6, 2, 4), fixed([[0, 2, 2], [3, 0, 0]]), fixed([6, 5]), fixed([3, 2])],
    ),
]
