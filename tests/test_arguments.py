"""Every argument of every function and method that both libraries have, by its name, by its place, and left out."""

import importlib
import inspect
import re
from pathlib import Path

import numpy as np
import pytest
from argument_values import ARRAYS, value_of
from both import Names
from stubs import read

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

STUBS = Path(torch.__file__).parent / "_C"
PLACES = {
    "torch": (read(STUBS / "_VariableFunctions.pyi"), tl),
    "Tensor": (read(STUBS / "__init__.pyi", "TensorBase"), tl.Tensor),
}

# Not asked: what sets or shows the machine or unset memory, and dtypes that NumPy has not.
# "new" has undocumented keywords that say how to share memory with another tensor's storage.
SKIPPED = """
    data_ptr get_num_threads get_num_interop_threads set_num_threads set_num_interop_threads empty empty_like new_empty
    bfloat16 cuda xpu ipu is_sparse new
"""
# Not asked yet: names that came last, whose values are still to be written into argument_values.py.
SKIPPED += """
    alpha_dropout as_strided as_strided_scatter bilinear cosine_similarity feature_alpha_dropout group_norm layer_norm
    pairwise_distance prelu rms_norm rrelu rrelu_ set_flush_denormal apply_ map_ to_dense
"""

# Where this library differs, and why.
INTENDED = {
    ("torch", "binary_cross_entropy_with_logits"): "its reduction has a name, as in nn.functional, not a number",
    ("torch", "rsub", "place"): "alpha is a keyword, as PyTorch's own pages have it",
    ("torch", "subtract", "place"): "alpha is a keyword, as PyTorch's own pages have it",
    ("Tensor", "subtract", "place"): "alpha is a keyword, as PyTorch's own pages have it",
    ("Tensor", "subtract_", "place"): "alpha is a keyword, as PyTorch's own pages have it",
}

# Calls that PyTorch itself refuses, though its stubs promise them.
REFUSED = """
    torch.as_tensor place; torch.clamp required; torch.clip required; torch.from_numpy name
    torch.clamp_ required; torch.clip_ required; torch.imag name; torch.imag place; torch.imag required
    torch.linspace required; torch.logspace required; torch.repeat_interleave required
    torch.tensor place
    Tensor.clamp required; Tensor.clamp_ required; Tensor.clip required; Tensor.clip_ required
    Tensor.contiguous place; Tensor.cpu place; Tensor.is_contiguous place; Tensor.new_ones place
    Tensor.new_tensor place; Tensor.repeat_interleave required; Tensor.requires_grad_ name
    Tensor.to name; Tensor.to place
"""
REFUSED_BY_THE_REFERENCE = {tuple(call.replace(".", " ").split()) for call in REFUSED.replace("\n", ";").split(";")}


def overloads(place, name):
    """The overloads that a script can use: no legacy orders, no names of dimensions, no sparse storages."""
    for overload in PLACES[place][0][name]:
        strange = {"self", "out_dtype"} & {a.name for a in overload}
        if not strange and not any(re.search(r"EllipsisType|Storage|list\[str", a.type) for a in overload):
            yield [a for a in overload if a.name not in ("out", "names")]


FUNCTIONS = [
    (place, name)
    for place, (stub, root) in PLACES.items()
    for name in stub
    if hasattr(root, name) and name not in SKIPPED.split()
]


def seen(lib, value):
    """What of a result is compared."""
    if isinstance(value, lib.Tensor):
        return str(value.dtype).removeprefix("torch."), value.detach().numpy(), value.requires_grad
    if isinstance(value, (tuple, list)):
        return [seen(lib, item) for item in value]
    return str(value).removeprefix("torch.")


def agree(a, b):
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and np.allclose(a, b, rtol=1e-4, atol=1e-5, equal_nan=True)
    if isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)):
        return len(a) == len(b) and all(map(agree, a, b))
    return type(a) is type(b) and a == b


class Values(Names):
    """The names of an expression, those of `ARRAYS` as tensors."""

    def __missing__(self, name):
        return self.lib.tensor(ARRAYS[name]) if name in ARRAYS else super().__missing__(name)


def call(lib, place, name, overload, style):
    """The result of a call with every argument by name, or by place where there is one, or with the required ones."""
    names = Values(lib)
    args, kwargs = [], {}
    for a in overload:
        expression = value_of(name, a.name, a.type)
        if expression == "-" or (style == "required" and not a.required):
            continue
        value = eval(expression, {}, names)
        if a.kind == "star":
            args += value if isinstance(value, tuple) else (value,)
        elif a.kind == "position" and style != "name":
            args.append(value)
        else:
            kwargs["from" if place == "Tensor" and a.name == "from_" else a.name] = value
    lib.manual_seed(0)
    if place == "torch":
        return seen(lib, getattr(lib, name)(*args, **kwargs))
    return seen(lib, getattr(eval(value_of(name, "input", "Tensor"), {}, names), name)(*args, **kwargs))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("place", "name"), FUNCTIONS, ids=lambda x: x)
def test_arguments(place, name):
    for overload in overloads(place, name):
        for style in ("name", "place", "required"):
            try:
                theirs = call(torch, place, name, overload, style)
            except (RuntimeError, TypeError, ValueError, IndexError):
                assert (place, name, style) in REFUSED_BY_THE_REFERENCE, f"pass other values to {name} by {style}"
                continue
            if (place, name) in INTENDED or (place, name, style) in INTENDED:
                continue
            ours = call(tl, place, name, overload, style)
            assert agree(ours, theirs), (style, [a.name for a in overload], ours, theirs)


# Constructors and functions that PyTorch writes in Python: their signatures say all.
WRITTEN = "nn nn.functional nn.init nn.utils nn.utils.rnn nn.utils.parametrize optim optim.lr_scheduler optim.swa_utils"
WRITTEN += " utils.data distributions autograd autograd.functional"

OTHER_SIGNATURES = {
    "autograd.backward": {"grad_variables": "it was replaced by grad_tensors long ago"},
    "autograd.gradcheck": {"": "what it checks of sparse tensors, batches and forward mode is not there to be checked"},
    "autograd.gradgradcheck": {"": "its options are passed on to gradcheck"},
    "nn.functional.normalize": {"out": "there is no writing into other tensors"},
} | {
    f"nn.functional.{adaptive}max_pool{n}d_with_indices": {"return_indices": "it returns them whatever this says"}
    for adaptive in ("", "adaptive_")
    for n in (1, 2, 3)
}


def written():
    for place in WRITTEN.split():
        ours, theirs = (importlib.import_module(f"{lib}.{place}") for lib in ("tinygrad_lite", "torch"))
        for name in dir(theirs):
            there = getattr(theirs, name)
            here = getattr(ours, name, None)
            if name[0] != "_" and callable(there) and callable(here) and there.__module__.startswith("torch."):
                yield f"{place}.{name}", here, there


def default(parameter):
    value = parameter.default
    if value is inspect.Parameter.empty or isinstance(value, (torch.Generator, torch.Size)):
        return None  # a generator is the default one, a size without dimensions is ()
    return value.__name__ if callable(value) else value


@pytest.mark.parametrize(("name", "here", "there"), [pytest.param(*row, id=row[0]) for row in written()])
def test_signatures(name, here, there):
    """Every argument has its name, its place among the others and its default."""
    if inspect.isclass(there):
        here, there = here.__init__, there.__init__
    try:
        ours, theirs = (inspect.signature(function).parameters for function in (here, there))
    except ValueError:
        return  # built in: its stubs are read above
    other = OTHER_SIGNATURES.get(name, {})
    if "" in other:
        return
    if hasattr(here, "inputs"):  # an operation takes its first tensor as `input`, and what its rule has after that
        own = inspect.signature(here, follow_wrapped=False).parameters
        assert set(theirs) <= {*own, *ours}
        return
    rest = {p.kind for p in ours.values()}
    wanted = [p for p in theirs.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) and p.name not in other]
    for p in wanted:
        if p.name in ("device", "dtype") and p.VAR_KEYWORD in rest:
            continue
        assert p.name in ours, f"{name} has no argument {p.name}"
        ours_default, theirs_default = default(ours[p.name]), default(p)
        assert ours_default == theirs_default or (ours_default, theirs_default) == ((), None), p.name
    places = [p.name for p in wanted if p.kind is p.POSITIONAL_OR_KEYWORD and p.name in ours]
    assert places == [p.name for p in ours.values() if p.name in places and p.kind is p.POSITIONAL_OR_KEYWORD]
