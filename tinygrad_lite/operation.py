"""What turns a rule into an operation: unwrap, run, wrap, record.

A *rule* is a plain NumPy function that returns a value and one pullback for each input:

    @unary
    def tanh(x):
        \"\"\"y = tanh x        dy = (1 − y²) dx\"\"\"
        y = np.tanh(x)
        return y, lambda g: g * (1 - y * y)

`unary`, `binary`, `nary` and `gathered` (for a list of tensors) make of it an operation on tensors. Given bare arrays,
an operation returns a bare array and records nothing, so a pullback may call other operations.

Derivatives of derivatives. The free variables of a pullback are what the tape saves. For `create_graph` the same
pullback runs again on tensors, which record, and how depends on the kind of the rule:

    smooth   (the default) a pullback captures only the rule's own inputs, by their names, and the value, by the name
             `y`. Those arrays are exchanged for tensors at their places on the tape.
    linear   (`linear=True`: linear, or linear by pieces) it captures shapes, masks, indices: constants. It runs as is.
    fused    (`fuses=expression`) it captures whatever is fast; the named plain expression is differentiated instead.

That a smooth rule keeps to its word is checked when it is defined.
"""

from collections.abc import Callable
from functools import partial, wraps
from inspect import CO_VARARGS, CO_VARKEYWORDS
from types import CodeType
from typing import Any

import numpy as np

from . import dtypes, quiet as quiet
from .arguments import numpy_spelling, positional, refuse_out
from .errors import ShapeError, broadcasting
from .tape import NOTHING, Node, Variable, recording
from .writes import tick

ndarray, asarray, float32 = np.ndarray, np.asarray, dtypes.float32
NUMBERS = frozenset({float, int})  # do not change the dtype of a floating-point operand
mode = recording.get
new: Callable[[], Variable] = Variable  # makes an empty tensor; see results_are

OPERATIONS: dict[str, Callable] = {}  # every operation by name: the tests enumerate it


link_view: Callable = print  # notes that a tensor is a view of another; see view_maker


def view_maker(link: Callable) -> None:
    """Name the function that links views with their bases. It stands above this module, so it introduces itself."""
    global link_view
    link_view = link


def results_are(cls: type) -> None:
    """Name the class of every result. It stands above this module, so it introduces itself."""
    global new
    new = partial(object.__new__, cls)


def result(value: Any, node: Any = None) -> Any:
    """A tensor of a value, at a node of the tape."""
    t = new()
    t.array = value if value.__class__ is ndarray else asarray(value)
    t.node = node
    return t


def _define(rule: Callable, op: Any, linear: bool, fuses: Callable | None, inputs: int | None = None) -> Callable:
    """Note the kind of an operation, and hold a smooth rule to what its pullbacks may capture."""
    op = wraps(rule)(op)
    code = rule.__code__
    op.inputs = code.co_varnames[: code.co_argcount if inputs is None else inputs]
    op.kind = "linear" if linear else "fused" if fuses else "smooth"
    op.expression = fuses
    if op.kind == "smooth":
        allowed = {*code.co_varnames[: code.co_argcount + code.co_kwonlyargcount], "y"}
        for pullback in code.co_consts:
            if isinstance(pullback, CodeType) and not allowed.issuperset(pullback.co_freevars):
                names = ", ".join(sorted(set(pullback.co_freevars) - allowed))
                raise TypeError(
                    f"{rule.__name__}: a pullback captures {names}. A smooth rule's pullbacks may capture its inputs "
                    "and its value y; otherwise declare the rule linear=True or fuses=expression"
                )
    OPERATIONS[rule.__name__] = op
    return op


def unary(
    rule: Callable | None = None, *, linear: bool = False, fuses: Callable | None = None, view: bool = False
) -> Any:
    """An operation on one tensor; further arguments are passed to the rule as they are.

    view  the value may share the memory of the input: the two are then linked, so that a write into one is seen in both
    """
    if rule is None:
        return partial(unary, linear=linear, fuses=fuses, view=view)

    def plain(input, out=None):
        if out is not None:
            refuse_out(op.__name__)
        if not isinstance(input, Variable):
            return rule(input)[0]
        x = input.array
        y, pullback = rule(x)
        if y.__class__ is not ndarray:
            y = asarray(y)
        if y.dtype is not float32 and y.dtype.kind == "f" and x.dtype.kind != "f":
            y = rule(x.astype(dtypes.get_default_dtype()))[0]
        t = new()
        t.array = y
        parent = input.node
        if parent is not None and (recorder := mode()):
            t.node = node = Node()
            node.op, node.edges, node.birth, node.shape, node.hooks = op, (parent, pullback), tick(), y.shape, None
            if fuses is not None:
                node.saved = (x,), (parent,), {}
            if recorder is not True:
                recorder.note(node, (input,))
        else:
            t.node = None
        return t

    def general(input, *args, **kwargs):
        if not args and not kwargs and not view:
            return plain(input)
        if not isinstance(input, Variable):
            return rule(input, *args, **kwargs)[0]
        x = input.array
        if kwargs:
            kwargs = numpy_spelling(kwargs, op.__name__)
        y, pullback = rule(x, *args, **kwargs)
        if y.__class__ is not ndarray:
            y = asarray(y)
        if y.dtype is not float32 and y.dtype.kind == "f" and x.dtype.kind != "f" and not linear:
            y = rule(x.astype(dtypes.get_default_dtype()), *args, **kwargs)[0]
        t = new()
        t.array = y
        parent = input.node
        if parent is not None and (recorder := mode()):
            t.node = node = Node()
            node.op, node.edges, node.birth, node.shape, node.hooks = op, (parent, pullback), tick(), y.shape, None
            if fuses is not None:
                node.saved = (x, *args), (parent,), kwargs
            if recorder is not True:
                recorder.note(node, (input, *args))
        else:
            t.node = None
        if view and (y.base is x or y.base is x.base) and y.base is not None and mode():
            link_view(t, input, lambda base: op(base, *args, **kwargs))
        return t

    code = rule.__code__
    more = code.co_argcount > 1 or code.co_kwonlyargcount or code.co_flags & (CO_VARARGS | CO_VARKEYWORDS)
    op = general if more or view else plain
    return _define(rule, op, linear, fuses, inputs=1)


def binary(rule: Callable | None = None, *, linear: bool = False, floating: bool = False, mixing: bool = True) -> Any:
    """An operation on two tensors, or a tensor and a number, with PyTorch's mixing of dtypes.

    floating  integers become floats first (division)
    mixing    False: no broadcasting and no mixing of dtypes; the rule sees its operands as they are (matmul)
    """
    if rule is None:
        return partial(binary, linear=linear, floating=floating, mixing=mixing)

    def op(input, other, out=None):
        if out is not None:
            refuse_out(op.__name__)
        if isinstance(input, Variable) and isinstance(other, Variable):
            a, b, na, nb = input.array, other.array, input.node, other.node
            if mixing and (a.dtype is not b.dtype or (floating and a.dtype.kind != "f")):
                a, b, na, nb = mixed(rule, input, other, floating)
        elif isinstance(input, Variable):
            a, b, na, nb = input.array, other, input.node, None
            if mixing and (other.__class__ not in NUMBERS or a.dtype.kind != "f"):
                a, b, na, nb = mixed(rule, input, other, floating)
        elif isinstance(other, Variable):
            a, b, na, nb = input, other.array, None, other.node
            if mixing and (input.__class__ not in NUMBERS or b.dtype.kind != "f"):
                a, b, na, nb = mixed(rule, input, other, floating)
        else:
            return rule(input, other)[0]
        try:
            y, da, db = rule(a, b)
        except ValueError as error:
            raise (explained(rule.__name__, a, b, error) if mixing else error) from None
        t = new()
        t.array = y if y.__class__ is ndarray else asarray(y)
        if (na is not None or nb is not None) and (recorder := mode()):
            t.node = node = Node()
            if nb is None:
                edges = (na, da, None, None)
            elif na is None:
                edges = (None, None, nb, db)
            else:
                edges = (na, da, nb, db)
            node.op, node.edges, node.birth, node.shape, node.hooks = op, edges, tick(), y.shape, None
            if recorder is not True:
                recorder.note(node, (input, other))
        else:
            t.node = None
        return t

    return _define(rule, op, linear, None, inputs=2)


def nary(
    rule: Callable | None = None,
    *,
    linear: bool = False,
    fuses: Callable | None = None,
    wary: Callable | None = None,
) -> Any:
    """An operation on any number of tensors among its arguments.

    The rule returns its value and a pullback for each of its first arguments (None where there is no derivative).

    wary  called with the node of the first input: warns if that is most probably not meant (see mistakes.py)
    """
    if rule is None:
        return partial(nary, linear=linear, fuses=fuses, wary=wary)

    def op(*args, **kwargs):
        if kwargs:
            args, kwargs = positional(op.inputs, args, numpy_spelling(kwargs, op.__name__))
        arrays, nodes, bare, tracked = [], [], True, False
        for a in args:
            if isinstance(a, Variable):
                bare = False
                arrays.append(a.array)
                nodes.append(a.node)
                if a.node is not None:
                    tracked = True
            else:
                arrays.append(a)
                nodes.append(None)
        y, *pullbacks = rule(*arrays, **kwargs)
        if bare:
            return y
        t = new()
        t.array = y if y.__class__ is ndarray else asarray(y)
        if tracked and (recorder := mode()):
            edges: list = []
            for parent, pullback in zip(nodes, pullbacks, strict=False):
                edges += NOTHING if parent is None or pullback is None else (parent, pullback)
            t.node = node = Node()
            node.op, node.edges, node.birth, node.shape, node.hooks = op, tuple(edges), tick(), y.shape, None
            if wary is not None:
                wary(nodes[0])
            if fuses is not None:
                node.saved = arrays, nodes, kwargs
            if recorder is not True:
                recorder.note(node, args)
        else:
            t.node = None
        return t

    return _define(rule, op, linear, fuses)


def layer(rule: Callable) -> Any:
    """An operation on an input, a weight and perhaps a bias (linear): as `nary`, and quicker, for it is in every layer.

    Dtypes are not mixed; the rule sees its operands as they are.
    """

    def op(input, weight, bias=None):
        na = nb = nc = None
        a, b, c, bare = input, weight, bias, True
        if isinstance(input, Variable):
            a, na, bare = input.array, input.node, False
        if isinstance(weight, Variable):
            b, nb, bare = weight.array, weight.node, False
        if isinstance(bias, Variable):
            c, nc, bare = bias.array, bias.node, False
        y, da, db, dc = rule(a, b, c)
        if bare:
            return y
        t = new()
        t.array = y
        if (nb is not None or na is not None or nc is not None) and (recorder := mode()):
            t.node = node = Node()
            node.edges = (
                na, da if na is not None else None,
                nb, db if nb is not None else None,
                nc, dc if nc is not None else None,
            )  # fmt: skip
            node.op, node.birth, node.shape, node.hooks = op, tick(), y.shape, None
            if recorder is not True:
                recorder.note(node, (input, weight, bias))
        else:
            t.node = None
        return t

    return _define(rule, op, False, None)


def gathered(rule: Callable) -> Any:
    """A linear operation on a sequence of tensors (cat, stack): the rule returns its value and a list of pullbacks."""

    def op(tensors, *args, **kwargs):
        if isinstance(tensors, Variable):
            raise TypeError(
                f"{rule.__name__}: expected a tuple or list of Tensors, got a Tensor; write [x] or x.unbind()"
            )
        tensors = tuple(tensors)
        arrays = [t.array if isinstance(t, Variable) else t for t in tensors]
        y, pullbacks = rule(arrays, *args, **numpy_spelling(kwargs, op.__name__))
        return recorded(op, y, tensors, pullbacks, (tensors, *args))

    return _define(rule, op, True, None, inputs=1)


def constant(rule: Callable) -> Any:
    """An operation without a derivative (comparisons, argmax): the rule returns its value alone."""

    def compute(*args, **kwargs):
        arrays = [a.array if isinstance(a, Variable) else a for a in args]
        inputs = args
        if kwargs:
            kwargs = numpy_spelling(kwargs, op.__name__)
            inputs = (*args, *kwargs.values())
            kwargs = {name: a.array if isinstance(a, Variable) else a for name, a in kwargs.items()}
        y = rule(*arrays, **kwargs)
        return result(y) if any(isinstance(a, Variable) for a in inputs) else y

    op: Any = wraps(rule)(compute)
    op.kind = "constant"
    OPERATIONS[rule.__name__] = op
    return op


def recorded(op: Any, y: Any, inputs: Any, pullbacks: list, call: tuple) -> Any:
    """The value y as a tensor, recorded if an input needs a derivative; a bare array if every input is one."""
    if not any(isinstance(a, Variable) for a in inputs):
        return y
    edges: list = []
    for a, pullback in zip(inputs, pullbacks, strict=False):
        tracked = isinstance(a, Variable) and a.node is not None and pullback is not None
        edges += (a.node, pullback) if tracked else (None, None)
    recorder = mode() if any(edges) else None
    if not recorder:
        return result(y)
    node = Node()
    node.op, node.edges, node.birth, node.shape, node.hooks = op, tuple(edges), tick(), y.shape, None
    if recorder is not True:
        recorder.note(node, call)
    return result(y, node)


def mixed(rule: Callable, input: Any, other: Any, floating: bool) -> tuple:
    """Arrays and nodes of two operands of unlike dtypes, cast as PyTorch casts; a Python number stays a number."""
    operands, nodes = [], []
    for operand in (input, other):
        if isinstance(operand, Variable):
            operands.append(operand.array)
            nodes.append(operand.node)
        elif isinstance(operand, (int, float, ndarray)):
            operands.append(float(operand) if operand.__class__ is np.float64 else operand)
            nodes.append(None)
        elif isinstance(operand, (np.number, np.bool_)):
            operands.append(operand.item())
            nodes.append(None)
        else:
            raise TypeError(
                f"{rule.__name__}: an operand is a {type(operand).__name__}; tensors, arrays and numbers are taken. "
                "Make a tensor of it with tensor(...)"
            )
    dtype = dtypes.result_type(*operands)
    if floating and dtype.kind != "f":
        dtype = dtypes.get_default_dtype()
    for i, (operand, source) in enumerate(zip(operands, (input, other), strict=True)):
        if isinstance(operand, ndarray) and operand.dtype is not dtype:
            cast = to_dtype(source, dtype)
            operands[i], nodes[i] = (cast.array, cast.node) if isinstance(cast, Variable) else (cast, None)
    return *operands, *nodes


def explained(name: str, a: Any, b: Any, error: Exception) -> Exception:
    """The error of two operands, with the operation's name and both shapes."""
    a, b = np.shape(a), np.shape(b)
    try:
        np.broadcast_shapes(a, b)
    except ValueError:
        return broadcasting(name, a, b)
    return ShapeError(f"{name}: {a} and {b}: {error}")


@unary(linear=True)
def to_dtype(x, dtype):
    """y = x in another dtype        dy = dx in it"""
    before = x.dtype
    return x.astype(dtype), lambda g: to_dtype(g, before)
