"""The methods that end in an underscore: each writes the value of an operation into the tensor's own memory."""

from typing import Any

import numpy as np

from . import ops, writes
from .arguments import also
from .inplace import write
from .inplace_functions import InPlaceFunctions
from .operation import mode, to_dtype
from .ops.arithmetic import div
from .ops.overwrite import overwrite
from .ops.rounding import div_floor, div_trunc
from .tape import Variable


class InPlace(InPlaceFunctions):
    """x.exp_(), x.add_(y), x += y: x takes the value of the operation (see inplace.py for the rules)."""

    __slots__ = ()

    array: np.ndarray
    node: Any

    # arithmetic

    def add_(self, other: Any, *, alpha: Any = 1) -> Any:
        """self ← self + alpha · other"""
        return write(self, "add_", ops.plus, other, alpha=alpha)

    def sub_(self, other: Any, *, alpha: Any = 1) -> Any:
        """self ← self − alpha · other"""
        return write(self, "sub_", ops.minus, other, alpha=alpha)

    def mul_(self, other: Any) -> Any:
        """self ← self · other"""
        return write(self, "mul_", ops.mul, other)

    def div_(self, other: Any, *, rounding_mode: str | None = None) -> Any:
        """self ← self / other"""
        return write(self, "div_", {None: div, "floor": div_floor, "trunc": div_trunc}[rounding_mode], other)

    def pow_(self, exponent: Any) -> Any:
        """self ← self ^ exponent"""
        return write(self, "pow_", ops.pow, exponent)

    def remainder_(self, other: Any) -> Any:
        """self ← self mod other, with the sign of other"""
        return write(self, "remainder_", ops.remainder, other)

    def fmod_(self, other: Any) -> Any:
        """self ← self mod other, with the sign of self"""
        return write(self, "fmod_", ops.fmod, other)

    def floor_divide_(self, other: Any) -> Any:
        """self ← ⌊self / other⌋"""
        return write(self, "floor_divide_", ops.floor_divide, other)

    def addcmul_(self, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
        """self ← self + value · tensor1 · tensor2"""
        return write(self, "addcmul_", ops.addcmul, tensor1, tensor2, value=value)

    def addcdiv_(self, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
        """self ← self + value · tensor1 / tensor2"""
        return write(self, "addcdiv_", ops.addcdiv, tensor1, tensor2, value=value)

    def lerp_(self, end: Any, weight: Any) -> Any:
        """self ← self + weight · (end − self)"""
        return write(self, "lerp_", ops.lerp, end, weight)

    def clamp_(self, min: Any = None, max: Any = None) -> Any:
        """self ← self, limited to [min, max]"""
        return write(self, "clamp_", ops.clamp, min, max)

    clip_ = clamp_
    subtract_, multiply_, divide_, true_divide_ = sub_, mul_, div_, div_

    __iadd__ = add_
    __isub__ = sub_
    __imul__ = mul_
    __itruediv__ = div_
    __ipow__ = pow_
    __imod__ = remainder_
    __ifloordiv__ = floor_divide_

    # functions of one variable

    def neg_(self) -> Any:
        """self ← −self"""
        return write(self, "neg_", ops.neg)

    def abs_(self) -> Any:
        """self ← |self|"""
        return write(self, "abs_", ops.abs)

    def sign_(self) -> Any:
        """self ← sign self"""
        return write(self, "sign_", ops.sign)

    sgn_ = sign_

    def conj_physical_(self) -> Any:
        """self, which has no imaginary part to turn round"""
        return self

    def exp_(self) -> Any:
        """self ← e^self"""
        return write(self, "exp_", ops.exp)

    def log_(self) -> Any:
        """self ← log self"""
        return write(self, "log_", ops.log)

    def sqrt_(self) -> Any:
        """self ← √self"""
        return write(self, "sqrt_", ops.sqrt)

    def rsqrt_(self) -> Any:
        """self ← 1/√self"""
        return write(self, "rsqrt_", ops.rsqrt)

    def square_(self) -> Any:
        """self ← self²"""
        return write(self, "square_", ops.square)

    def reciprocal_(self) -> Any:
        """self ← 1/self"""
        return write(self, "reciprocal_", ops.reciprocal)

    def sin_(self) -> Any:
        """self ← sin self"""
        return write(self, "sin_", ops.sin)

    def cos_(self) -> Any:
        """self ← cos self"""
        return write(self, "cos_", ops.cos)

    def tanh_(self) -> Any:
        """self ← tanh self"""
        return write(self, "tanh_", ops.tanh)

    def sigmoid_(self) -> Any:
        """self ← 1/(1 + e^−self)"""
        return write(self, "sigmoid_", ops.sigmoid)

    def relu_(self) -> Any:
        """self ← max(0, self)"""
        return write(self, "relu_", ops.relu)

    def floor_(self) -> Any:
        """self ← ⌊self⌋"""
        return write(self, "floor_", ops.floor)

    def ceil_(self) -> Any:
        """self ← ⌈self⌉"""
        return write(self, "ceil_", ops.ceil)

    def round_(self, *, decimals: int = 0) -> Any:
        """self ← self, rounded to `decimals`, halves to even"""
        return write(self, "round_", ops.round, decimals=decimals)

    def trunc_(self) -> Any:
        """self ← self without its fraction"""
        return write(self, "trunc_", ops.trunc)

    # values

    @also(other="src")
    def copy_(self, src: Any, non_blocking: bool = False) -> Any:
        """self ← src, broadcast to self's shape and cast to its dtype"""
        source = to_dtype(src, self.array.dtype) if src.array.dtype != self.array.dtype else src
        return write(self, "copy_", overwrite, source)

    def fill_(self, value: Any) -> Any:
        """self ← value, everywhere"""
        if isinstance(value, Variable):
            return self.copy_(value)
        if self.node is None or not mode():  # the common case: nothing to record
            self.array[...] = value
            writes.mark(self.array, "fill_")
            return self
        return write(self, "fill_", overwrite, value)

    def zero_(self) -> Any:
        """self ← 0, everywhere"""
        return self.fill_(0)
