"""Distributions against PyTorch: samples after the same seed, densities, moments, divergences, derivatives, texts."""

import numpy as np
import pytest
from distribution_table import DOMAINS, FAMILIES, PAIRS, definite, drawn, family_named, triangle

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

CASES = [(family, shapes) for family in FAMILIES for shapes in family.shapes]
TOLERANCE = {np.float32: 2e-5, np.float64: 1e-11}


def label(case):
    return case[0].name + "-" + "·".join("x".join(map(str, shape)) or "0d" for shape in case[1])


def both(family, shapes, dtype):
    """The distribution here and in PyTorch, with the parameters of each."""
    arrays = drawn(family.domains, shapes, dtype)
    made = []
    for lib in (tl, torch):
        parameters = [lib.tensor(x, requires_grad=True) for x in arrays]
        made.append((family.make(lib.distributions, lib, *parameters), parameters))
    return made


def close(ours, theirs, dtype, ulps=None, slack=0.0):
    assert tuple(ours.shape) == tuple(theirs.shape)
    assert str(ours.dtype) == str(theirs.dtype).removeprefix("torch.")
    a, b = ours.detach().numpy(), theirs.detach().numpy()
    if ulps == 0 or b.dtype.kind != "f":
        np.testing.assert_array_equal(a, b)
        return
    scale = max(1.0, float(np.nanmax(np.abs(np.where(np.isfinite(b), b, 0)), initial=0)))
    limit = max(slack, TOLERANCE[dtype]) if ulps is None else ulps * np.finfo(b.dtype).eps
    np.testing.assert_allclose(a, b, rtol=limit, atol=limit * scale)


def derivatives_agree(ours, theirs, p, q, dtype, twice=False, slack=0.0):
    """The derivatives by the parameters, of a seeded sum of the outputs; with `twice` also those of these."""
    if not theirs.requires_grad:
        assert not ours.requires_grad
        return
    weights = np.random.default_rng(1).standard_normal(tuple(theirs.shape)).astype(dtype)
    first = tl.autograd.grad(
        (ours * tl.tensor(weights)).sum(), p, retain_graph=True, create_graph=twice, allow_unused=True
    )
    expected = torch.autograd.grad(
        (theirs * torch.tensor(weights)).sum(), q, retain_graph=True, create_graph=twice, allow_unused=True
    )
    for a, b in zip(first, expected, strict=True):
        assert (a is None) == (b is None)
        if b is not None:
            close(a, b, dtype, slack=slack)
    if twice:
        sums = [sum((g * g).sum() for g in each if g is not None and g.requires_grad) for each in (first, expected)]
        if isinstance(sums[1], torch.Tensor):
            derivatives_agree(sums[0], sums[1], p, q, dtype, slack=slack)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", CASES, ids=label)
def test_samples(case, dtype):
    family, shapes = case
    (ours, p), (theirs, q) = both(family, shapes, dtype)
    assert ours.has_rsample == theirs.has_rsample
    for sample_shape in ((), (5,), [2, 3], (40,)):
        tl.manual_seed(7)
        torch.manual_seed(7)
        close(ours.sample(sample_shape), theirs.sample(sample_shape), dtype, ulps=0 if family.exact else 8)
        if theirs.has_rsample:
            a, b = ours.rsample(sample_shape), theirs.rsample(sample_shape)
            close(a, b, dtype, ulps=0 if family.exact else 8)
            derivatives_agree(a, b, p, q, dtype, slack=5e-3 if family.quantile else 0.0)
    assert tl.rand(()).item() == torch.rand(()).item()  # the same place in the stream


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", CASES, ids=label)
def test_densities(case, dtype):
    family, shapes = case
    (ours, p), (theirs, q) = both(family, shapes, dtype)
    torch.manual_seed(3)
    for sample_shape in ((), (6,)):
        there = theirs.sample(sample_shape)
        here = tl.tensor(there.numpy())
        a, b = ours.log_prob(here), theirs.log_prob(there)
        close(a, b, dtype)
        derivatives_agree(a, b, p, q, dtype, dtype is np.float64, family.slack)
        if "cdf" not in family.lacks:
            a, b = ours.cdf(here), theirs.cdf(there)
            close(a, b, dtype)
            derivatives_agree(a, b, p, q, dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", CASES, ids=label)
def test_moments(case, dtype):
    family, shapes = case
    (ours, p), (theirs, q) = both(family, shapes, dtype)
    assert ours.batch_shape == tuple(theirs.batch_shape)
    assert ours.event_shape == tuple(theirs.event_shape)
    for name in ("mean", "variance", "stddev", "mode", "entropy", "perplexity"):
        if name in family.lacks or {"stddev": "variance", "perplexity": "entropy"}.get(name) in family.lacks:
            with pytest.raises(NotImplementedError):
                value(ours, name)
            continue
        a, b = value(ours, name), value(theirs, name)
        close(a, b, dtype, slack=family.slack)
        if name != "mode" and torch.isfinite(b).all():
            derivatives_agree(a, b, p, q, dtype, name == "entropy" and dtype is np.float64, family.slack)


def value(distribution, name):
    found = getattr(distribution, name)
    return found() if callable(found) else found


@pytest.mark.parametrize("case", CASES, ids=label)
def test_texts_supports_and_expansions(case):
    family, shapes = case
    (ours, _), (theirs, _) = both(family, shapes, np.float32)
    assert plain(repr(ours)) == plain(repr(theirs))
    assert repr(ours.support) == repr(theirs.support) or "tensor" in repr(theirs.support)
    assert ours.support.event_dim == theirs.support.event_dim
    assert ours.support.is_discrete == theirs.support.is_discrete
    if theirs.has_enumerate_support:
        for expand in (True, False):
            close(ours.enumerate_support(expand), theirs.enumerate_support(expand), np.float32)
    wide = (2, *theirs.batch_shape)
    ours, theirs = ours.expand(wide), theirs.expand(wide)
    assert ours.batch_shape == tuple(theirs.batch_shape)
    tl.manual_seed(1)
    torch.manual_seed(1)
    a, b = ours.sample((3,)), theirs.sample((3,))
    close(a, b, np.float32, ulps=0 if family.exact else 8)
    close(ours.log_prob(tl.tensor(b.numpy())), theirs.log_prob(b), np.float32)
    assert plain(repr(ours)) == plain(repr(theirs))


def plain(text):
    return text.split(", grad_fn")[0]


SHAPES_OF_PAIRS = (((3, 4), (3, 4)), ((1, 4), (1, 4)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_divergences(pair, dtype):
    for shapes in SHAPES_OF_PAIRS:
        found = []
        for lib in (tl, torch):
            made, parameters = [], []
            for k, name in enumerate(pair):
                each = [
                    lib.tensor(x, requires_grad=True) for x in drawn(DOMAINS[name], shapes[k : k + 1] * 2, dtype, k)
                ]
                made.append(family_named(lib.distributions, name)(*each))
                parameters += each
            found.append((lib.distributions.kl_divergence(*made), parameters))
        (a, p), (b, q) = found
        if not torch.isfinite(b).all():
            close(a, b, dtype) if a.shape == b.shape else np.testing.assert_array_equal(a.detach().numpy(), np.inf)
            continue
        close(a, b, dtype)
        derivatives_agree(a, b, p, q, dtype, dtype is np.float64, 1e-7)  # PyTorch's digamma has no more


@pytest.mark.parametrize("shapes", [((3,), (3, 3)), ((2, 3), (3, 3)), ((4, 1, 2), (3, 2, 2))])
def test_divergences_of_vectors(shapes):
    found = []
    for lib in (tl, torch):
        parameters = [
            lib.tensor(x, requires_grad=True) for k in (0, 1) for x in drawn(((-1.0, 1.0),) * 2, shapes, np.float64, k)
        ]
        a, x, b, y = parameters
        p = lib.distributions.MultivariateNormal(a, definite(lib, x))
        q = lib.distributions.MultivariateNormal(b, scale_tril=triangle(lib, y))
        found.append((lib.distributions.kl_divergence(p, q), parameters))
    (a, p), (b, q) = found
    close(a, b, np.float64)
    derivatives_agree(a, b, p, q, np.float64, True, 1e-9)


@pytest.mark.parametrize(
    "divergence",
    [
        lambda D, t: D.kl_divergence(D.Bernoulli(t([0.0, 1.0, 0.5, 0.0])), D.Bernoulli(t([0.0, 1.0, 0.0, 1.0]))),
        lambda D, t: D.kl_divergence(D.Bernoulli(t([0.5, 1.0])), D.Bernoulli(t([1.0, 0.0]))),
        lambda D, t: D.kl_divergence(D.Categorical(t([0.0, 1.0, 1.0])), D.Categorical(t([1.0, 1.0, 2.0]))),
        lambda D, t: D.kl_divergence(D.Categorical(t([0.0, 1.0, 1.0])), D.Categorical(t([1.0, 0.0, 2.0]))),
        lambda D, t: D.kl_divergence(D.Uniform(t([0.0, 0.2]), 1.0), D.Uniform(t([0.1, 0.1]), 1.0)),
        lambda D, t: D.kl_divergence(D.Uniform(t([-0.1, 0.2]), 1.0), D.Exponential(t([2.0, 1.0]))),
        lambda D, t: D.Categorical(t([0.0, 1.0])).entropy(),
        lambda D, t: D.Categorical(logits=t([-float("inf"), 1.0, 2.0])).entropy(),
        lambda D, t: D.Uniform(t(0.0), 2.0).log_prob(t([0.0, 2.0])),
        lambda D, t: D.Bernoulli(t([0.0, 1.0, 1.0])).log_prob(t([0.0, 1.0, 0.0])),
        lambda D, t: D.Geometric(t([1.0, 1.0])).log_prob(t([0.0, 1.0])),
        lambda D, t: D.Bernoulli(t([0.5, 0.4, 0.6])).mode,
    ],
)  # fmt: skip
def test_at_the_edges(divergence):
    ours = divergence(tl.distributions, tl.tensor)
    close(ours, divergence(torch.distributions, torch.tensor), np.float32)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda D, t: D.Normal(t([0.0, float("nan")]), 1.0),
        lambda D, t: D.Normal(0.0, 0.0),
        lambda D, t: D.Normal("0", 1.0),
        lambda D, t: D.Normal(t([0.0, 1.0]), t([1.0, 1.0, 1.0])),
        lambda D, t: D.Uniform(1.0, 1.0),
        lambda D, t: D.Bernoulli(1.5),
        lambda D, t: D.Bernoulli(),
        lambda D, t: D.Bernoulli(0.5, 0.5),
        lambda D, t: D.Geometric(0.0),
        lambda D, t: D.Categorical(t(0.5)),
        lambda D, t: D.Categorical(t([-0.5, 1.0])),
        lambda D, t: D.Categorical(logits=t([float("nan"), 1.0])),
        lambda D, t: D.Categorical(t([0.5, 0.5])).log_prob(t([2])),
        lambda D, t: D.Categorical(t([0.5, 0.5])).log_prob(t([0.5])),
        lambda D, t: D.Categorical(t([0.5, 0.5])).rsample(),
        lambda D, t: D.Categorical(t([0.5, 0.5])).sample((0,)),
        lambda D, t: D.OneHotCategorical(t([0.5, 0.5])).log_prob(t([1.0, 1.0])),
        lambda D, t: D.OneHotCategorical(t([0.5, 0.5])).log_prob(t([1.0, 0.0, 0.0])),
        lambda D, t: D.Exponential(-1.0),
        lambda D, t: D.Exponential(1.0).log_prob(t(-1.0)),
        lambda D, t: D.Exponential(1.0).log_prob(2.0),
        lambda D, t: D.Normal(t([0.0, 1.0]), 1.0).log_prob(t([1.0, 2.0, 3.0])),
        lambda D, t: D.Laplace(0.0, -1.0),
        lambda D, t: D.LogNormal(0.0, 1.0).log_prob(t(-1.0)),
        lambda D, t: D.MultivariateNormal(t(0.0), t([[1.0]])),
        lambda D, t: D.MultivariateNormal(t([0.0]), t([1.0])),
        lambda D, t: D.MultivariateNormal(t([0.0])),
        lambda D, t: D.MultivariateNormal(t([0.0]), t([[1.0]]), scale_tril=t([[1.0]])),
        lambda D, t: D.MultivariateNormal(t([0.0, 0.0]), t([[1.0, 2.0], [2.0, 1.0]])),
        lambda D, t: D.MultivariateNormal(t([0.0, 0.0]), t([[1.0, 2.0], [0.0, 1.0]])),
        lambda D, t: D.MultivariateNormal(t([0.0, 0.0]), scale_tril=t([[1.0, 2.0], [0.0, 1.0]])),
        lambda D, t: D.MultivariateNormal(t([[0.0]] * 2), scale_tril=t([[[1.0]]] * 3)),
        lambda D, t: D.MultivariateNormal(t([0.0]), t([[1.0]])).log_prob(t([1.0, 2.0])),
        lambda D, t: D.Gamma(-1.0, 1.0),
        lambda D, t: D.Gamma(1.0, 1.0).log_prob(t(-1.0)),
        lambda D, t: D.Beta(0.0, 1.0),
        lambda D, t: D.Beta(1.0, 1.0).log_prob(t(1.5)),
        lambda D, t: D.Dirichlet(t(1.0)),
        lambda D, t: D.Dirichlet(t([1.0, 1.0])).log_prob(t([0.5, 0.6])),
        lambda D, t: D.Poisson(-1.0),
        lambda D, t: D.Poisson(1.0).entropy(),
        lambda D, t: D.Poisson(1.0).log_prob(t(0.5)),
        lambda D, t: D.Binomial(-1, t([0.5])),
        lambda D, t: D.Binomial(t([1.0, 2.0]), t(0.5)).entropy(),
        lambda D, t: D.Binomial(2, t([0.5])).log_prob(t([3.0])),
        lambda D, t: D.kl_divergence(D.Binomial(2, t([0.5])), D.Binomial(3, t([0.5]))),
        lambda D, t: D.Multinomial(t(3), t([0.5, 0.5])),
        lambda D, t: D.Multinomial(-3, t([0.5, 0.5])),
        lambda D, t: D.Multinomial(3, t([0.5, 0.5])).log_prob(t([2.0, 2.0])),
        lambda D, t: D.Multinomial(0, t([0.5, 0.5])).sample(),
        lambda D, t: D.Independent(D.Normal(t([0.0]), 1.0), 2),
        lambda D, t: D.Independent(D.Bernoulli(t([0.5])), 1).enumerate_support(),
        lambda D, t: D.MixtureSameFamily(D.Normal(0.0, 1.0), D.Normal(t([0.0]), 1.0)),
        lambda D, t: D.MixtureSameFamily(D.Categorical(t([0.5, 0.5])), D.Normal(t([0.0, 1.0, 2.0]), 1.0)),
        lambda D, t: D.TransformedDistribution(D.Normal(0.0, 1.0), "exp"),
        lambda D, t: D.kl_divergence(D.Normal(0.0, 1.0), D.Bernoulli(0.5)),
        lambda D, t: D.Normal(0.0, 1.0).enumerate_support(),
        lambda D, t: D.constraints.dependent.check(t(1.0)),
        lambda D, t: D.kl_divergence(
            D.Independent(D.Normal(t([[0.0]]), 1.0), 1), D.Independent(D.Normal(t([[0.0]]), 1.0), 2)
        ),
    ],
)  # fmt: skip
def test_errors_are_of_pytorchs_kind(wrong):
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        wrong(torch.distributions, torch.tensor)
    with pytest.raises(theirs.type):
        wrong(tl.distributions, tl.tensor)
