"""Tensors from data and from nothing: PyTorch's values, dtypes, shapes and kinds of errors."""

import pickle

import numpy as np
import pytest
from both import agree, outcome
from creation_calls import DATA, FACTORIES, LEGACY

import tinygrad_lite as tl

# Where the outcome differs from PyTorch's on purpose.
DIFFERENT = {
    "an array without dimensions in a list is a number": ["tensor([np.array(1.0), 2])"],
    "uneven nesting is always a ValueError, a string always a TypeError": [
        "tensor([1, [2]])",
        "tensor([[1], 2])",
        'tensor(["a"])',
    ],
    "no complex and no large unsigned numbers": [
        "tensor(1j)",
        "tensor([1j])",
        "tensor(np.array([1j]))",
        'tensor(np.array([1, 2], dtype="u2"))',
        "full((2,), 1j)",
        "linspace(1j, 2, 3)",
    ],
    "NumPy's arrays with negative strides, and its names of dtypes, are taken": [
        "tensor(np.arange(3)[::-1])",
        'tensor([1, 2], dtype="float32")',
        "tensor([1, 2], dtype=np.float32)",
    ],
    "the error of a missing GPU is one for all its forms": ['tensor(1.0, device="cuda")'],
    "no writing into out": ["zeros(2, out=tensor([1.0, 2.0]))"],
    "a bool is no size, a step of 0 always a RuntimeError": ["zeros(2, True)", "arange(0, 5, 0.5, dtype=int64)"],
    "negative sizes and floats in indices": ["tril_indices(-1, 2)", "triu_indices(2, 2, dtype=float32)"],
}
ON_PURPOSE = {expression for expressions in DIFFERENT.values() for expression in expressions}


@pytest.mark.parametrize("expression", [*DATA, *FACTORIES, *LEGACY])
def test_as_pytorch(expression):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    ours, theirs = outcome(tl, expression), outcome(torch, expression)
    assert agree(ours, theirs) is (expression not in ON_PURPOSE), (ours, theirs)


def test_differences_are_among_the_calls():
    assert {*DATA, *FACTORIES, *LEGACY} >= ON_PURPOSE


FLOATS = ["float16", "float32", "float64"]


@pytest.mark.parametrize("name", [*FLOATS, "int64", "uint8"])
def test_linspace_to_the_last_bit(name):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    if name == "float64" and np.finfo(np.longdouble).nmant <= 52:
        pytest.skip("needs long doubles that are longer than doubles")
    random = np.random.default_rng(0)
    for _ in range(150):
        start, end = random.uniform(0, 10, 2).round(random.integers(0, 6)).tolist()
        steps = int(random.integers(0, 70))
        ours = tl.linspace(start, end, steps, dtype=getattr(tl, name)).numpy()
        np.testing.assert_array_equal(ours, torch.linspace(start, end, steps, dtype=getattr(torch, name)).numpy())


@pytest.mark.parametrize("name", ["float32", "float64"])
def test_arange_to_the_last_bit(name):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    if name == "float64" and np.finfo(np.longdouble).nmant <= 52:
        pytest.skip("needs long doubles that are longer than doubles")
    if (
        "AVX2" not in torch.backends.cpu.get_cpu_capability()
        and "AVX512" not in torch.backends.cpu.get_cpu_capability()
    ):
        pytest.skip("PyTorch reckons otherwise without AVX2")
    random = np.random.default_rng(0)
    for _ in range(150):
        start, end = random.uniform(-10, 10, 2).round(random.integers(0, 6)).tolist()
        step = round(random.uniform(0.05, 3), 4) * (1 if end >= start else -1)
        ours = tl.arange(start, end, step, dtype=getattr(tl, name)).numpy()
        np.testing.assert_array_equal(ours, torch.arange(start, end, step, dtype=getattr(torch, name)).numpy())


@pytest.mark.parametrize(("name", "rtol"), [("float32", 2e-6), ("float64", 1e-13)])
def test_logspace(name, rtol):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    random = np.random.default_rng(0)
    for _ in range(50):
        start, end = random.uniform(-5, 5, 2).round(3).tolist()
        ours = tl.logspace(start, end, 9, dtype=getattr(tl, name)).numpy()
        np.testing.assert_allclose(ours, torch.logspace(start, end, 9, dtype=getattr(torch, name)).numpy(), rtol=rtol)


class TestData:
    """What needs no reference."""

    def test_data_is_copied(self):
        a = np.zeros(2)
        t = tl.tensor(a)
        a[0] = 1
        assert t.tolist() == [0, 0]
        assert not np.shares_memory(tl.tensor(t).array, t.array)

    def test_as_tensor_shares(self):
        a = np.zeros(2, np.float32)
        assert np.shares_memory(tl.as_tensor(a).array, a)
        assert np.shares_memory(tl.asarray(a).array, a)
        assert not np.shares_memory(tl.asarray(a, copy=True).array, a)
        assert not np.shares_memory(tl.as_tensor(a, dtype=tl.float64).array, a)
        t = tl.ones(2, requires_grad=True)
        assert tl.as_tensor(t) is t
        assert tl.as_tensor(t, dtype=tl.float64).grad_fn is not None
        assert not tl.asarray(t).requires_grad
        assert not np.shares_memory(tl.asarray(t, copy=True).array, t.array)
        with pytest.raises(ValueError, match="without a copy"):
            tl.asarray([1.0], copy=False)

    def test_a_leaf_of_its_own(self):
        x = tl.tensor([1.0, 2.0], requires_grad=True)
        y = tl.tensor(x * 2)
        assert y.is_leaf
        assert not y.requires_grad
        with pytest.warns(UserWarning, match="loses its gradient"):
            tl.tensor([x.sum(), x[0]])

    def test_errors_say_what_to_do(self):
        with pytest.raises(ValueError, match="different lengths"):
            tl.tensor([[1, 2], [3]])
        with pytest.raises(ValueError, match=r"stack\(\)"):
            tl.tensor([tl.ones(2), tl.ones(2)])
        with pytest.raises(RuntimeError, match="without overflow: 300 to 300"):
            tl.tensor([300], dtype=tl.uint8)
        with pytest.raises(RuntimeError, match="infer dtype of NoneType"):
            tl.tensor([1, None])
        with pytest.raises(TypeError, match="astype"):
            tl.tensor(np.array(["a"]))
        with pytest.raises(TypeError, match="unexpected keyword argument 'dtyp'"):
            tl.tensor(1, dtyp=tl.int32)
        with pytest.raises(TypeError, match=r"zeros.*unexpected keyword argument 'shap'"):
            tl.zeros(2, shap=3)
        with pytest.raises(TypeError, match="ints"):
            tl.zeros(2.5)

    def test_an_object_with_an_array(self):
        class Column:
            def __array__(self, dtype=None, copy=None):
                return np.array([1, 2], np.int32)

        assert tl.tensor(Column()).dtype == tl.int32

    def test_a_sequence_of_its_own(self):
        class Pair(tuple):
            __slots__ = ()

        assert tl.tensor(Pair((1.0, 2.0))).tolist() == [1, 2]
        assert tl.tensor(bytearray(b"ab")).tolist() == [97, 98]

    def test_order_of_memory(self):
        x = tl.zeros(2, 3).t()
        assert tl.zeros_like(x).stride() == tl.ones_like(x).stride() == tl.full_like(x, 2).stride() == (1, 3)
        assert tl.empty_like(x, memory_format=tl.contiguous_format).stride() == (2, 1)
        assert tl.zeros_like(tl.zeros(1).expand(4)).stride() == (1,)

    def test_default_dtype(self):
        try:
            tl.set_default_dtype(tl.float64)
            made = [tl.tensor(1.0), tl.zeros(1), tl.eye(1), tl.arange(1.0), tl.linspace(0, 1, 2), tl.full((1,), 1.0)]
            made += [tl.Tensor([1]), tl.rand(1), tl.tensor([1]).sin(), tl.tensor([1]) / 2, tl.tensor([True, 2.0])]
            assert {t.dtype for t in made} == {tl.get_default_dtype()} == {tl.float64}
            assert tl.nn.Linear(1, 1).weight.dtype == tl.float64
            tl.set_default_tensor_type("torch.FloatTensor")
            assert tl.zeros(1).dtype == tl.float32
            tl.set_default_tensor_type(tl.DoubleTensor)
            assert tl.zeros(1).dtype == tl.float64
        finally:
            tl.set_default_dtype(tl.float32)
        with pytest.raises(TypeError, match="floating-point"):
            tl.set_default_dtype(tl.int64)
        with pytest.raises(TypeError, match="bfloat16"):
            tl.set_default_dtype(tl.bfloat16)
        assert tl.zeros(1).dtype == tl.float32

    def test_legacy_types(self):
        assert repr(tl.FloatTensor).endswith("FloatTensor'>")
        t = tl.ones(2)
        assert tl.FloatTensor(t).array is t.array
        assert tl.Tensor(t).array is t.array
        assert isinstance(tl.nn.Parameter(t), tl.FloatTensor)
        assert not isinstance(np.ones(1, np.float32), tl.FloatTensor)
        with pytest.raises(TypeError, match=r"\.to"):
            tl.LongTensor(t)

    def test_devices(self):
        cpu = tl.device("cpu")
        assert tl.ones(1, device=cpu).device == cpu == tl.device(cpu)
        assert pickle.loads(pickle.dumps(tl.device("cpu:0"))) == tl.device("cpu", 0)
        with cpu:
            assert tl.ones(1).device == cpu
        for wrong in ("gpu", "cpu:x", "", "cuda:1"):
            with pytest.raises(RuntimeError, match="device"):
                tl.zeros(1, device=wrong)

    def test_shapes(self):
        shape = tl.zeros(2, 3).shape
        assert type(shape[:1]) is type((1,) + shape) is type(shape + (1,)) is type(shape * 2) is tl.Size  # noqa: RUF005
        assert shape == (2, 3)
        assert hash(shape) == hash((2, 3))
        assert repr(tl.Size([1])) == "torch.Size([1])"
        assert shape.numel() == 6
        assert type(pickle.loads(pickle.dumps(shape))) is tl.Size
        assert tl.zeros(shape).shape == tl.zeros(*shape).shape == tl.zeros(size=shape).shape == shape


NAMES = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"]


class TestDtypes:
    @pytest.mark.parametrize("a", NAMES)
    def test_mixing(self, a):
        torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
        for b in NAMES:
            both, theirs = [getattr(tl, name) for name in (a, b)], [getattr(torch, name) for name in (a, b)]
            assert f"torch.{tl.promote_types(*both)}" == str(torch.promote_types(*theirs))
            assert tl.can_cast(*both) is torch.can_cast(*theirs), (a, b)
            for m in ((), (2,)):
                for n in ((), (2,)):
                    ours = tl.result_type(tl.ones(m, dtype=both[0]), tl.ones(n, dtype=both[1]))
                    expected = torch.result_type(torch.ones(m, dtype=theirs[0]), torch.ones(n, dtype=theirs[1]))
                    assert f"torch.{ours}" == str(expected)
        for value in (True, 2, 2.5):
            for m in ((), (2,)):
                ours = tl.result_type(tl.ones(m, dtype=getattr(tl, a)), value)
                assert f"torch.{ours}" == str(torch.result_type(torch.ones(m, dtype=getattr(torch, a)), value))

    @pytest.mark.parametrize("name", NAMES)
    def test_limits(self, name):
        torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
        ours, theirs = getattr(tl, name), getattr(torch, name)
        if name.startswith("float"):
            for field in ("bits", "eps", "max", "min", "tiny", "smallest_normal", "resolution", "dtype"):
                mine = getattr(tl.finfo(ours), field)
                assert mine == getattr(torch.finfo(theirs), field)
                assert type(mine) is type(getattr(torch.finfo(theirs), field))
            assert repr(tl.finfo(ours)) == repr(torch.finfo(theirs))
            assert tl.finfo(ours) == tl.finfo(ours)
        elif name != "bool":
            for field in ("bits", "max", "min", "dtype"):
                assert getattr(tl.iinfo(ours), field) == getattr(torch.iinfo(theirs), field)
            assert repr(tl.iinfo(ours)) == repr(torch.iinfo(theirs))

    def test_limits_of_the_wrong_kind(self):
        for call in (lambda: tl.finfo(tl.int64), lambda: tl.iinfo(tl.float32), lambda: tl.iinfo(tl.bool)):
            with pytest.raises(TypeError, match=r"finfo|iinfo"):
                call()
        assert tl.finfo().dtype == "float32"

    def test_aliases(self):
        assert (tl.half, tl.float, tl.double) == (tl.float16, tl.float32, tl.float64)
        assert (tl.short, tl.int, tl.long) == (tl.int16, tl.int32, tl.int64)
        assert tl.zeros(1, dtype=float).dtype == tl.float64
        assert tl.zeros(1, dtype=int).dtype == tl.int64
        assert tl.zeros(1, dtype=bool).dtype == tl.bool
        assert repr(tl.bfloat16) == "torch.bfloat16"
        assert tl.bfloat16 != tl.float32 != tl.bfloat16
        chosen = {"float32": tl.float32, "bfloat16": tl.bfloat16, "float16": tl.float16}["float32"]
        assert tl.zeros(1, dtype=chosen).dtype == tl.float32
        for wrong in ("float33", object, "complex64", np.uint16, np.longdouble):
            with pytest.raises(TypeError, match="float32"):
                tl.zeros(1, dtype=wrong)
