"""Operations with a derivative of the user's own (PyTorch's page "Extending PyTorch", section torch.autograd).

On the tape a Function is two nodes, and one more for each output where there are several:

    output 0 ─┐
              ├→ FunctionNode → inputs node → the nodes and leaves of the inputs
    output 1 ─┘

The FunctionNode runs the user's backward, once, and sends all its results on as one `Bundle`; the pullbacks of the
inputs node pick one derivative each. In the other direction, the output nodes wrap their derivatives in bundles, which
add up on their way. So the loop in `tape.backward` needs to know nothing of this.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from .. import writes
from ..operation import result
from ..tape import Node, Variable, recording
from .context import Context, among
from .function_record import alias, new_node, record, untouched


class Function:
    """An operation whose derivative you write yourself: y = forward(…), x̄ = backward(ȳ) (torch.autograd.Function).

    Define two static methods, `forward(ctx, *inputs)` and `backward(ctx, *grads)`, or three: `forward(*inputs)`,
    `setup_context(ctx, inputs, output)` and `backward`; then call `apply(*inputs)`. `backward` gets a derivative for
    each output, and returns one, or None, for each input. It is recorded under create_graph, so that derivatives of
    derivatives are right if it consists of operations on tensors.

    Raises RuntimeError where backward returns a wrong number of derivatives or one of a wrong shape.

    >>> import tinygrad_lite as tl
    >>> class Cube(tl.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return g * 3 * x**2
    >>> x = tl.tensor([1.0, 2.0], requires_grad=True)
    >>> Cube.apply(x).sum().backward()
    >>> x.grad
    tensor([ 3., 12.])
    """

    generate_vmap_rule = False
    _operation: Any  # how the tape sees it; made for each subclass

    def __init__(self, *args: Any, **kwargs: Any):
        raise RuntimeError(
            f"{type(self).__name__}: a Function is not instantiated (legacy autograd function with non-static forward "
            f"method): make forward and backward static methods, and call {type(self).__name__}.apply(…)"
        )

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)

        def op(*args):
            return cls.apply(*args)

        code = getattr(cls.forward, "__code__", None)
        names = code.co_varnames[: code.co_argcount] if code is not None else ()
        described: Any = op
        described.__name__, described.__qualname__, described.__doc__ = cls.__name__, cls.__qualname__, cls.__doc__
        described.kind = "linear"  # under create_graph its pullbacks run as they are: backward records itself
        described.inputs = names if cls._separate() else names[1:]
        cls._operation = described

    @classmethod
    def _separate(cls) -> bool:
        """Whether forward leaves the context to setup_context."""
        return cls.setup_context is not Function.setup_context

    @classmethod
    def _rule(cls) -> Callable:
        """The method that gives the derivatives: backward, or vjp."""
        if cls.vjp is Function.vjp:
            return cls.backward
        if cls.backward is not Function.backward:
            raise RuntimeError(f"{cls.__name__}: implementing both 'backward' and 'vjp' is not allowed")
        return cls.vjp

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs: forward(ctx, *inputs), or forward(*inputs) beside a setup_context."""
        raise NotImplementedError("Function: you must implement the forward function for custom autograd.Function")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: Any) -> Any:
        """Keep in ctx what backward needs."""
        raise NotImplementedError("Function: setup_context is not implemented")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The derivative of each input, from those of the outputs."""
        raise NotImplementedError(
            "Function: you must implement either the backward or vjp method for your custom autograd.Function to use "
            "it with backward mode AD"
        )

    vjp = backward  # its other name

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """Forward mode, which the tape does not have."""
        raise NotImplementedError(
            "Function.jvp: there is no forward mode: autograd.functional.jvp computes J·v by two backward passes"
        )

    @staticmethod
    def vmap(info: Any, in_dims: tuple, *args: Any) -> Any:
        """Batching, which the tape does not have."""
        raise NotImplementedError("Function.vmap: there is no vmap; write forward for a leading batch dimension")

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run forward on the inputs, and record it where one of them needs a derivative."""
        context, recorder = Context(), recording.get()
        separate = cls._separate()
        if separate:
            bound = inspect.signature(cls.forward).bind(*args, **kwargs)
            bound.apply_defaults()
            args, kwargs = bound.args, bound.kwargs
        context.needs_input_grad = tuple(isinstance(a, Variable) and a.node is not None for a in args)
        token = recording.set(False)
        try:
            if separate:
                output = cls.forward(*args, **kwargs)
                cls.setup_context(context, args, output)
            else:
                output = cls.forward(context, *args, **kwargs)
        finally:
            recording.reset(token)
        outputs = output if isinstance(output, tuple) else (output,)
        for t in context._dirty:
            if not among(t, outputs):
                raise RuntimeError(
                    f"{cls.__name__}: some elements marked as dirty during the forward method were not returned as "
                    "output. The inputs that are modified inplace must all be outputs of the Function."
                )
            writes.mark(t.array, cls.__name__)
        if recorder and True in context.needs_input_grad:
            outputs = record(cls, context, args, outputs, recorder)
        else:
            outputs = tuple(alias(y, y, None) if among(y, args) and untouched(y, context) else y for y in outputs)
        return outputs if isinstance(output, tuple) else outputs[0]


class InplaceFunction(Function):
    """A Function by the name that older code uses (torch.autograd.function.InplaceFunction)."""


def once_differentiable(function: Callable) -> Callable:
    """Let a Function's backward, which is not recorded, refuse second derivatives instead of giving wrong ones.

    PyTorch's page torch.autograd.function.once_differentiable.
    """

    @wraps(function)
    def wrapper(ctx, *args):
        token = recording.set(False)
        try:
            found = function(ctx, *args)
        finally:
            recording.reset(token)
        sources = [a.node for a in args if isinstance(a, Variable) and a.node is not None]
        if not recording.get() or not sources:
            return found
        outputs = found if isinstance(found, tuple) else (found,)

        def refuse(g):
            raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")

        def refusing(y):
            edges = tuple(part for source in sources for part in (source, refuse))
            return result(y.array, new_node(Node(), _Refused, edges, y.array.shape))

        outputs = tuple(refusing(y) if isinstance(y, Variable) else y for y in outputs)
        return outputs if isinstance(found, tuple) else outputs[0]

    return wrapper


class _Refused(Function):
    """The results of a backward that is differentiable once."""
