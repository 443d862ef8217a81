"""Distributions by themselves: derivatives against finite differences, frequencies, sums to one, errors, examples."""

import doctest
import importlib
import pkgutil

import numpy as np
import pytest
from distribution_table import DOMAINS, FAMILIES, PAIRS, drawn, family_named

import tinygrad_lite as tl

D = tl.distributions
CASES = [(family, shapes) for family in FAMILIES for shapes in family.shapes[:3] if family.domains]


def label(case):
    return case[0].name + "-" + "·".join("x".join(map(str, shape)) or "0d" for shape in case[1])


def parameters_of(family, shapes):
    return [tl.tensor(x, requires_grad=True) for x in drawn(family.domains, shapes, np.float64)]


@pytest.mark.parametrize("case", CASES, ids=label)
def test_derivatives_of_densities(case):
    """Of log_prob to the second order, at fixed values; of what rsample makes of fixed noise; of the entropy."""
    family, shapes = case
    given = parameters_of(family, shapes)
    tl.manual_seed(5)
    made = family.make(D, tl, *given)
    value = made.sample((2,))

    def density(*parameters):
        return family.make(D, tl, *parameters).log_prob(value)

    assert tl.autograd.gradcheck(density, given)
    assert tl.autograd.gradgradcheck(density, given)
    if "entropy" not in family.lacks:
        assert tl.autograd.gradcheck(lambda *parameters: family.make(D, tl, *parameters).entropy(), given)
        assert tl.autograd.gradgradcheck(lambda *parameters: family.make(D, tl, *parameters).entropy(), given)
    if made.has_rsample and family.name != "StraightThrough" and not family.quantile:  # which have another's

        def sample(*parameters):
            tl.manual_seed(5)
            return family.make(D, tl, *parameters).rsample((2,))

        assert tl.autograd.gradcheck(sample, given)


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_derivatives_of_divergences(pair):
    given = [drawn(DOMAINS[name], ((2, 3),) * 2, np.float64, k) for k, name in enumerate(pair)]
    sizes = [len(each) for each in given]
    flat = [tl.tensor(x, requires_grad=True) for each in given for x in each]

    def divergence(*parameters):
        p, q = parameters[: sizes[0]], parameters[sizes[0] :]
        return D.kl_divergence(family_named(D, pair[0])(*p), family_named(D, pair[1])(*q))

    finite = np.isfinite(divergence(*flat).detach().numpy())
    if finite.all():
        assert tl.autograd.gradcheck(divergence, flat)
        assert tl.autograd.gradgradcheck(divergence, flat)
    else:
        assert not finite.all()


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_divergences_are_the_mean_of_the_logarithms(pair):
    """KL(p‖q) = E_p[log p − log q]: 4,000 samples, five standard deviations."""
    p, q = (
        family_named(D, name)(*[tl.tensor(x) for x in drawn(DOMAINS[name], ((3,),) * 2, np.float64, k)])
        for k, name in enumerate(pair)
    )
    found = D.kl_divergence(p, q).numpy()
    if np.isinf(found).any():
        return
    tl.manual_seed(0)
    x = p.sample((4_000,))
    q._validate_args = False
    each = (p.log_prob(x) - q.log_prob(x)).numpy()
    np.testing.assert_array_less(np.abs(each.mean(0) - found), 5 * each.std(0) / 4_000**0.5 + 1e-12)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_samples_have_the_moments(family):
    """The mean and the variance of 4,000 samples, within six standard deviations."""
    made = family.make(D, tl, *parameters_of(family, family.shapes[0]))
    tl.manual_seed(0)
    x = made.sample((4_000,)).numpy()
    if family.name.startswith("Categorical"):
        shares = (x[..., None] == np.arange(made.probs.shape[-1])).mean(0)
        np.testing.assert_allclose(shares, made.probs.detach().numpy(), atol=0.04)
    elif "mean" not in family.lacks:
        mean, variance = made.mean.detach().numpy(), made.variance.detach().numpy()
        spread = x.std(0) / 4_000**0.5
        np.testing.assert_array_less(np.abs(x.mean(0) - mean), 6 * spread + 1e-12)
        squares = (x - mean) ** 2
        np.testing.assert_array_less(np.abs(squares.mean(0) - variance), 6 * squares.std(0) / 4_000**0.5 + 1e-12)
    if "cdf" not in family.lacks:
        value = x[0]
        share = (x <= value).mean(0)
        np.testing.assert_allclose(share, made.cdf(tl.tensor(value)).detach().numpy(), atol=0.04)


def test_quantiles_stay_where_they_are():
    """The derivative of a gamma or beta number against that of its distribution function, integrated numerically."""
    grid = np.linspace(-60, 60, 200_001)

    def moved(log_t, rest, alpha, v, step=1e-5):
        """−(∂F/∂α)/F′ at v, for a density exp(α log t + rest) over v."""

        def below(a):
            density = np.exp(a * log_t + rest)
            density /= density.sum()
            return np.interp(v, grid, np.cumsum(density) - 0.5 * density), np.interp(v, grid, density)

        up, down = below(alpha + step), below(alpha - step)
        return -(up[0] - down[0]) / (2 * step) / (below(alpha)[1] / (grid[1] - grid[0]))

    tl.manual_seed(0)
    log_t = -np.logaddexp(0, -grid)
    for alpha in (0.6, 1.0, 4.0, 50.0):
        a = tl.tensor(np.full(20, alpha), requires_grad=True)
        x = D.Gamma(a, 1.0).rsample()
        (slope,) = tl.autograd.grad(x.sum(), a)
        x = x.detach().numpy()
        expected = x * moved(grid, -np.exp(np.minimum(grid, 50)), alpha, np.log(x))
        np.testing.assert_allclose(slope.numpy(), expected, rtol=1e-4)
        for other in (0.5, 3.0):
            x = D.Beta(a, other).rsample()
            (slope,) = tl.autograd.grad(x.sum(), a)
            x = x.detach().numpy()
            v = np.log(x) - np.log1p(-x)
            expected = x * (1 - x) * moved(log_t, other * (log_t - grid), alpha, v)
            np.testing.assert_allclose(slope.numpy(), expected, rtol=1e-4)
    b = tl.tensor(3.0, requires_grad=True)
    (slope,) = tl.autograd.grad(D.Gamma(b, 1.0).rsample((2,)).sum(), b, create_graph=True)
    with pytest.raises(RuntimeError, match="second derivative"):
        slope.backward()


def test_icdf_is_the_inverse_of_cdf():
    u = tl.linspace(0.05, 0.95, 19, dtype=tl.float64)
    families = [
        D.Normal(1.0, 2.0),
        D.Uniform(-1.0, 3.0),
        D.Exponential(0.7),
        D.Laplace(1.0, 0.5),
        D.LogNormal(0.0, 0.5),
    ]
    families.append(D.TransformedDistribution(D.Normal(0.0, 1.0), D.AffineTransform(1.0, -2.0)))
    for each in families:
        assert each.cdf(each.icdf(u)).allclose(u, atol=1e-6)


def test_probabilities_add_up_to_one():
    p = tl.tensor([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]])
    for each in (D.Bernoulli(p), D.Categorical(p), D.OneHotCategorical(logits=p)):
        total = each.log_prob(each.enumerate_support()).exp().sum(0)
        assert total.allclose(tl.ones_like(total))


def test_shapes():
    normal = D.Normal(tl.zeros(3, 1), tl.ones(4))
    assert (normal.batch_shape, normal.event_shape) == ((3, 4), ())
    assert normal.sample((2,)).shape == (2, 3, 4)
    assert normal.log_prob(tl.zeros(5, 1, 4)).shape == (5, 3, 4)
    assert normal.expand((2, 3, 4)).mean.shape == (2, 3, 4)
    vector = D.Independent(normal, 1)
    assert (vector.batch_shape, vector.event_shape) == ((3,), (4,))
    assert vector.log_prob(tl.zeros(4)).shape == vector.entropy().shape == (3,)
    assert D.Categorical(tl.ones(5, 2, 3)).sample((7,)).shape == (7, 5, 2)
    assert D.OneHotCategorical(tl.ones(5, 2, 3)).sample((7,)).shape == (7, 5, 2, 3)


def test_samples_have_no_history_and_rsamples_do():
    scale = tl.ones(3, requires_grad=True)
    normal = D.Normal(0.0, scale)
    assert not normal.sample().requires_grad
    assert normal.rsample().requires_grad
    chosen = D.Categorical(logits=scale)
    assert not chosen.sample().requires_grad
    with tl.no_grad():
        assert chosen.probs.requires_grad  # what is computed late has its history all the same


def test_validation_can_be_turned_off():
    assert D.Normal(0.0, -1.0, validate_args=False).scale.item() == -1
    D.Distribution.set_default_validate_args(False)
    try:
        assert D.Bernoulli(2.0).probs.item() == 2
        with pytest.raises(ValueError, match="Expected parameter probs"):
            D.Bernoulli(2.0, validate_args=True)
    finally:
        D.Distribution.set_default_validate_args(True)
    with pytest.raises(ValueError, match="expected True or False"):
        D.Distribution.set_default_validate_args(2)  # type: ignore[arg-type]


def test_errors_say_what_is_wrong():
    with pytest.raises(ValueError, match=r"Expected parameter scale .*Normal.*GreaterThan\(lower_bound=0.0\)"):
        D.Normal(tl.zeros(2), tl.tensor([1.0, -1.0]))
    with pytest.raises(ValueError, match=r"within the support \(Boolean\(\)\) of the distribution Bernoulli"):
        D.Bernoulli(0.5).log_prob(tl.tensor(0.5))
    with pytest.raises(ValueError, match="not broadcastable"):
        D.Normal(tl.zeros(2), 1.0).log_prob(tl.zeros(3))
    with pytest.raises(RuntimeError, match="do not broadcast together"):
        D.Normal(tl.zeros(2), tl.ones(3))


def test_one_may_add_families_and_divergences():
    class Shifted(D.Normal):
        pass

    p, q = Shifted(0.0, 1.0), Shifted(1.0, 1.0)
    assert D.kl_divergence(p, q).item() == 0.5  # as its parent

    @D.register_kl(Shifted, D.Normal)
    def mine(p, q):
        return tl.tensor(7.0)

    assert D.kl_divergence(p, q).item() == 7

    @D.register_kl(D.Normal, Shifted)
    def other(p, q):
        return tl.tensor(8.0)

    with pytest.warns(RuntimeWarning, match="Ambiguous"):
        D.kl_divergence(p, q)
    assert type(p.expand((2,))) is Shifted
    with pytest.raises(TypeError, match="type_q"):
        D.register_kl(D.Normal, int)


def test_transforms():
    x = tl.linspace(-1.5, 1.5, 7, dtype=tl.float64).requires_grad_()
    T = D.transforms
    parts = [
        T.ExpTransform(),
        T.SigmoidTransform(),
        T.SoftplusTransform(),
        T.TanhTransform(),
        T.AffineTransform(1.0, -2.0),
    ]
    parts.append(T.ComposeTransform([T.AffineTransform(0.0, 0.5), T.ExpTransform(), T.PowerTransform(3.0)]))
    parts += [part.inv.inv for part in parts] + [T.ComposeTransform(parts[-1:]).inv.inv]
    for transform in parts:
        y = transform(x)
        assert transform.inv(y).allclose(x)
        (slope,) = tl.autograd.grad(y.sum(), x, retain_graph=True)
        assert transform.log_abs_det_jacobian(x, y).allclose(slope.abs().log())
        assert transform.inv.log_abs_det_jacobian(y, x).allclose(-slope.abs().log())
        assert bool((slope.sign() == transform.sign).all())
    assert T.AffineTransform(1.0, 2.0) == T.AffineTransform(1.0, 2.0) != T.AffineTransform(1.0, 3.0)
    assert T.ExpTransform() == T.ExpTransform() != T.TanhTransform()
    cached = T.TanhTransform(cache_size=1)
    far = tl.tensor(30.0)
    assert cached.inv(cached(far)) is far
    with pytest.raises(ValueError, match="cache_size"):
        T.ExpTransform(cache_size=2)


def test_constraints():
    C, t = D.constraints, tl.tensor
    for constraint, value, expected in [
        (C.simplex, t([[0.5, 0.5], [0.5, 0.6], [1.5, -0.5]]), [True, False, False]),
        (C.one_hot, t([[0.0, 1.0], [1.0, 1.0], [0.5, 0.5]]), [True, False, False]),
        (C.integer_interval(0, 2), t([-1.0, 0.0, 0.5, 2.0, 3.0]), [False, True, False, True, False]),
        (C.half_open_interval(0.0, 1.0), t([0.0, 1.0]), [True, False]),
        (C.positive_integer, t([0.0, 1.0, 1.5]), [False, True, False]),
        (C.real, t([0.0, float("inf"), float("nan")]), [True, True, False]),
        (C.lower_triangular, t([[[1.0, 0.0], [2.0, -1.0]], [[1.0, 1.0], [0.0, 1.0]]]), [True, False]),
        (C.lower_cholesky, t([[[1.0, 0.0], [2.0, 1.0]], [[1.0, 0.0], [0.0, -1.0]]]), [True, False]),
        (C.positive_definite, t([[[2.0, 1.0], [1.0, 2.0]], [[1.0, 2.0], [2.0, 1.0]]]), [True, False]),
        (C.positive_definite, t([[[2.0, 1.0], [0.0, 2.0]]]), [False]),
        (C.positive_semidefinite, t([[[1.0, 1.0], [1.0, 1.0]], [[1.0, 2.0], [2.0, 1.0]]]), [True, False]),
        (C.square, tl.zeros(2, 3, 4), [False, False]),
        (C.independent(C.positive, 1), t([[1.0, 2.0], [1.0, 0.0]]), [True, False]),
        (C.multinomial(3), t([[1.0, 2.0], [2.0, 2.0], [-1.0, 0.0]]), [True, False, False]),
    ]:
        assert constraint.check(value).tolist() == expected, constraint
    with pytest.raises(ValueError, match=r"value\.dim"):
        C.independent(C.positive, 1).check(t(1.0))
    with pytest.raises(NotImplementedError, match="statically"):
        _ = C.dependent.event_dim


@pytest.mark.parametrize("name", ["", *(f".{module.name}" for module in pkgutil.iter_modules(D.__path__))])
def test_examples(name):
    outcome = doctest.testmod(importlib.import_module(f"tinygrad_lite.distributions{name}"))
    assert outcome.failed == 0
