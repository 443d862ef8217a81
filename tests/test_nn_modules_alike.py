"""What every module has in common, on every module of the table, against PyTorch.

Text, first weights, the tree of its parts, modes, copies, hooks, dtypes, states, and weights that several share.
"""

import copy
import pickle
import warnings
from collections import OrderedDict

import numpy as np
import pytest
from nn_table import FUNCTIONS, MODULES, label, losses
from nn_table.case import drawn

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)
pytestmark = [
    pytest.mark.filterwarnings("ignore:enable_nested_tensor"),
    pytest.mark.filterwarnings("ignore:.*NLLLoss2d"),
    pytest.mark.filterwarnings("ignore:reduction. 'mean' divides"),
    pytest.mark.filterwarnings("ignore:dropout2d. Received"),
    pytest.mark.filterwarnings("ignore:LSTM with projections"),
    pytest.mark.filterwarnings("ignore:Full backward hook is firing"),
]

LIBRARIES = (tl, torch)
ONCE = [*{case.name if case in losses.MODULES else case.text: case for case in MODULES}.values()]
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="enable_nested_tensor|.*NLLLoss2d")
    HOLDING = [case for case in ONCE if list(case.build(tl).parameters())]  # with weights


def plain(t):
    """A dtype's name without a library."""
    return str(t.dtype).removeprefix("torch.")


def inputs_of(lib, case, dtype="float32", leaf=True):
    random = np.random.default_rng(3)
    made = []
    for given in case.sets[0]:
        x = lib.tensor(drawn(given, dtype, random))
        made.append(
            x.requires_grad_(leaf and given.leaf) * 1 if case.in_place else x.requires_grad_(leaf and given.leaf)
        )
    return made


def flat(lib, found):
    if isinstance(found, (tuple, list)):
        return [y for part in found for y in flat(lib, part)]
    return [found] if isinstance(found, lib.Tensor) else []


def same(ours, theirs, tolerance=5e-6):
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        assert tuple(a.shape) == tuple(b.shape)
        assert plain(a) == plain(b)
        b = b.detach().double().numpy() if b.is_floating_point() else b.numpy()
        scale = float(np.abs(b[np.isfinite(b)]).max(initial=1))
        np.testing.assert_allclose(a.detach().numpy(), b, rtol=tolerance, atol=tolerance * scale)


def same_states(ours, theirs):
    """The same names in the same order, shapes, dtypes, and numbers to the last bit."""
    a, b = ours.state_dict(), theirs.state_dict()
    assert list(a) == list(b)
    for name in a:
        np.testing.assert_array_equal(a[name].numpy(), b[name].numpy(), err_msg=name, strict=True)


@pytest.mark.parametrize("case", MODULES, ids=label)
def test_text_and_first_weights(case):
    ours, theirs = (case.build(lib) for lib in LIBRARIES)
    assert repr(ours) == repr(theirs)
    assert ours.extra_repr() == theirs.extra_repr()
    same_states(ours, theirs)
    if hasattr(ours, "reset_parameters"):
        for lib, layer in zip(LIBRARIES, (ours, theirs), strict=True):
            lib.manual_seed(3)
            layer.reset_parameters()
        same_states(ours, theirs)


@pytest.mark.parametrize("case", HOLDING, ids=label)
def test_made_in_float64(case):
    """By the argument dtype where PyTorch has it, and by the default dtype: first weights are drawn anew."""
    made = []
    for lib in LIBRARIES:
        try:
            made.append(case.build(lib, "dtype=lib.float64"))
        except TypeError:
            made.append(None)
    assert (made[0] is None) == (made[1] is None)
    if made[0] is not None:
        same_states(*made)
    defaults = [lib.get_default_dtype() for lib in LIBRARIES]
    try:
        for lib in LIBRARIES:
            lib.set_default_dtype(lib.float64)
        same_states(*(case.build(lib) for lib in LIBRARIES))
    finally:
        for lib, default in zip(LIBRARIES, defaults, strict=True):
            lib.set_default_dtype(default)


@pytest.mark.parametrize("case", ONCE, ids=label)
def test_tree_and_modes(case):
    found = []
    for lib in LIBRARIES:
        layer = case.build(lib)
        seen = []
        assert layer.apply(lambda part, seen=seen: seen.append(type(part).__name__)) is layer
        facts = [seen, [(name, type(part).__name__) for name, part in layer.named_modules()]]
        facts.append([(name, tuple(p.shape), p.requires_grad) for name, p in layer.named_parameters()])
        facts.append([(name, tuple(b.shape), plain(b)) for name, b in layer.named_buffers()])
        facts.append([name for name, _ in layer.named_children()])
        facts.append([name for name, p in layer.named_parameters(prefix="x", recurse=False)])
        facts.append([part.training for part in layer.modules()])
        assert layer.eval() is layer
        facts.append([part.training for part in layer.modules()])
        assert layer.train() is layer
        facts.append([part.training for part in layer.modules()])
        assert layer.requires_grad_(False) is layer
        facts.append([p.requires_grad for p in layer.parameters()])
        found.append(facts)
    for a, b in zip(*found, strict=True):
        assert a == b


@pytest.mark.parametrize("case", ONCE, ids=label)
def test_evaluation(case):
    """After a step of training: running statistics are used and kept, nothing is dropped."""
    found = []
    for lib in LIBRARIES:
        layer = case.build(lib)
        case.result(lib, inputs_of(lib, case, leaf=False), layer)
        layer.eval()
        before = [b.clone() for b in layer.buffers()]
        with lib.no_grad():
            outputs = flat(lib, case.result(lib, inputs_of(lib, case, leaf=False), layer))
        assert not any(y.requires_grad for y in outputs)
        found.append([*outputs, *layer.buffers(), *before])
    same(*found)


@pytest.mark.parametrize("case", ONCE, ids=label)
def test_copies(case):
    """A deep copy, and a pickled one, have their own memory, and give what the original gives."""
    layer = case.build(tl)
    expected = flat(tl, case.result(tl, inputs_of(tl, case), layer))
    layer = case.build(tl).eval().train()
    for again in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert repr(again) == repr(layer)
        assert [p.requires_grad for p in again.parameters()] == [p.requires_grad for p in layer.parameters()]
        a, b = again.state_dict(), layer.state_dict()
        assert list(a) == list(b)
        for name in a:
            np.testing.assert_array_equal(a[name].numpy(), b[name].numpy(), strict=True)
            assert not np.may_share_memory(a[name].numpy(), b[name].numpy())
        found = flat(tl, case.result(tl, inputs_of(tl, case), again))
        for y, z in zip(found, expected, strict=True):
            np.testing.assert_array_equal(y.detach().numpy(), z.detach().numpy())


@pytest.mark.parametrize("case", ONCE, ids=label)
def test_hooks(case):
    """Before and after forward and backward, in PyTorch's order, with what PyTorch gives them; an output replaced."""
    found = []
    for lib in LIBRARIES:
        layer, seen = case.build(lib), []

        def note(name, seen=seen, lib=lib):
            def hook(module, *parts):
                seen.append((name, [shapes(lib, part) for part in parts]))

            return hook

        handles = [
            layer.register_forward_pre_hook(note("before")),
            layer.register_forward_hook(note("after")),
            layer.register_forward_hook(lambda module, given, y, lib=lib: halved(lib, y)),
        ]
        outputs = flat(lib, case.result(lib, inputs_of(lib, case), layer))
        if not case.in_place:  # PyTorch refuses to write into what passed through a backward hook
            handles += [layer.register_full_backward_pre_hook(note("backward"))]
            handles += [layer.register_full_backward_hook(note("done"))]
            again = flat(lib, case.result(lib, inputs_of(lib, case), layer))
            ends = [y for y in again if y.requires_grad]
            if ends:
                sum(y.sum() for y in ends).backward()
        count = len(seen)
        for handle in handles:
            handle.remove()
        rest = flat(lib, case.result(lib, inputs_of(lib, case), layer))
        assert len(seen) == count
        found.append((seen, [*outputs, *rest]))
    assert found[0][0] == found[1][0]
    same(found[0][1], found[1][1])


def halved(lib, y):
    if isinstance(y, tuple):
        return (
            type(y)(*(halved(lib, part) for part in y)) if hasattr(y, "_fields") else tuple(halved(lib, p) for p in y)
        )
    return y / 2 if isinstance(y, lib.Tensor) and y.is_floating_point() else y


def shapes(lib, found):
    if isinstance(found, (tuple, list)):
        return [shapes(lib, part) for part in found]
    return tuple(found.shape) if isinstance(found, lib.Tensor) else found


@pytest.mark.parametrize("case", ONCE, ids=label)
def test_dtypes(case):
    """to(float64) moves parameters and buffers of floats, and no others; and back there is nothing lost."""
    ours, theirs = (case.build(lib) for lib in LIBRARIES)
    first = {name: t.numpy().copy() for name, t in ours.state_dict().items()}
    for change in ("to", "double", "float", "half", "float"):
        for lib, layer in zip(LIBRARIES, (ours, theirs), strict=True):
            assert (layer.to(lib.float64) if change == "to" else getattr(layer, change)()) is layer
        a, b = ours.state_dict(), theirs.state_dict()
        assert [plain(t) for t in a.values()] == [plain(t) for t in b.values()]
        assert [p.requires_grad for p in ours.parameters()] == [p.requires_grad for p in theirs.parameters()]
        if change == "double":
            for layer in (ours, theirs):
                layer.float()
            for name, t in ours.state_dict().items():
                np.testing.assert_array_equal(t.numpy(), first[name], strict=True)


@pytest.mark.parametrize("case", [case for case in ONCE if any(given.leaf for given in case.sets[0])], ids=label)
def test_half(case):
    """In float16 the value of PyTorch, to what half precision has, where PyTorch has a value."""
    found = []
    for lib in (torch, tl):
        layer = case.build(lib).half()
        given = [x.half() if x.is_floating_point() else x for x in inputs_of(lib, case, leaf=False)]
        try:
            with lib.no_grad():
                found.append(flat(lib, case.result(lib, given, layer)))
        except (RuntimeError, NotImplementedError) as error:
            if lib is torch and ("Half" in str(error) or "dtype" in str(error)):
                return
            raise
    same(found[1], found[0], 2e-2)


@pytest.mark.parametrize("case", HOLDING, ids=label)
def test_states_go_both_ways(case):
    ours, theirs = (case.build(lib) for lib in LIBRARIES)
    theirs.load_state_dict({name: torch.tensor(t.numpy() * 2) for name, t in ours.state_dict().items()})
    missing, unexpected = ours.load_state_dict({k: tl.tensor(t.numpy()) for k, t in theirs.state_dict().items()})
    assert missing == unexpected == []
    same_states(ours, theirs)
    state = ours.state_dict()
    del state[next(iter(state))]
    state["more"] = tl.zeros(1)
    with pytest.raises(RuntimeError, match=r"Missing key.*\n?.*Unexpected key"):
        ours.load_state_dict(state)
    ours.load_state_dict(state, strict=False)


@pytest.mark.parametrize("case", HOLDING, ids=label)
def test_shared_weights_and_nests(case):
    """Two modules with the first parameter of the one, deep in containers: counted once, saved twice, copied as one."""
    found = []
    for lib in LIBRARIES:
        nn, one, two = lib.nn, case.build(lib), case.build(lib)
        name, parameter = next(iter(one.named_parameters()))
        *path, last = name.split(".")
        setattr(two.get_submodule(".".join(path)), last, parameter)
        nest = nn.Sequential(
            OrderedDict(first=one, rest=nn.ModuleDict({"a": nn.ModuleList([two, one]), "b": nn.Identity()}))
        )
        again = copy.deepcopy(nest)
        facts: list = [repr(nest)]
        for model in (nest, again):
            facts.append([key for key, _ in model.named_parameters()])
            facts.append([key for key, _ in model.named_parameters(remove_duplicate=False)])
            facts.append(list(model.state_dict()))
            facts.append([key for key, _ in model.named_modules()])
            facts.append([key for key, _ in model.named_modules(remove_duplicate=False)])
        pair = again.get_submodule("first"), again.get_submodule("rest.a.0")
        assert pair[0].get_parameter(name) is pair[1].get_parameter(name)
        assert pair[0].get_parameter(name) is not parameter
        found.append(facts)
    for a, b in zip(*found, strict=True):
        assert a == b


def test_nothing_is_said_twice():
    """The table has each line once."""
    lines = [(case.text, case.call, case.sets) for case in (*MODULES, *FUNCTIONS)]
    assert all(lines.count(line) == 1 for line in lines)
