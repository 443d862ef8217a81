"""Every method that PyTorch also has in an in-place form has it here too; and those forms are right."""

import numpy as np
import pytest

import tinygrad_lite as tl

# In-place names of PyTorch that are left out, each with its reason.
LEFT_OUT: dict[str, str] = {
    "as_strided_": "the old value could not be found again in the new one for its derivative: x = x.as_strided(…)"
}


def public(cls):
    return [name for name in dir(cls) if not name.startswith("_") and not name.endswith("_")]


def test_every_method_has_its_inplace_form():
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    wanted = {f"{name}_" for name in public(tl.Tensor) if hasattr(torch.Tensor, f"{name}_")}
    assert {name for name in wanted if not hasattr(tl.Tensor, name)} == set(LEFT_OUT)


# How each form is called: as x.f_(), x.f_(other), or as the table below says; each for both libraries.
PLAIN = """
    absolute_ negative_ exp2_ expm1_ log2_ log10_ log1p_ tan_ sinh_ cosh_ asin_ arcsin_ acos_ arccos_ atan_ arctan_
    asinh_ arcsinh_ atanh_ arctanh_ erf_ erfc_ erfinv_ lgamma_ digamma_ i0_ sinc_ logit_ frac_ fix_ nan_to_num_
    deg2rad_ rad2deg_ tril_ triu_ logical_not_ neg_ abs_ sign_ exp_ log_ sqrt_ rsqrt_ square_ reciprocal_ sin_ cos_
    tanh_ sigmoid_ relu_ floor_ ceil_ round_ trunc_ t_ squeeze_ zero_ conj_physical_
"""
OTHER = """
    atan2_ arctan2_ hypot_ copysign_ xlogy_ heaviside_ nextafter_ eq_ ne_ lt_ le_ gt_ ge_ not_equal_ less_
    less_equal_ greater_ greater_equal_ logical_and_ logical_or_ logical_xor_ add_ sub_ mul_ div_ pow_ subtract_
    multiply_ divide_ true_divide_ remainder_ fmod_ floor_divide_ copy_ ldexp_ float_power_
"""
INTEGER = """
    gcd_ lcm_ bitwise_and_ bitwise_or_ bitwise_xor_ bitwise_left_shift_ bitwise_right_shift_
"""
CALLS = {name: lambda lib, x, name=name: getattr(x, name)() for name in PLAIN.split()}
CALLS |= {name: lambda lib, x, name=name: getattr(x, name)(x * 0.7) for name in OTHER.split()}
CALLS |= {
    "acosh_": lambda lib, x: x.add_(1).acosh_(),
    "arccosh_": lambda lib, x: x.add_(1).arccosh_(),
    "addbmm_": lambda lib, x: x.addbmm_(lib.ones(2, 3, 2, dtype=x.dtype), lib.ones(2, 2, 3, dtype=x.dtype), beta=0.5),
    "addmm_": lambda lib, x: x.addmm_(lib.ones(3, 2, dtype=x.dtype), lib.ones(2, 3, dtype=x.dtype), alpha=2),
    "addmv_": lambda lib, x: x[0].addmv_(lib.ones(3, 2, dtype=x.dtype), lib.ones(2, dtype=x.dtype)),
    "addr_": lambda lib, x: x.addr_(x[0] * 1, x[1] * 1),
    "baddbmm_": lambda lib, x: x[None].baddbmm_(x[None] * 1, x[None] * 1),
    "addcmul_": lambda lib, x: x.addcmul_(x * 1, x * 2, value=0.5),
    "addcdiv_": lambda lib, x: x.addcdiv_(x * 1, x * 2, value=0.5),
    "clamp_": lambda lib, x: x.clamp_(0.3, 0.6),
    "clip_": lambda lib, x: x.clip_(max=0.6),
    "clamp_min_": lambda lib, x: x.clamp_min_(0.4),
    "clamp_max_": lambda lib, x: x.clamp_max_(0.4),
    "cumsum_": lambda lib, x: x.cumsum_(0),
    "cumprod_": lambda lib, x: x.cumprod_(1),
    "fill_": lambda lib, x: x.fill_(2),
    "fill_diagonal_": lambda lib, x: x.fill_diagonal_(2.0),
    "index_add_": lambda lib, x: x.index_add_(0, lib.tensor([0, 0]), x[1:] * 1, alpha=2),
    "index_copy_": lambda lib, x: x.index_copy_(0, lib.tensor([2, 0]), x[1:] * 1),
    "index_fill_": lambda lib, x: x.index_fill_(1, lib.tensor([0, -1]), 3.0),
    "index_put_": lambda lib, x: x.index_put_((lib.tensor([0, 0]),), x[1:] * 1, accumulate=True),
    "lerp_": lambda lib, x: x.lerp_(x * 2, 0.3),
    "masked_fill_": lambda lib, x: x.masked_fill_(x > 0.5, 9.0),
    "masked_scatter_": lambda lib, x: x.masked_scatter_(x > 0.5, x * 2),
    "mvlgamma_": lambda lib, x: x.add_(1).mvlgamma_(2),
    "polygamma_": lambda lib, x: x.polygamma_(2),
    "put_": lambda lib, x: x.put_(lib.tensor([0, -1]), x[0, 1:] * 1),
    "renorm_": lambda lib, x: x.renorm_(2, 0, 0.5),
    "scatter_": lambda lib, x: x.scatter_(0, lib.tensor([[0, 1, 2], [1, 2, 0]]), x[:2] * 1),
    "scatter_add_": lambda lib, x: x.scatter_add_(0, lib.tensor([[0, 1, 2], [0, 2, 0]]), x[:2] * 1),
    "scatter_reduce_": lambda lib, x: x.scatter_reduce_(0, lib.tensor([[0, 1, 2]]), x[:1] * 1, "prod"),
    "transpose_": lambda lib, x: x.transpose_(0, 1),
    "swapaxes_": lambda lib, x: x.swapaxes_(0, 1),
    "swapdims_": lambda lib, x: x.swapdims_(0, -1),
    "unsqueeze_": lambda lib, x: x.unsqueeze_(1),
}
# PyTorch differentiates the logical ones as if they did nothing, and these others not at all.
WITHOUT_DERIVATIVE = {
    "logical_and_",
    "logical_or_",
    "logical_xor_",
    "logical_not_",
    "floor_divide_",
    "heaviside_",
    "nextafter_",
}
WITHOUT_DERIVATIVE |= {f"{name}{h}_" for name in ("acos", "arccos", "asin", "arcsin", "atan", "arctan") for h in "h"}
ELSEWHERE = {
    "bitwise_not_",
    "index_reduce_",
    "requires_grad_",
    "detach_",
    "normal_",
    "uniform_",
    "random_",
    "bernoulli_",
}  # their own tests
ELSEWHERE |= {"exponential_", "cauchy_", "geometric_", "log_normal_", "apply_", "map_", "sgn_"}
VALUES = np.array([[0.1, 0.4, 0.75], [0.3, 0.62, 0.9], [0.55, 0.21, 0.35]])


def test_every_inplace_form_is_tested():
    ours = {name for name in dir(tl.Tensor) if name.endswith("_") and not name.startswith("_")}
    assert ours == {*CALLS, *INTEGER.split(), *ELSEWHERE}


@pytest.mark.parametrize("name", sorted(CALLS))
def test_values_and_derivatives(name):
    """The form's value, that it returns its tensor, and the derivative through it."""
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    found = []
    for lib in (tl, torch):
        leaf = lib.tensor(VALUES, requires_grad=True)
        x = leaf * 1
        y = CALLS[name](lib, x)
        if name not in ("addmv_", "baddbmm_"):
            assert y is x
        value = (y * y).sum()
        gradient = None
        if y.requires_grad and name not in WITHOUT_DERIVATIVE:
            gradient = lib.autograd.grad(value, leaf, allow_unused=True)[0]
        found.append((y.detach().numpy(), np.zeros(1) if gradient is None else gradient.numpy()))
    (a, da), (b, db) = found
    assert a.dtype == b.dtype
    assert a.shape == b.shape
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(*np.broadcast_arrays(da, db), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", INTEGER.split())
def test_integers(name):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    ours, theirs = tl.tensor([12, 5, 7]), torch.tensor([12, 5, 7])
    getattr(ours, name)(tl.tensor([2, 3, 4]))
    getattr(theirs, name)(torch.tensor([2, 3, 4]))
    assert ours.tolist() == theirs.tolist()


def test_augmented_bits():
    x = tl.tensor([True, False, True])
    y = x
    x &= tl.tensor([True, True, False])
    x |= tl.tensor([False, True, False])
    x ^= tl.tensor([True, False, False])
    assert x is y
    assert x.tolist() == [False, True, False]
    n = tl.tensor([1, 2])
    n <<= 3
    n >>= 1
    assert n.tolist() == [4, 8]
    assert n.bitwise_not_().tolist() == [-5, -9]


def test_index_reduce_in_place():
    x = tl.ones(3)
    assert x.index_reduce_(0, tl.tensor([0, 0]), tl.tensor([2.0, 3.0]), "prod") is x
    assert x.tolist() == [6.0, 1.0, 1.0]


def test_float_power_needs_float64():
    with pytest.raises(RuntimeError, match="float64"):
        tl.ones(2).float_power_(2)


class TestAnotherShape:
    """t_, transpose_, squeeze_, unsqueeze_ change the tensor, not its memory."""

    def test_memory_is_the_same(self):
        x = tl.arange(6.0).reshape(2, 3)
        memory = x.array
        x.t_()
        assert x.shape == (3, 2)
        assert np.shares_memory(x.array, memory)

    def test_views_of_the_tensor_stay_its_views(self):
        leaf = tl.arange(6.0).requires_grad_()
        x = (leaf * 1).reshape(2, 3) * 1
        row = x[1]
        x.t_()
        x.mul_(2)
        assert row.tolist() == [6.0, 8.0, 10.0]
        assert tl.autograd.grad((row * row).sum(), leaf)[0].tolist() == [0, 0, 0, 24.0, 32.0, 40.0]

    def test_a_view_stays_a_view_of_its_base(self):
        leaf = tl.arange(6.0).requires_grad_()
        base = leaf.reshape(2, 3) * 1
        part = base[:, 1:]
        part.unsqueeze_(0)
        part.mul_(3)
        assert base.tolist() == [[0, 3, 6], [3, 12, 15]]
        assert tl.autograd.grad((base * base).sum(), leaf)[0].tolist() == [0, 18.0, 36.0, 6.0, 72.0, 90.0]

    def test_a_leaf_that_requires_a_gradient_is_refused(self):
        x = tl.zeros(2, 1, requires_grad=True)
        for call in (x.t_, x.squeeze_, lambda: x.unsqueeze_(0), lambda: x.transpose_(0, 1)):
            with pytest.raises(RuntimeError, match="leaf"):
                call()
        assert x.shape == (2, 1)

    def test_a_leaf_without_recording(self):
        x = tl.zeros(2, 1, requires_grad=True)
        with tl.no_grad():
            x.squeeze_()
        assert tl.autograd.grad(x.sum(), x)[0].tolist() == [1.0, 1.0]

    def test_dimensions_out_of_range(self):
        x = tl.zeros(2, 3)
        with pytest.raises(IndexError):
            x.transpose_(0, 2)
        assert x.shape == (2, 3)
