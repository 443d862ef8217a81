"""Every module and every function of nn against PyTorch: values, derivatives of two orders, states, in both floats.

And on inputs that do not lie in memory as they are read, and on empty batches, where PyTorch accepts them.
"""

import inspect
import warnings

import numpy as np
import pytest
from nn_table import FUNCTIONS, MODULES, label, losses
from nn_table.case import drawn

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

# What has no line in the table, each with its reason.
CONTAINERS = {"Module", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict", "Parameter", "Buffer"}
BASES = {"RNNBase", "RNNCellBase"}  # what their kinds share
LATE = ("Lazy", "Uninitialized")  # what gets its sizes from its first input: see tests/test_nn_lazy.py
OWN = {"RectifiedTanh", "rectified_tanh"}  # PyTorch has none: see tests/table and tests/test_training_reports.py

QUIET = (  # said by both libraries
    "enable_nested_tensor",
    "LSTM with projections",
    "reduction: 'mean' divides",
    ".*NLLLoss2d",
    "`nn.functional.upsample",
    "dropout2d: Received",
)


def test_every_module_has_a_line():
    classes = {name for name in dir(tl.nn) if inspect.isclass(getattr(tl.nn, name))}
    classes = {name for name in classes if not name.startswith(LATE)}
    assert classes - CONTAINERS - BASES - OWN == {case.name for case in MODULES}


def test_every_function_has_a_line():
    functions = {n for n in dir(tl.nn.functional) if inspect.isroutine(getattr(tl.nn.functional, n)) and n[0] != "_"}
    assert functions - OWN == {case.name for case in FUNCTIONS}


def lying(lib, x, how):
    """A leaf with the numbers x; and x itself, as it lies in memory there."""
    if how == "in steps" and x.ndim:
        wide = np.repeat(x, 2, axis=-1)
        wide[..., 1::2] = 9
        leaf = lib.tensor(wide, requires_grad=True)
        return leaf, leaf[..., ::2]
    if how == "transposed":
        leaf = lib.tensor(np.array(x.T, order="C"), requires_grad=True)
        return leaf, leaf.permute([*reversed(range(x.ndim))])
    leaf = lib.tensor(x, requires_grad=True)
    return leaf, leaf


def flat(lib, found):
    """The tensors of a result."""
    if isinstance(found, (tuple, list)):
        return [y for part in found for y in flat(lib, part)]
    return [found] if isinstance(found, lib.Tensor) else []


def asked(lib, case, arrays, inputs, dtype, how, second):
    """Value, derivatives, derivatives of derivatives and state of a case; with names, to be compared one by one."""
    layer = case.build(lib)
    if layer is not None:
        layer.to(getattr(lib, dtype))
    leaves, given = [], []
    for x, kind in zip(arrays, inputs, strict=True):
        if kind.leaf:
            leaf, x = lying(lib, x, how)
            leaves.append(leaf)
            given.append(x * 1 if case.in_place else x)
        else:
            given.append(lib.tensor(x))
    outputs = flat(lib, case.result(lib, given, layer))
    parameters = {} if layer is None else dict(layer.named_parameters())
    found = {f"output {i}": y for i, y in enumerate(outputs)}
    places = {**{f"input {i}": x for i, x in enumerate(leaves)}, **parameters}
    ends = [y for y in outputs if y.requires_grad]
    if ends and places:
        random = np.random.default_rng(6)
        weights = [
            lib.tensor(np.asarray(random.normal(size=tuple(y.shape)), str(y.detach().numpy().dtype))) for y in ends
        ]
        first = lib.autograd.grad(ends, [*places.values()], weights, create_graph=second, allow_unused=True)
        found |= {f"d {name}": d for name, d in zip(places, first, strict=True)}
        parts = [(d * lib.sin(d)).sum() for d in first if d is not None and d.requires_grad] if second else []
        if parts:
            twice = lib.autograd.grad(sum(parts), [*places.values()], allow_unused=True)
            found |= {f"d² {name}": d for name, d in zip(places, twice, strict=True)}
    if layer is not None:
        found |= {f"state {name}": t for name, t in layer.state_dict().items()}
    return found


def same(ours, theirs, tolerance):
    for name, b in theirs.items():
        a = ours.get(name)
        if name.startswith("d² ") and (a is None or b is None):  # one may know that it is 0
            rest = b if a is None else a
            assert rest is None or not rest.numpy(force=True).any(), name
            continue
        assert (a is None) == (b is None), name
        if b is None:
            continue
        assert tuple(a.shape) == tuple(b.shape), name
        assert str(a.dtype) == str(b.dtype).removeprefix("torch."), name
        if name.startswith("output"):
            assert a.requires_grad == b.requires_grad, name
        b = b.numpy(force=True)
        scale = float(np.abs(b[np.isfinite(b)]).max(initial=1))
        np.testing.assert_allclose(a.numpy(force=True), b, rtol=tolerance, atol=tolerance * scale, err_msg=name)
    extra = {name for name in ours if name not in theirs and not name.startswith("d² ")}
    assert not extra


def compare(case, inputs, dtype, how="as it is", second=False):
    with warnings.catch_warnings():
        for words in QUIET:
            warnings.filterwarnings("ignore", message=words)
        random = np.random.default_rng(3)
        arrays = [drawn(given, dtype, random) for given in inputs]
        try:
            theirs = asked(torch, case, arrays, inputs, dtype, how, second)
        except RuntimeError as error:
            if second and "is not implemented" in str(error):
                return compare(case, inputs, dtype, how)  # PyTorch has no derivative of this derivative
            if how == "transposed" and "must be contiguous" in str(error):
                return None
            raise
        ours = asked(tl, case, arrays, inputs, dtype, how, second)
    return same(ours, theirs, 5e-6 if dtype == "float32" else case.tolerance)


ALL = [*MODULES, *FUNCTIONS]
# How inputs lie in memory is not a matter of a loss's arguments: one case of each loss is enough for that.
ONCE = [*{case.name if case in losses.MODULES else case.text + case.call: case for case in ALL}.values()]


@pytest.mark.parametrize("case", ALL, ids=label)
def test_first_derivatives_in_float32(case):
    for inputs in case.sets:
        compare(case, inputs, "float32")


@pytest.mark.parametrize("case", ALL, ids=label)
def test_second_derivatives_in_float64(case):
    for inputs in case.sets:
        compare(case, inputs, "float64", second=True)


@pytest.mark.parametrize("how", ["in steps", "transposed"])
@pytest.mark.parametrize("case", [case for case in ONCE if any(g.leaf for g in case.sets[0])], ids=label)
def test_not_contiguous(case, how):
    compare(case, case.sets[0], "float64", how)


def emptied(inputs):
    """Without a single element: the first size is 0 wherever it is that of the first input."""
    size = inputs[0].shape[0]
    return [
        given.__class__((0, *given.shape[1:]), given.low, given.high, given.leaf, given.whole)
        if given.shape[:1] == (size,)
        else given
        for given in inputs
    ]


# Without samples PyTorch's process ends in pdist, the margins' means are whatever was in memory, attention's mask has
# no derivative, and running statistics of instances become nan.
NOT_ASKED = {"pdist", "MultiMarginLoss", "MultiLabelMarginLoss", "multi_margin_loss", "multilabel_margin_loss"}
NOT_ASKED |= {"F.scaled_dot_product_attention(a, b, c, d)", "InstanceNorm2d(3, track_running_stats=True)"}
BATCHES = [case for case in ONCE if case.sets[0][0].shape and NOT_ASKED.isdisjoint((case.name, case.text))]
# There PyTorch has a value without a derivative, or fails over its own sizes: here there are both.
ONLY_HERE = ("PixelShuffle", "PixelUnshuffle", "pixel_", "InstanceNorm", "instance_norm")


@pytest.mark.parametrize("case", BATCHES, ids=label)
def test_empty_batches(case):
    """PyTorch's results, or an error where PyTorch has one."""
    inputs = emptied(case.sets[0])
    arrays = [drawn(given, "float64", np.random.default_rng(3)) for given in inputs]
    with warnings.catch_warnings():
        for words in QUIET:
            warnings.filterwarnings("ignore", message=words)
        try:
            theirs = asked(torch, case, arrays, inputs, "float64", "as it is", False)
        except (RuntimeError, ValueError, IndexError, AssertionError):
            if case.name.startswith(ONLY_HERE):
                assert asked(tl, case, arrays, inputs, "float64", "as it is", False)["d input 0"].shape[0] == 0
                return
            with pytest.raises((RuntimeError, ValueError, IndexError, AssertionError)):
                asked(tl, case, arrays, inputs, "float64", "as it is", False)
            return
        same(asked(tl, case, arrays, inputs, "float64", "as it is", False), theirs, 1e-9)
