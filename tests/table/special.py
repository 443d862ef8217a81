"""Rows of special and small functions: gamma, Bessel, the normal distribution's, steps and divisors."""

from .row import Row

ONE = (((3, 4),), ((),), ((0, 3),))
TWO = (((3, 4), (4,)), ((2, 1), (1, 3)), ((), (2, 3)), ((0, 3), (3,)))
POSITIVE = (0.3, 4.0)
FAR = "PyTorch's erfcx has five digits in float32 far out"
LESS = "PyTorch's trigamma has ten digits in float64"

GAMMA = [
    Row("lgamma", lambda lib, x: lib.lgamma(x), ONE, POSITIVE),
    Row("lgamma", lambda lib, x: x.lgamma(), (((3, 4),),), (-3.8, -3.2)),
    Row("digamma", lambda lib, x: lib.digamma(x), ONE, POSITIVE, order=1, torch=LESS),
    Row("digamma", lambda lib, x: x.digamma(), (((3, 4),),), (-2.8, -2.2), torch=LESS),
    Row("digamma", lambda lib, x: lib.digamma(x), ONE, (1.0, 30.0), differentiable=False),
    Row("polygamma_of", lambda lib, x: lib.polygamma(1, x), ONE, POSITIVE, torch=LESS),
    Row("polygamma_of", lambda lib, x: x.polygamma(2), ONE, POSITIVE),
    Row("polygamma_of", lambda lib, x: lib.polygamma(3, x), (((3, 4),),), (-1.8, -1.2)),
    Row("lgamma", lambda lib, x: lib.mvlgamma(x, 3), ONE, (1.5, 4.0)),
]

BESSEL = [
    Row("i0", lambda lib, x: lib.special.i0(x), ONE),
    Row("i0", lambda lib, x: x.i0(), (((3, 4),),), (7.0, 20.0), order=1),
    Row("i0e", lambda lib, x: lib.special.i0e(x), ONE, kinks=(0,)),
    Row("i0e", lambda lib, x: lib.special.i0e(x), (((3, 4),),), (7.0, 20.0)),
    Row("i1", lambda lib, x: lib.special.i1(x), ONE, kinks=(0,)),
    Row("i1", lambda lib, x: lib.special.i1(x), (((3, 4),),), (-20.0, -7.0), order=1),
    Row("i1e", lambda lib, x: lib.special.i1e(x), ONE, kinks=(0,)),
    Row("i1e", lambda lib, x: lib.special.i1e(x), (((3, 4),),), (-20.0, -7.0)),
]

NORMAL = [
    Row("erfcx", lambda lib, x: lib.special.erfcx(x), ONE),
    Row("erfcx", lambda lib, x: lib.special.erfcx(x), (((3, 4),),), (20.0, 40.0), differentiable=False),
    Row("erfc", lambda lib, x: lib.special.ndtr(x), ONE),
    Row("log_ndtr", lambda lib, x: lib.special.log_ndtr(x), ONE),
    Row("log_ndtr", lambda lib, x: lib.special.log_ndtr(x), (((3, 4),),), (-30.0, -5.0), order=1, torch=FAR),
    Row("ndtri", lambda lib, x: lib.special.ndtri(x), ONE, (0.02, 0.98)),
    Row("entr", lambda lib, x: lib.special.entr(x), ONE, (0.1, 3.0)),
    Row("xlog1py", lambda lib, a, b: lib.special.xlog1py(a, b), TWO, (0.1, 2.0)),
    Row("xlog1py", lambda lib, a: lib.special.xlog1py(a, 2.5), ONE),
    Row("xlog1py", lambda lib, b: lib.special.xlog1py(2.5, b), ONE, (-0.8, 2.0)),
]

SMALL = [
    Row("logit_of", lambda lib, x: lib.logit(x), ONE, (0.1, 0.9)),
    Row("logit_of", lambda lib, x: x.logit(eps=0.2), ONE, (0.1, 0.9), kinks=(0.2, 0.8)),
    Row("sinc", lambda lib, x: lib.sinc(x), ONE),
    Row("sinc", lambda lib, x: x.sinc(), (((3, 4),),), (-0.2, 0.2), torch="PyTorch loses digits near 0"),
    Row("sinc", lambda lib, x: lib.sinc(x * 0), (((3, 4),),)),
    Row("logaddexp2", lambda lib, a, b: lib.logaddexp2(a, b), TWO),
    Row("logaddexp2", lambda lib, a, b: lib.logaddexp2(a * 500.0, b), (((3, 4), (3, 4)),)),
    Row("pow", lambda lib, a, b: lib.float_power(a, b), TWO, POSITIVE),
    Row("pow", lambda lib, a: a.float_power(2), ONE),
    Row("mul", lambda lib, a, b: lib.ldexp(a, b), TWO),
    Row("mul", lambda lib, a: lib.deg2rad(lib.rad2deg(a) + 1), ONE),
    Row("neg", lambda lib, a: lib.positive(-a), ONE),
    Row("add", lambda lib, a, b: lib.add(a, b, alpha=3), TWO),
    Row("add", lambda lib, a: a.add(2, alpha=3), ONE),
    Row("sub", lambda lib, a, b: lib.sub(a, b, alpha=2), TWO),
    Row("sub", lambda lib, a, b: a.subtract(other=b), TWO),
    Row("sub", lambda lib, a, b: lib.rsub(a, b, alpha=2), TWO),
    Row("fmax", lambda lib, a, b: lib.fmax(a, b), TWO),
    Row("fmin", lambda lib, a, b: a.fmin(b), TWO),
    Row("heaviside", lambda lib, a, b: lib.heaviside(a.round(), b), TWO, differentiable=False),
    Row("gcd", lambda lib, a, b: lib.gcd((a * 30).long(), (b * 30).long()), TWO, differentiable=False),
    Row("lcm", lambda lib, a, b: (a * 9).long().lcm((b * 9).long()), TWO, differentiable=False),
    Row("nextafter", lambda lib, a, b: lib.nextafter(a, b), TWO, differentiable=False),
    Row("view_of_bits", lambda lib, a: a.view(lib.int32), (((2, 4),),), differentiable=False),
    Row("view_of_bits", lambda lib, a: a.contiguous().view(dtype=lib.uint8), (((2, 4),),), differentiable=False),
]

ROWS = [*GAMMA, *BESSEL, *NORMAL, *SMALL]
