"""NumPy both ways: its functions on tensors, arrays and tensors in one expression, memory shared without a copy."""

import warnings

import numpy as np
import pytest
from numpy_calls import APART, CALLS

import tinygrad_lite as tl
from tinygrad_lite import numpy_functions, numpy_table
from tinygrad_lite.operation import OPERATIONS


def resolve(name):
    found = np
    for part in name.split("."):
        found = getattr(found, part)
    return found


def inputs():
    random = np.random.default_rng(0)
    a, v, w = random.uniform(0.5, 1.5, (3, 4)), random.uniform(0.5, 1.5, 4), random.uniform(0.5, 1.5, (2, 3, 4))
    return a, v, a @ a.T + np.eye(3), w


def same(ours, theirs):
    """The same numbers in the same containers; ours are tensors."""
    if isinstance(theirs, (tuple, list)):
        assert len(ours) == len(theirs)
        for x, y in zip(ours, theirs, strict=True):
            same(x, y)
        return
    assert isinstance(ours, tl.Tensor)
    assert ours.shape == np.shape(theirs)
    np.testing.assert_allclose(ours.detach().numpy(), theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("name", "number"), [(name, i) for name, calls in CALLS.items() for i in range(len(calls))])
def test_function_gives_what_numpy_gives_and_records(name, number):
    call = CALLS[name][number]
    arrays = inputs()
    expected = call(*arrays)
    same(call(*map(tl.tensor, arrays)), expected)
    tracked = call(*[tl.tensor(x, requires_grad=True) for x in arrays])
    same(tracked, expected)
    first = tracked[0] if isinstance(tracked, (tuple, list)) else tracked
    smooth = first.dtype.kind == "f" and name not in ("linalg.matrix_rank", "bincount")
    assert first.requires_grad is smooth


def test_every_function_of_the_table_is_called():
    assert {resolve(name) for name in CALLS} == set(numpy_functions.FUNCTIONS)


def shared_names():
    """NumPy's functions, linear algebra and universal functions that have a namesake here."""
    for prefix, module, mine in (("", np, tl), ("linalg.", np.linalg, tl.linalg)):
        for name in dir(module):
            function = getattr(module, name)
            if (
                name[0] != "_"
                and hasattr(mine, name)
                and (isinstance(function, np.ufunc) or hasattr(function, "_implementation"))
            ):
                yield prefix + name, function


def test_every_shared_name_is_in_the_table():
    tables = {*numpy_functions.FUNCTIONS, *numpy_table.UNIVERSAL, *numpy_table.TELLING}
    missing = {name for name, function in shared_names() if function not in tables}
    assert missing == set(APART)


@pytest.mark.parametrize("ufunc", sorted(numpy_table.UNIVERSAL, key=lambda f: f.__name__), ids=lambda f: f.__name__)
def test_universal_function(ufunc):
    random = np.random.default_rng(1)
    whole = "l" in "".join(t.split("->")[0] for t in ufunc.types) and not any("d" in t for t in ufunc.types)
    if whole or ufunc in (np.ldexp,):
        arrays = [random.integers(1, 5, 3) for _ in range(ufunc.nin)]
    elif ufunc is np.arccosh:
        arrays = [random.uniform(1.5, 2.5, 3)]
    else:
        arrays = [random.uniform(0.2, 0.9, 3) for _ in range(ufunc.nin)]
    if ufunc is np.ldexp:
        arrays[0] = arrays[0] + 0.5
    if ufunc is np.matmul:
        arrays = [random.uniform(0, 1, (2, 3)), random.uniform(0, 1, (3, 2))]
    same(ufunc(*map(tl.tensor, arrays)), ufunc(*arrays))
    if arrays[0].dtype.kind == "f" and ufunc(*arrays).dtype.kind == "f" and ufunc not in (np.nextafter, np.heaviside):
        tracked = ufunc(tl.tensor(arrays[0], requires_grad=True), *map(tl.tensor, arrays[1:]))
        assert tracked.requires_grad


def test_reductions_of_universal_functions():
    a = inputs()[0]
    x = tl.tensor(a, requires_grad=True)
    for ufunc in numpy_table.REDUCTIONS:
        same(ufunc.reduce(x), ufunc.reduce(a))
        same(ufunc.reduce(x, axis=1, keepdims=True), ufunc.reduce(a, axis=1, keepdims=True))
        assert ufunc.reduce(x, axis=None).requires_grad


def test_a_function_off_the_tape():
    x = tl.tensor([1.0, 8.0], requires_grad=True)
    with pytest.raises(TypeError, match=r"np\.cbrt is not on the tape.*x\.detach\(\)"):
        np.cbrt(x)
    with pytest.raises(TypeError, match=r"np\.linalg\.eigvals is not on the tape"):
        np.linalg.eigvals(x * np.ones((2, 2)))
    root = np.cbrt(x.detach())
    assert isinstance(root, tl.Tensor)
    np.testing.assert_allclose(root, [1, 2], rtol=1e-6)


OFF_THE_TAPE = [np.ptp, np.average, np.flatnonzero, np.unwrap, np.nanvar, np.linalg.eigvals]


@pytest.mark.parametrize("function", OFF_THE_TAPE, ids=lambda f: f.__name__)
def test_hints_name_existing_operations(function):
    x = tl.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    with pytest.raises(TypeError, match="is not on the tape") as error:
        function(x)
    text = str(error.value)
    assert ("nearest" in text) == ("tl." in text)
    if "nearest" in text:
        assert text.split("tl.")[1].split(" ")[0] in OPERATIONS


def test_results_of_types_that_tensors_do_not_have_stay_arrays():
    spectrum = np.fft.fft(tl.tensor([1.0, 2.0]))
    assert type(spectrum) is np.ndarray
    assert spectrum.dtype.kind == "c"


class TestMixedExpressions:
    a = np.array([1.0, 2.0, 3.0])

    def test_either_side(self):
        p = tl.tensor(self.a, requires_grad=True)
        for y in (self.a * p, p * self.a, self.a + p, self.a / p, self.a - p, self.a**p, self.a % p, self.a @ p):
            assert isinstance(y, tl.Tensor)
            assert y.grad_fn is not None
        for y in (self.a > p, self.a == p, self.a != p, p <= self.a):
            assert y.dtype == tl.bool

    def test_dtypes_mix_as_of_tensors(self):
        x = tl.ones(3)
        assert (x * self.a).dtype == (self.a * x).dtype == tl.float64
        assert (np.float64(2) * x).dtype == (x * np.float64(2)).dtype == (np.float32(2) * x).dtype == tl.float32
        assert (np.int64(2) * x).dtype == tl.float32
        assert (np.array(2.0) * x).dtype == tl.float32  # an array without dimensions ranks below one with

    def test_an_array_stays_an_array(self):
        b = self.a.copy()
        before = b
        b += tl.ones(3)
        assert b is before
        np.testing.assert_array_equal(b, [2, 3, 4])
        with pytest.raises(TypeError, match=r"detach\(\)"):
            b += tl.ones(3, requires_grad=True)
        np.testing.assert_array_equal(b, [2, 3, 4])

    def test_written_tensors_are_stale(self):
        x = tl.ones(2, requires_grad=True)
        y = x * 2
        z = y * y
        np.add(tl.ones(2), 1.0, out=y.detach())
        with pytest.raises(RuntimeError, match=r"in place|in-place|modified"):
            z.sum().backward()

    def test_assignment_into_an_array(self):
        b = np.zeros(3)
        b[0] = tl.tensor(1.5)
        b[1:] = tl.tensor([2.0, 3.0])
        np.testing.assert_array_equal(b, [1.5, 2, 3])
        p = tl.tensor([1.0, 2.0, 3.0], requires_grad=True)
        with pytest.raises(RuntimeError, match=r"Use tensor.detach\(\).numpy\(\) instead"):
            b[:] = p
        with pytest.warns(UserWarning, match=r"tensor.detach\(\)"):
            b[0] = p[1]
        assert b[0] == 2

    def test_indices(self):
        assert self.a[tl.tensor(2)] == 3
        np.testing.assert_array_equal(self.a[tl.tensor([0, 2])], [1, 3])
        np.testing.assert_array_equal(self.a[tl.tensor([True, False, True])], [1, 3])
        assert [10, 20, 30][tl.tensor(1)] == 20
        assert list(range(5))[: tl.tensor(2)] == [0, 1]


class TestMemory:
    def test_to_numpy(self):
        x = tl.tensor([1.0, 2.0])
        assert x.numpy() is x.array
        assert np.shares_memory(np.asarray(x), x.array)
        assert not np.shares_memory(np.array(x), x.array)
        assert not np.shares_memory(np.array(x, copy=True), x.array)
        assert np.array(x, dtype=np.float64).dtype == np.asarray(x, dtype="f8").dtype == np.float64
        assert np.shares_memory(np.array(x, copy=False), x.array)
        with pytest.raises(ValueError, match="copy"):
            np.array(x, dtype=np.float64, copy=False)

    def test_a_gradient_is_not_lost_silently(self):
        p = tl.tensor([1.0, 2.0], requires_grad=True)
        for convert in (lambda: p.numpy(), lambda: np.asarray(p), lambda: np.array([p[0], p[1]])):
            with pytest.raises(RuntimeError, match=r"requires grad.*tensor\.detach\(\)\.numpy\(\)"):
                convert()
        with pytest.raises(BufferError, match="detach"):
            np.from_dlpack(p)
        assert np.shares_memory(p.numpy(force=True), p.array)

    def test_from_numpy(self):
        a = np.zeros((2, 3))
        t = tl.from_numpy(a)
        a[0, 1] = 5
        t[1, 1] = 7
        assert t[0, 1] == 5
        assert a[1, 1] == 7
        assert np.shares_memory(tl.from_numpy(a.T).array, a)
        with pytest.raises(TypeError, match="list"):
            tl.from_numpy([1])
        with pytest.raises(TypeError, match="U1"):
            tl.from_numpy(np.array(["a"]))
        with pytest.raises(TypeError, match="real and the imaginary"):
            tl.from_numpy(np.array([1j]))
        with pytest.raises(ValueError, match="byte order"):
            tl.from_numpy(np.zeros(2, ">f4"))

    @pytest.mark.parametrize("dtype", sorted(tl.dtypes.TYPES, key=str), ids=str)
    def test_dlpack_with_numpy(self, dtype):
        a = np.ones((2, 3), dtype)
        for t in (tl.from_dlpack(a), tl.utils.dlpack.from_dlpack(a)):
            assert np.shares_memory(t.array, a)
            assert t.dtype == dtype
        assert np.shares_memory(np.from_dlpack(t), a)
        assert t.__dlpack_device__() == (1, 0)
        capsule = tl.utils.dlpack.to_dlpack(t)
        assert np.shares_memory(tl.utils.dlpack.from_dlpack(capsule).array, a)
        assert not np.shares_memory(tl.from_dlpack(a, copy=True).array, a)
        with pytest.raises(TypeError, match="__dlpack__"):
            tl.from_dlpack([1.0])

    @pytest.mark.parametrize("name", ["float32", "float64", "float16", "int64", "int32", "int8", "uint8", "bool"])
    def test_dlpack_with_torch(self, name):
        torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
        theirs = torch.ones(2, 3, dtype=getattr(torch, name))
        for ours in (
            tl.from_dlpack(theirs),
            tl.utils.dlpack.from_dlpack(theirs),
            tl.utils.dlpack.from_dlpack(torch.utils.dlpack.to_dlpack(theirs)),
        ):
            assert ours.data_ptr() == theirs.data_ptr()
            assert str(ours.dtype) == name
        for back in (
            torch.from_dlpack(ours),
            torch.utils.dlpack.from_dlpack(tl.utils.dlpack.to_dlpack(ours)),
            torch.from_numpy(ours.numpy()),
        ):
            assert back.data_ptr() == theirs.data_ptr()
        turned = tl.from_dlpack(theirs.t())
        assert turned.shape == (3, 2)
        assert turned.stride() == theirs.t().stride()
        with pytest.raises((BufferError, RuntimeError), match="grad"):
            tl.from_dlpack(torch.ones(2, requires_grad=True))

    def test_torch_reads_and_is_read(self):
        torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
        x = tl.tensor([1.0, 2.0])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert torch.tensor(x.numpy()).tolist() == torch.as_tensor(x.tolist()).tolist() == [1, 2]
        assert tl.tensor(torch.tensor([1, 2])).tolist() == [1, 2]
        assert tl.as_tensor(torch.tensor([1, 2])).dtype == tl.int64
