"""Every promised name is there, as a function, a method or a class, where PyTorch has it; what is refused says why."""

import importlib
import subprocess
import sys

import names
import numpy as np
import pytest

import tinygrad_lite as tl

PLACES = {
    "": f"{names.CREATION} {names.RECORDING} {names.FUNCTIONS}",
    "Tensor": f"{names.METHODS} {names.IN_PLACE}",
    "linalg": names.LINALG,
    "nn": names.NN,
    "nn.Module": names.MODULE,
    "nn.functional": names.FUNCTIONAL,
    "nn.init": names.INIT,
    "nn.utils": names.NN_UTILS,
    "optim": names.OPTIM,
    "optim.Optimizer": names.OPTIMIZER,
    "utils.data": names.DATA,
    "distributions": names.DISTRIBUTIONS,
    "distributions.Distribution": names.DISTRIBUTION,
}

# Not there yet: each is asserted to be missing, so that whoever adds one takes it off the list.
PENDING: set[str] = set()


def found(root, path):
    """The object at a path of attributes and modules."""
    for part in path.split("."):
        if not hasattr(root, part) and hasattr(root, "__path__"):
            importlib.import_module(f"{root.__name__}.{part}")
        root = getattr(root, part)
    return root


def exists(root, path):
    try:
        found(root, path)
    except (AttributeError, ModuleNotFoundError):
        return False
    return True


def paths(place):
    return {f"{place}.{name}".lstrip(".") for name in PLACES[place].split()}


PATHS = set().union(*map(paths, PLACES))


@pytest.mark.parametrize("place", PLACES)
def test_every_name_is_there(place):
    assert {path for path in paths(place) if not exists(tl, path)} == PENDING & paths(place)


def test_pending_names_are_promised():
    assert PATHS >= PENDING


@pytest.mark.parametrize("place", PLACES)
def test_the_reference_has_the_names(place):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    assert {path for path in paths(place) if not exists(torch, path)} == set()


def test_both_spellings_are_listed():
    """A function that PyTorch also has as a method is promised as both."""
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    functions, methods = set(names.FUNCTIONS.split()), set(names.METHODS.split())
    both = {name for name in functions | methods if hasattr(torch, name) and hasattr(torch.Tensor, name)}
    both = {name for name in both if not name.endswith("_")} - {"cpu"}  # torch.cpu is something else
    assert both <= functions
    assert both <= methods


def test_optimizer_attributes():
    optimizer = tl.optim.SGD([tl.nn.Parameter(tl.zeros(1))], lr=0.1)
    assert optimizer.param_groups[0]["lr"] == 0.1
    assert optimizer.state == {}


# Names that PyTorch has and this library refuses: what happens, and a part of what is said.
REFUSED = {
    "bfloat16": (lambda: tl.zeros(2, dtype=tl.bfloat16), TypeError, "NumPy has no such type"),
    "bfloat16, by method": (lambda: tl.ones(2).bfloat16(), TypeError, "NumPy has no such type"),
    "complex64": (lambda: tl.zeros(2, dtype=tl.complex64), TypeError, "complex numbers are not supported"),
    "complex128": (lambda: tl.ones(2).to(tl.cdouble), TypeError, "complex numbers are not supported"),
    "complex data": (lambda: tl.tensor(1j), TypeError, "complex numbers are not supported"),
    "complex": (lambda: tl.complex, AttributeError, "no complex tensors"),
    "fft": (lambda: tl.fft, AttributeError, "np.fft"),
    "sparse_coo_tensor": (lambda: tl.sparse_coo_tensor, AttributeError, "no sparse tensors"),
    "quantize_per_tensor": (lambda: tl.quantize_per_tensor, AttributeError, "no quantized tensors"),
    "distributed": (lambda: tl.distributed, AttributeError, "on purpose"),
    "Tensor.cuda": (lambda: tl.ones(2).cuda(), AssertionError, "CPU"),
    "device('cuda')": (lambda: tl.device("cuda"), RuntimeError, "CPU"),
    "device='cuda'": (lambda: tl.zeros(2, device="cuda"), RuntimeError, "CPU"),
    "to('cuda:0')": (lambda: tl.ones(2).to("cuda:0"), RuntimeError, "CPU"),
    "set_default_device": (lambda: tl.set_default_device("cuda"), RuntimeError, "CPU"),
    "cuda.synchronize": (lambda: tl.cuda.synchronize(), AssertionError, "is_available"),
    "cuda.get_device_name": (lambda: tl.cuda.get_device_name(0), AssertionError, "is_available"),
    "pin_memory": (lambda: tl.zeros(2, pin_memory=True), RuntimeError, "GPU"),
    "layout": (lambda: tl.zeros(2, layout=tl.layout("sparse_coo")), NotImplementedError, "strided"),
    "jit.trace": (lambda: tl.jit.trace(lambda x: x, tl.ones(1)), NotImplementedError, "jit.script"),
    "out=": (lambda: tl.add(tl.ones(1), 1, out=tl.ones(1)), TypeError, "copy_"),
    "zeros(out=)": (lambda: tl.zeros(1, out=tl.ones(1)), TypeError, "copy_"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_names_say_why(name):
    call, error, words = REFUSED[name]
    with pytest.raises(error, match=words):
        call()


def test_unknown_names_are_errors():
    with pytest.raises(AttributeError, match="module 'tinygrad_lite' has no attribute 'tensr'"):
        tl.tensr  # noqa: B018
    assert not hasattr(tl, "sparse_coo_tensor")


IMPORTS = """
import tinygrad_lite as torch
import tinygrad_lite.nn as nn
import tinygrad_lite.nn.functional as F
import tinygrad_lite.backends.cudnn as cudnn
from tinygrad_lite.utils.data import DataLoader, Dataset
from tinygrad_lite.optim.lr_scheduler import StepLR
from tinygrad_lite.optim import lr_scheduler, Adam
from tinygrad_lite.autograd import Variable, Function, grad
from tinygrad_lite.distributions import Normal
from tinygrad_lite.nn import Parameter
from tinygrad_lite.nn.utils import clip_grad_norm_
from tinygrad_lite.nn.utils.rnn import pad_sequence
from tinygrad_lite import nn, optim, Tensor
assert F.relu is nn.functional.relu and torch.optim.Adam is Adam and Parameter is nn.Parameter
assert isinstance(Variable(torch.ones(1)), Tensor)
print("ok")
"""


def run(code):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    ).stdout


def test_imports_that_scripts_have():
    assert run(IMPORTS) == "ok\n"


def test_star_import():
    """The functions and dtypes come, the library's own modules and Python's do not."""
    code = "from tinygrad_lite import *\nprint(sorted(globals()))"
    given = set(eval(run(code)))
    assert {
        "tensor",
        "zeros",
        "Tensor",
        "float32",
        "matmul",
        "no_grad",
        "manual_seed",
        "FloatTensor",
        "save",
    } - given == {"save"}
    assert given.isdisjoint({"ops", "tape", "kernels", "np", "Any", "TYPE_CHECKING", "operation", "ModuleType"})


def test_dir_lists_late_names():
    late = {"nn", "optim", "utils", "datasets", "viz", "draw", "load", "save", "distributions", "jit", "backends"}
    assert late <= set(dir(tl))
    assert eval(run("import tinygrad_lite, sys; print([m for m in sys.modules if m == 'tinygrad_lite.nn'])")) == []
    for name in late:
        assert getattr(tl, name) is not None


class TestSettings:
    """Lines that scripts begin with: accepted, because the results are what they ask for."""

    def test_accepted(self):
        tl.use_deterministic_algorithms(True)
        tl.use_deterministic_algorithms(True, warn_only=True)
        assert tl.are_deterministic_algorithms_enabled() is True
        tl.set_num_threads(1)
        assert tl.get_num_threads() >= 1
        assert tl.set_default_device("cpu") is None
        assert tl.get_default_device() == tl.device("cpu")
        before = tl.backends.cudnn.deterministic, tl.backends.cudnn.benchmark
        try:
            tl.backends.cudnn.deterministic, tl.backends.cudnn.benchmark = True, False
            assert tl.backends.cudnn.deterministic is True
        finally:
            tl.backends.cudnn.deterministic, tl.backends.cudnn.benchmark = before
        tl.backends.cuda.matmul.allow_tf32 = False
        assert tl.backends.mps.is_available() is tl.backends.mps.is_built() is False
        assert tl.backends.cudnn.is_available() is tl.backends.mkldnn.is_available() is False
        assert tl.backends.cudnn.version() is None

    def test_float32_precision(self):
        assert tl.get_float32_matmul_precision() == "highest"
        tl.set_float32_matmul_precision("high")
        assert tl.get_float32_matmul_precision() == "high"
        tl.set_float32_matmul_precision("highest")
        with pytest.raises(RuntimeError, match="medium"):
            tl.set_float32_matmul_precision("low")

    def test_cuda(self):
        assert tl.cuda.is_available() is tl.cuda.is_initialized() is tl.cuda.is_bf16_supported() is False
        assert tl.cuda.device_count() == tl.cuda.memory_allocated() == tl.cuda.max_memory_allocated() == 0
        for call in (tl.cuda.empty_cache, tl.cuda.reset_peak_memory_stats):
            assert call() is None
        for seed in (tl.cuda.manual_seed, tl.cuda.manual_seed_all):
            tl.manual_seed(3)
            expected = tl.rand(2)
            tl.manual_seed(3)
            assert seed(7) is None
            assert tl.equal(tl.rand(2), expected)
        device = tl.device("cuda" if tl.cuda.is_available() else "mps" if tl.backends.mps.is_available() else "cpu")
        assert tl.ones(1).to(device).device == device

    def test_compile_and_script_return_what_they_are_given(self):
        model = tl.nn.Linear(2, 1)
        assert tl.compile(model) is tl.compile(model, mode="reduce-overhead", fullgraph=True) is model
        assert tl.jit.script(model) is model

        @tl.compile
        def double(x):
            return 2 * x

        @tl.compile(dynamic=True)
        @tl.jit.ignore
        def triple(x):
            return 3 * x

        assert (double(tl.ones(1)) + triple(tl.ones(1))).item() == 5
        assert tl.jit.is_scripting() is tl.jit.is_tracing() is False

    def test_questions(self):
        assert tl.is_tensor(tl.ones(1))
        assert not tl.is_tensor(np.ones(1))
        assert tl.is_storage(tl.ones(1)) is False
        assert tl.is_floating_point(tl.ones(1))
        assert tl.is_complex(tl.ones(1)) is False
        assert tl.is_nonzero(tl.tensor(2))
        assert tl.numel(tl.ones(2, 3)) == 6
        assert tl.typename(tl.ones(1)) == "torch.FloatTensor"
        assert tl.typename(1) == "int"
        assert isinstance(tl.float32, tl.dtype)
        assert tl.__version__[0].isdigit()
