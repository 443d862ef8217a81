"""autograd.functional beside PyTorch's: values, dtypes, shapes, histories, and what is refused."""

import itertools
import warnings

import numpy as np
import pytest

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")

POINTS = [[0.5, 1.5], [-0.2, 0.3]], [[0.7, 0.1], [1.1, -0.4]]
FUNCTIONS = {
    "square": (1, lambda lib, x: x**2),
    "sum of cubes": (1, lambda lib, x: (x**3).sum()),
    "linear": (1, lambda lib, x: 3 * x),
    "one element": (1, lambda lib, x: x[0, 0]),
    "tuple of one": (1, lambda lib, x: (x.exp(),)),
    "constant": (1, lambda lib, x: lib.ones(3)),
    "mixed": (2, lambda lib, x, y: (x * y.sum()).sin()),
    "two outputs": (2, lambda lib, x, y: (x * y, (x + y).sum())),
    "independent of y": (2, lambda lib, x, y: (x**3).sum()),
    "number": (2, lambda lib, x, y: (x**2 * y).sum()),
    "linear number": (2, lambda lib, x, y: (x + y).sum()),
}
KINDS = (NotImplementedError, RuntimeError, TypeError, AssertionError)
OPTIONS = [{}, {"create_graph": True}, {"strict": True}, {"create_graph": True, "strict": True}]
MATRICES = {
    "jacobian": [*OPTIONS, {"vectorize": True}, {"vectorize": True, "strategy": "forward-mode"}],
    "hessian": [*OPTIONS, {"vectorize": True}, {"vectorize": True, "outer_jacobian_strategy": "forward-mode"}],
}


def outcome(lib, name, function, v, options, requires_grad):
    """What a call returns, as nested lists of arrays; or the kind of error that it raises."""
    count, f = FUNCTIONS[function]
    x = tuple(lib.tensor(point, requires_grad=requires_grad) for point in POINTS[:count])
    given = x if count > 1 else x[0]
    if v == "inputs":
        more = (tuple(lib.full((2, 2), 1.5) for _ in x) if count > 1 else lib.full((2, 2), 1.5),)
    elif v == "outputs":
        with lib.no_grad():
            y = f(lib, *x)
        more = (tuple(2 * lib.ones_like(t) for t in y) if isinstance(y, tuple) else 2 * lib.ones_like(y),)
    else:
        more = ()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = getattr(lib.autograd.functional, name)(lambda *x: f(lib, *x), given, *more, **options)
    except KINDS as error:
        return next(kind for kind in KINDS if isinstance(error, kind))

    def plain(t):
        if isinstance(t, (tuple, list)):
            return [plain(part) for part in t]
        # PyTorch's forward mode gives a history even where none was asked for
        history = None if "forward-mode" in options.values() else t.requires_grad
        return t.detach().numpy(), history

    return plain(found)


def same(a, b):
    if isinstance(a, list):
        assert isinstance(b, list)
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            same(x, y)
    elif isinstance(a, tuple):
        np.testing.assert_allclose(a[0], b[0], rtol=1e-5, atol=1e-6, strict=True)
        assert a[1] == b[1]
    else:
        assert a == b


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("name", ["jacobian", "hessian", "vjp", "jvp", "vhp", "hvp"])
def test_as_pytorch(name, function):
    vectors = ("none",) if name in MATRICES else ("inputs", "outputs", "none")
    for v, options, requires_grad in itertools.product(vectors, MATRICES.get(name, OPTIONS), (False, True)):
        same(*(outcome(lib, name, function, v, options, requires_grad) for lib in (tl, torch)))
