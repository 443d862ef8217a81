"""The methods that end in an underscore and are nothing but their operation, written into the tensor's own memory.

And those that write nothing, but give the tensor another shape on the same memory: `t_`, `squeeze_` and the like.
"""

from collections.abc import Callable
from math import prod
from typing import Any

from . import ops
from .arguments import also
from .inplace import Base, View, refuse_leaf, write
from .operation import mode
from .ops.index import setitem
from .ops.shape import reshape


def written(name: str, operation: Callable, formula: str = "") -> Callable:
    """The method that writes the value of an operation into its tensor."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return write(self, name, operation, *args, **kwargs)

    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    method.__doc__ = f"self ← {formula or (operation.__doc__ or name).splitlines()[0].split('        ')[0]}"
    return method


def reshaped(t: Any, name: str, there: Callable, back: Callable) -> Any:
    """Give a tensor itself another shape on its memory: there(t); `back` undoes it, for the views that t has."""
    if mode() and t.node is not None:
        refuse_leaf(t, name)
    family = getattr(t, "_view", None)
    views = [] if not isinstance(family, Base) else family.alive()
    y = there(t)
    if isinstance(family, View):
        t._view = View(family.base, lambda base: there(family.again(base)))
    for view in views:
        view._view = View(t, lambda base, again=view._view.again: again(back(base)))
    t.array = y.array
    if y.node is not None:
        t.node = y.node
    elif t.node is not None:
        t.node.shape = y.array.shape  # a leaf, under no_grad
    return t


class InPlaceFunctions:
    """x.asin_(), x.logical_and_(y): x takes the value of the operation (see inplace.py for the rules)."""

    __slots__ = ()

    # --- functions of one variable ---

    absolute_ = written("absolute_", ops.abs)
    negative_ = written("negative_", ops.neg)
    exp2_, expm1_ = written("exp2_", ops.exp2), written("expm1_", ops.expm1)
    log2_, log10_, log1p_ = written("log2_", ops.log2), written("log10_", ops.log10), written("log1p_", ops.log1p)
    tan_, sinh_, cosh_ = written("tan_", ops.tan), written("sinh_", ops.sinh), written("cosh_", ops.cosh)
    asin_ = arcsin_ = written("asin_", ops.asin)
    acos_ = arccos_ = written("acos_", ops.acos)
    atan_ = arctan_ = written("atan_", ops.atan)
    asinh_ = arcsinh_ = written("asinh_", ops.asinh)
    acosh_ = arccosh_ = written("acosh_", ops.acosh)
    atanh_ = arctanh_ = written("atanh_", ops.atanh)
    erf_, erfc_, erfinv_ = written("erf_", ops.erf), written("erfc_", ops.erfc), written("erfinv_", ops.erfinv)
    lgamma_, digamma_ = written("lgamma_", ops.lgamma), written("digamma_", ops.digamma)
    mvlgamma_, i0_ = written("mvlgamma_", ops.mvlgamma), written("i0_", ops.i0)
    sinc_, logit_ = written("sinc_", ops.sinc), written("logit_", ops.logit)
    frac_, fix_, nan_to_num_ = (
        written("frac_", ops.frac),
        written("fix_", ops.trunc),
        written("nan_to_num_", ops.nan_to_num),
    )
    clamp_min_ = written("clamp_min_", ops.clamp_min, "max(self, min)")
    clamp_max_ = written("clamp_max_", ops.clamp_max, "min(self, max)")
    deg2rad_ = written("deg2rad_", ops.deg2rad, "self π/180")
    rad2deg_ = written("rad2deg_", ops.rad2deg, "self 180/π")

    def polygamma_(self, n: int) -> Any:
        """self ← the n-th derivative of digamma"""
        return write(self, "polygamma_", lambda x: ops.polygamma(n, x))

    # --- functions of two ---

    atan2_ = arctan2_ = written("atan2_", ops.atan2)
    hypot_, copysign_ = written("hypot_", ops.hypot), written("copysign_", ops.copysign)
    xlogy_, ldexp_ = written("xlogy_", ops.xlogy), written("ldexp_", ops.ldexp, "self · 2^other")
    heaviside_, nextafter_ = written("heaviside_", ops.heaviside), written("nextafter_", ops.nextafter)
    gcd_, lcm_ = written("gcd_", ops.gcd), written("lcm_", ops.lcm)

    def float_power_(self, exponent: Any) -> Any:
        """self ← self ^ exponent, in float64"""
        if str(self.dtype) != "float64":  # type: ignore[attr-defined]
            raise RuntimeError(
                f"float_power_: the base given has dtype {self.dtype} "  # type: ignore[attr-defined]
                "but the operation's result requires dtype float64"
            )
        return write(self, "float_power_", ops.float_power, exponent)

    # --- comparisons and bits ---

    eq_, ne_ = written("eq_", ops.eq), written("ne_", ops.ne)
    lt_, le_, gt_, ge_ = written("lt_", ops.lt), written("le_", ops.le), written("gt_", ops.gt), written("ge_", ops.ge)
    not_equal_, less_, less_equal_, greater_, greater_equal_ = ne_, lt_, le_, gt_, ge_
    logical_and_, logical_or_ = written("logical_and_", ops.logical_and), written("logical_or_", ops.logical_or)
    logical_xor_, logical_not_ = written("logical_xor_", ops.logical_xor), written("logical_not_", ops.logical_not)
    bitwise_and_ = __iand__ = written("bitwise_and_", ops.bitwise_and)
    bitwise_or_ = __ior__ = written("bitwise_or_", ops.bitwise_or)
    bitwise_xor_ = __ixor__ = written("bitwise_xor_", ops.bitwise_xor)
    bitwise_not_ = written("bitwise_not_", ops.bitwise_not)
    bitwise_left_shift_ = __ilshift__ = written("bitwise_left_shift_", ops.bitwise_left_shift)
    bitwise_right_shift_ = __irshift__ = written("bitwise_right_shift_", ops.bitwise_right_shift)

    # --- scans, triangles and places ---

    cumsum_, cumprod_ = written("cumsum_", ops.cumsum), written("cumprod_", ops.cumprod)
    tril_, triu_ = written("tril_", ops.tril), written("triu_", ops.triu)
    renorm_ = written("renorm_", ops.renorm)
    scatter_ = written("scatter_", ops.scatter)
    scatter_add_ = written("scatter_add_", ops.scatter_add)
    scatter_reduce_ = written("scatter_reduce_", ops.scatter_reduce)
    index_add_ = written("index_add_", ops.index_add)
    index_copy_ = written("index_copy_", ops.index_copy)
    index_fill_ = written("index_fill_", ops.index_fill)
    index_put_ = written("index_put_", ops.index_put)
    index_reduce_ = written("index_reduce_", ops.index_reduce)
    masked_fill_ = written("masked_fill_", ops.masked_fill)
    masked_scatter_ = written("masked_scatter_", ops.masked_scatter)
    put_ = written("put_", ops.put)

    def fill_diagonal_(self, fill_value: Any, wrap: bool = False) -> Any:
        """self[i, i, …] ← a number; with wrap, a tall matrix has its diagonal begin anew below it"""
        shape = tuple(self.shape)  # type: ignore[attr-defined]
        if len(shape) < 2 or (len(shape) > 2 and len(set(shape)) > 1):
            raise RuntimeError(f"fill_diagonal_: takes a matrix, or a tensor of equal dimensions, not one of {shape}")
        step = 1 + sum(prod(shape[i:]) for i in range(1, len(shape)))
        place = slice(None, None if wrap or len(shape) > 2 else shape[1] * shape[1], step)

        def filled(x: Any) -> Any:
            return reshape(setitem(reshape(x, (-1,)), place, fill_value), shape)

        return write(self, "fill_diagonal_", filled)

    # --- products ---

    addmm_, addmv_, addr_ = written("addmm_", ops.addmm), written("addmv_", ops.addmv), written("addr_", ops.addr)
    addbmm_, baddbmm_ = written("addbmm_", ops.addbmm), written("baddbmm_", ops.baddbmm)

    # --- another shape on the same memory ---

    @also(axis0="dim0", axis1="dim1")
    def transpose_(self, dim0: int, dim1: int) -> Any:
        """self with two dimensions exchanged"""

        def exchange(x: Any) -> Any:
            return ops.transpose(x, dim0, dim1)

        return reshaped(self, "transpose_", exchange, exchange)

    swapaxes_ = swapdims_ = transpose_

    def t_(self) -> Any:
        """self transposed: a matrix; a vector or a number stays as it is"""
        return reshaped(self, "t_", ops.t, ops.t)

    def squeeze_(self, dim: Any = None) -> Any:
        """self without dimensions of size 1"""
        before = tuple(self.shape)  # type: ignore[attr-defined]
        return reshaped(self, "squeeze_", lambda x: ops.squeeze(x, dim), lambda x: reshape(x, before))

    def unsqueeze_(self, dim: int) -> Any:
        """self with a new dimension of size 1"""
        before = tuple(self.shape)  # type: ignore[attr-defined]
        return reshaped(self, "unsqueeze_", lambda x: ops.unsqueeze(x, dim), lambda x: reshape(x, before))
