"""Rows of the functions that act element by element: arithmetic, powers, exponentials, choices, activations."""

import numpy as np

from tinygrad_lite.ops.choice import kept
from tinygrad_lite.ops.rounding import zero

from .row import Row

ONE = (((3, 4),), ((),), ((0, 3),))
TWO = (((3, 4), (4,)), ((2, 1), (1, 3)), ((), (2, 3)), ((2, 3), ()), ((0, 3), (3,)), ((), ()))
SAME = (((3, 4), (3, 4)), ((), ()), ((0, 3), (0, 3)))
THREE = (((3, 4), (4,), (3, 1)), ((), (2,), ()), ((0, 3), (3,), (1,)))
INSIDE = "the derivative of another operation: PyTorch has no name for it"
SIXTH = "PyTorch multiplies by 1/6 rounded to float32, in float64 too"
MASK = np.array([True, False, True, True])
POSITIVE, UNIT = (1.0, 3.0), (-0.9, 0.9)

ARITHMETIC = [
    Row("add", lambda lib, a, b: lib.add(a, b), TWO),
    Row("add", lambda lib, a: 2 + a + 0.5, ONE),
    Row("sub", lambda lib, a, b: a - b, TWO),
    Row("sub", lambda lib, a: 1.5 - a - 1, ONE),
    Row("mul", lambda lib, a, b: lib.mul(a, b), TWO),
    Row("mul", lambda lib, a: 3 * a * 0.5, ONE),
    Row("mul", lambda lib, a: a * a, ONE),
    Row("div", lambda lib, a, b: a / b, TWO, POSITIVE),
    Row("div", lambda lib, a: 2 / a / 3, ONE, POSITIVE),
    Row("neg", lambda lib, x: -x, ONE),
    Row("addcmul", lambda lib, a, b, c: lib.addcmul(a, b, c), THREE),
    Row("addcmul", lambda lib, a, b, c: lib.addcmul(a, b, c, value=3), THREE),
    Row("addcdiv", lambda lib, a, b, c: lib.addcdiv(a, b, c), THREE, POSITIVE),
    Row("addcdiv", lambda lib, a, b, c: lib.addcdiv(a, b, c, value=0.5), THREE, POSITIVE),
    Row("lerp", lambda lib, a, b, w: lib.lerp(a, b, w), THREE, (0.0, 1.0)),
    Row("lerp", lambda lib, a, b: lib.lerp(a, b, 0.25), TWO),
]

POWERS = [
    Row("square", lambda lib, x: lib.square(x), ONE),
    Row("sqrt", lambda lib, x: lib.sqrt(x), ONE, POSITIVE),
    Row("rsqrt", lambda lib, x: lib.rsqrt(x), ONE, POSITIVE),
    Row("reciprocal", lambda lib, x: lib.reciprocal(x), ONE, POSITIVE),
    Row("hypot", lambda lib, a, b: lib.hypot(a, b), TWO, POSITIVE),
    Row("pow", lambda lib, a, b: lib.pow(a, b), TWO, POSITIVE),
    Row("pow", lambda lib, a, b: a ** (b * 0), SAME, POSITIVE),
    Row("pow", lambda lib, x: x**0, ONE),
    Row("pow", lambda lib, x: x**1, ONE),
    Row("pow", lambda lib, x: x**2, ONE),
    Row("pow", lambda lib, x: x**3, ONE),
    Row("pow", lambda lib, x: x**4, ONE),
    Row("pow", lambda lib, x: x**5, ONE),
    Row("pow", lambda lib, x: x**2.5, ONE, POSITIVE),
    Row("pow", lambda lib, x: x**0.5, ONE, POSITIVE),
    Row("pow", lambda lib, x: x**-0.5, ONE, POSITIVE),
    Row("pow", lambda lib, x: x**-1.0, ONE, POSITIVE),
    Row("pow", lambda lib, x: x**-2.0, ONE, POSITIVE),
    Row("pow", lambda lib, x: 2.5**x, ONE),
    Row("pow", lambda lib, x: 0**x, ONE, POSITIVE),
]

EXPONENTIALS = [
    Row("exp", lambda lib, x: lib.exp(x), ONE),
    Row("exp2", lambda lib, x: lib.exp2(x), ONE),
    Row("expm1", lambda lib, x: lib.expm1(x), ONE),
    Row("log", lambda lib, x: lib.log(x * 0.5), ONE, POSITIVE),
    Row("log2", lambda lib, x: lib.log2(x * 0.5), ONE, POSITIVE),
    Row("log10", lambda lib, x: lib.log10(x * 0.5), ONE, POSITIVE),
    Row("log1p", lambda lib, x: lib.log1p(x), ONE, (-0.5, 3.0)),
    Row("logaddexp", lambda lib, a, b: lib.logaddexp(a, b), TWO),
    Row("logaddexp", lambda lib, a, b: lib.logaddexp(a * 500.0, b), SAME),
    Row("xlogy", lambda lib, a, b: lib.xlogy(a, b), TWO, POSITIVE),
    Row("xlogy", lambda lib, a: lib.xlogy(a, 2.5), ONE),
    Row("xlogy", lambda lib, b: lib.xlogy(2.5, b), ONE, POSITIVE),
    Row("erf", lambda lib, x: lib.erf(x), (*ONE, ((30, 10),))),
    Row("erf", lambda lib, x: lib.erf(x), (((30, 10),),), (-6.0, 6.0)),
    Row("erfc", lambda lib, x: lib.erfc(x), ONE),
    Row("erfc", lambda lib, x: lib.erfc(x), (((30, 10),),), (-6.0, 6.0)),
    Row("erfinv", lambda lib, x: lib.erfinv(x * 0.9), (*ONE, ((30, 10),)), (-1.0, 1.0)),
]

CIRCULAR = [
    Row("sin", lambda lib, x: lib.sin(x), ONE),
    Row("cos", lambda lib, x: lib.cos(x), ONE),
    Row("tan", lambda lib, x: lib.tan(x), ONE, (-1.2, 1.2)),
    Row("asin", lambda lib, x: lib.asin(x), ONE, UNIT),
    Row("acos", lambda lib, x: lib.acos(x), ONE, UNIT),
    Row("atan", lambda lib, x: lib.atan(x), ONE),
    Row("atan2", lambda lib, a, b: lib.atan2(a, b), TWO, POSITIVE),
    Row("atan2", lambda lib, a, b: lib.atan2(a, -b), SAME, POSITIVE),
    Row("sinh", lambda lib, x: lib.sinh(x), ONE),
    Row("cosh", lambda lib, x: lib.cosh(x), ONE),
    Row("tanh", lambda lib, x: lib.tanh(x), ONE),
    Row("asinh", lambda lib, x: lib.asinh(x), ONE),
    Row("acosh", lambda lib, x: lib.acosh(x), ONE, (1.2, 3.0)),
    Row("atanh", lambda lib, x: lib.atanh(x * 0.9), ONE, (-1.0, 1.0)),
]

WHOLE = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
ROUNDING = [
    Row("floor", lambda lib, x: lib.floor(x), ONE, kinks=WHOLE),
    Row("ceil", lambda lib, x: lib.ceil(x), ONE, kinks=WHOLE),
    Row("trunc", lambda lib, x: lib.trunc(x), ONE, kinks=WHOLE),
    Row("round", lambda lib, x: lib.round(x), ONE, kinks=WHOLE),
    Row("round", lambda lib, x: lib.round(x * 3.17, decimals=1), ONE, (0.0, 0.015)),
    Row("frac", lambda lib, x: lib.frac(x), ONE, kinks=WHOLE),
    Row("mantissa", lambda lib, x: lib.frexp(x)[0], ONE, kinks=(-1, -0.5, -0.25, 0, 0.25, 0.5, 1)),
    Row("exponent", lambda lib, x: lib.frexp(x).exponent, ONE, differentiable=False),
    Row("floor_divide", lambda lib, a, b: a // b, TWO, POSITIVE, differentiable=False),
    Row("div_floor", lambda lib, a: lib.divide(a, 0.7, rounding_mode="floor"), ONE, (0.1, 0.6)),
    Row("div_floor", lambda lib, a, b: lib.divide(a, b, rounding_mode="floor"), TWO, POSITIVE),
    Row("div_trunc", lambda lib, a, b: lib.divide(-a, b, rounding_mode="trunc"), TWO, POSITIVE),
    Row("remainder", lambda lib, a, b: lib.remainder(-a, b), TWO, POSITIVE),
    Row("remainder", lambda lib, a: a % 0.7, ONE, (0.1, 0.6)),
    Row("fmod", lambda lib, a, b: lib.fmod(-a, b), TWO, POSITIVE),
    Row("fmod", lambda lib, a: lib.fmod(a, 0.7), ONE, (0.1, 0.6)),
    Row("zero", lambda lib, x: zero(x), ONE, torch=INSIDE),
]

CHOICES = [
    Row("kept", lambda lib, x: kept(x, MASK), (((3, 4),), ((4,),)), torch=INSIDE),
    Row("where", lambda lib, a, b: lib.where(lib.tensor(MASK), a, b), (((3, 4), (4,)), ((3, 1), ()), ((0, 4), (4,)))),
    Row("where", lambda lib, a: lib.where(a > 0.5, a, 0.25), ONE, kinks=(0.5,)),
    Row("where", lambda lib, a: lib.where(a > 0.5, 2, a), ONE, kinks=(0.5,)),
    Row("maximum", lambda lib, a, b: lib.maximum(a, b), TWO),
    Row("maximum", lambda lib, a: lib.maximum(a, a * 1), ONE),
    Row("maximum", lambda lib, a, b: lib.max(a, b), SAME),
    Row("minimum", lambda lib, a, b: lib.minimum(a, b), TWO),
    Row("minimum", lambda lib, a, b: lib.min(a, other=b), SAME),
    Row("clamp", lambda lib, x: lib.clamp(x, -1.0, 1.0), ONE, kinks=(-1, 1)),
    Row("clamp", lambda lib, x: lib.clamp(x, min=0.5), ONE, kinks=(0.5,)),
    Row("clamp", lambda lib, x: lib.clamp(x, max=0.5), ONE, kinks=(0.5,)),
    Row("clamp", lambda lib, x, a, b: lib.clamp(x, a, b), (*THREE[::2], ((2,), (), ()))),
    Row("clamp", lambda lib, x, a: lib.clamp(x, min=a), TWO),
    Row("clamp", lambda lib, x, b: lib.clamp(x, max=b), TWO),
    Row("abs", lambda lib, x: lib.abs(x), ONE, kinks=(0,)),
    Row("sign", lambda lib, x: lib.sign(x), ONE, kinks=(0,)),
    Row("angle", lambda lib, x: lib.angle(x), ONE, kinks=(0,)),
    Row("copysign", lambda lib, a, b: lib.copysign(a, b), TWO, kinks=(0,)),
    Row("copysign", lambda lib, a: lib.copysign(a, -2), ONE, kinks=(0,)),
    Row("nan_to_num", lambda lib, x: lib.nan_to_num(x), ONE),
]

ACTIVATIONS = [
    Row("sigmoid", lambda lib, x: lib.sigmoid(x), ONE),
    Row("sigmoid", lambda lib, x: lib.sigmoid(x * 40.0), ONE),
    Row("rectified_tanh", lambda lib, x: 0.5 * (1 + x.tanh()) if lib.__name__ == "torch" else x.rectified_tanh(), ONE),
    Row("relu", lambda lib, x: lib.relu(x), ONE, kinks=(0,)),
    Row("relu", lambda lib, x: lib.relu(x), (((90, 50),),), kinks=(0,), order=1),
    Row("relu6", lambda lib, x: lib.nn.functional.relu6(x), ONE, (-2.0, 8.0), kinks=(0, 6)),
    Row("leaky_relu", lambda lib, x: lib.nn.functional.leaky_relu(x), ONE, kinks=(0,)),
    Row("leaky_relu", lambda lib, x: lib.nn.functional.leaky_relu(x, 0.1), ONE, kinks=(0,)),
    Row("leaky_relu", lambda lib, x: lib.nn.functional.leaky_relu(x, -2.0), ONE, kinks=(0,)),
    Row("leaky_relu", lambda lib, x: lib.nn.functional.leaky_relu(x, 0.0), ONE, kinks=(0,)),
    Row("hardtanh", lambda lib, x: lib.nn.functional.hardtanh(x), ONE, kinks=(-1, 1)),
    Row("hardtanh", lambda lib, x: lib.nn.functional.hardtanh(x, -0.5, 1.5), ONE, kinks=(-0.5, 1.5)),
    Row("hardsigmoid", lambda lib, x: lib.nn.functional.hardsigmoid(x), ONE, (-4.0, 4.0), kinks=(-3, 3), torch=SIXTH),
    Row("hardswish", lambda lib, x: lib.nn.functional.hardswish(x), ONE, (-4.0, 4.0), kinks=(-3, 3)),
    Row("threshold", lambda lib, x: lib.nn.functional.threshold(x, 0.5, 7), ONE, kinks=(0.5,)),
    Row("hardshrink", lambda lib, x: lib.nn.functional.hardshrink(x, 0.7), ONE, kinks=(-0.7, 0.7)),
    Row("softshrink", lambda lib, x: lib.nn.functional.softshrink(x, 0.7), ONE, kinks=(-0.7, 0.7)),
    Row("softplus", lambda lib, x: lib.nn.functional.softplus(x), ONE),
    Row("softplus", lambda lib, x: lib.nn.functional.softplus(x * 1000.0, 0.5, 3), ONE, kinks=(0,)),
    Row("softplus", lambda lib, x: lib.nn.functional.softplus(x, beta=2, threshold=1), ONE, kinks=(0.5,)),
    Row("logsigmoid", lambda lib, x: lib.nn.functional.logsigmoid(x), ONE),
    Row("logsigmoid", lambda lib, x: lib.nn.functional.logsigmoid(x * 1000.0), ONE, kinks=(0,)),
    Row("silu", lambda lib, x: lib.nn.functional.silu(x), ONE),
    Row("gelu", lambda lib, x: lib.nn.functional.gelu(x), (*ONE, ((30, 10),))),
    Row("gelu", lambda lib, x: lib.nn.functional.gelu(x, approximate="tanh"), ONE),
    Row("mish", lambda lib, x: lib.nn.functional.mish(x), ONE),
    Row("elu", lambda lib, x: lib.nn.functional.elu(x), ONE, kinks=(0,)),
    Row("elu", lambda lib, x: lib.nn.functional.elu(x, 0.5), ONE, kinks=(0,)),
    Row("selu", lambda lib, x: lib.selu(x), ONE, kinks=(0,)),
    Row("celu", lambda lib, x: lib.celu(x, 2.0), ONE, kinks=(0,)),
    Row("softsign", lambda lib, x: lib.nn.functional.softsign(x), ONE, kinks=(0,)),
    Row("tanhshrink", lambda lib, x: lib.nn.functional.tanhshrink(x), ONE),
]

ROWS = [*ARITHMETIC, *POWERS, *EXPONENTIALS, *CIRCULAR, *ROUNDING, *CHOICES, *ACTIVATIONS]
