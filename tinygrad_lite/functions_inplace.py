"""The methods that write in place as functions, where PyTorch has both: relu_(x) is x.relu_()."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from .tensor import Tensor


def function(method: Callable) -> Callable:
    """A method as a function of its tensor, which is called `input`."""

    @wraps(method)
    def call(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        return method(input, *args, **kwargs)

    return call


abs_ = function(Tensor.abs_)
acos_ = function(Tensor.acos_)
acosh_ = function(Tensor.acosh_)
addmv_ = function(Tensor.addmv_)
arccos_ = function(Tensor.arccos_)
arccosh_ = function(Tensor.arccosh_)
arcsin_ = function(Tensor.arcsin_)
arcsinh_ = function(Tensor.arcsinh_)
arctan_ = function(Tensor.arctan_)
arctanh_ = function(Tensor.arctanh_)
asin_ = function(Tensor.asin_)
asinh_ = function(Tensor.asinh_)
atan_ = function(Tensor.atan_)
atanh_ = function(Tensor.atanh_)
ceil_ = function(Tensor.ceil_)
clamp_ = function(Tensor.clamp_)
clamp_max_ = function(Tensor.clamp_max_)
clamp_min_ = function(Tensor.clamp_min_)
clip_ = function(Tensor.clip_)
cos_ = function(Tensor.cos_)
cosh_ = function(Tensor.cosh_)
deg2rad_ = function(Tensor.deg2rad_)
detach_ = function(Tensor.detach_)
erf_ = function(Tensor.erf_)
erfc_ = function(Tensor.erfc_)
exp2_ = function(Tensor.exp2_)
exp_ = function(Tensor.exp_)
expm1_ = function(Tensor.expm1_)
fill_ = function(Tensor.fill_)
fix_ = function(Tensor.fix_)
floor_ = function(Tensor.floor_)
frac_ = function(Tensor.frac_)
gcd_ = function(Tensor.gcd_)
i0_ = function(Tensor.i0_)
index_put_ = function(Tensor.index_put_)
lcm_ = function(Tensor.lcm_)
ldexp_ = function(Tensor.ldexp_)
log10_ = function(Tensor.log10_)
log1p_ = function(Tensor.log1p_)
log2_ = function(Tensor.log2_)
log_ = function(Tensor.log_)
logit_ = function(Tensor.logit_)
nan_to_num_ = function(Tensor.nan_to_num_)
neg_ = function(Tensor.neg_)
negative_ = function(Tensor.negative_)
rad2deg_ = function(Tensor.rad2deg_)
reciprocal_ = function(Tensor.reciprocal_)
relu_ = function(Tensor.relu_)
round_ = function(Tensor.round_)
rsqrt_ = function(Tensor.rsqrt_)
sigmoid_ = function(Tensor.sigmoid_)
sin_ = function(Tensor.sin_)
sinc_ = function(Tensor.sinc_)
sinh_ = function(Tensor.sinh_)
sqrt_ = function(Tensor.sqrt_)
square_ = function(Tensor.square_)
tan_ = function(Tensor.tan_)
tanh_ = function(Tensor.tanh_)
trunc_ = function(Tensor.trunc_)
xlogy_ = function(Tensor.xlogy_)
zero_ = function(Tensor.zero_)
