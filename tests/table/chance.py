"""Random numbers whose distribution is given by tensors: after the same seed constant but for jumps."""

from .row import Row

ONE = (((3, 4),), ((),), ((0, 3),))
UNIT, POSITIVE = (0.05, 0.95), (0.5, 20.0)


def seeded(lib, call, *tensors):
    lib.manual_seed(3)
    return call(*tensors)


ROWS = [
    Row("bernoulli", lambda lib, p: seeded(lib, lib.bernoulli, p), ONE, UNIT),
    Row("poisson", lambda lib, rate: seeded(lib, lib.poisson, rate), ONE, POSITIVE),
    Row(
        "binomial",
        lambda lib, p: seeded(lib, lib.binomial, lib.full_like(p, 30), p),
        ONE,
        UNIT,
        torch="PyTorch refuses the derivative, which is 0",
    ),
    Row(
        "normal",
        lambda lib, mean, std: seeded(lib, lib.normal, mean, std),
        (((3, 4), (4,)), ((), ()), ((0, 3), (1, 3))),
        POSITIVE,
        order=0,
        differentiable=False,
    ),
    Row("standard_gamma", lambda lib, a: seeded(lib, lib._standard_gamma, a), ONE, POSITIVE, differentiable=False),
    Row(
        "dirichlet",
        lambda lib, a: seeded(lib, lib._sample_dirichlet, a),
        (((3, 4),), ((2,),), ((0, 3),)),
        POSITIVE,
        differentiable=False,
    ),
]
