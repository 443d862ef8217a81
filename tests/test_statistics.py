"""Order statistics, counts, searches and the like, beyond what the table says: errors, kinds, odd inputs."""

import numpy as np
import pytest

import tinygrad_lite as tl

nan, inf = float("nan"), float("inf")


class TestQuantile:
    def test_refusals(self):
        x = tl.arange(4.0)
        with pytest.raises(RuntimeError, match="float or double"):
            tl.quantile(tl.arange(4), 0.5)
        with pytest.raises(RuntimeError, match="range"):
            tl.quantile(x, 1.5)
        with pytest.raises(RuntimeError, match="same dtype"):
            tl.quantile(x, tl.tensor(0.5, dtype=tl.float64))
        with pytest.raises(RuntimeError, match="1D"):
            tl.quantile(x, tl.zeros(1, 1))
        with pytest.raises(RuntimeError, match="non-empty"):
            tl.quantile(tl.zeros(0), 0.5)
        with pytest.raises(RuntimeError, match="interpolation"):
            tl.quantile(x, 0.5, interpolation="cubic")
        with pytest.raises(IndexError, match="Dimension"):
            tl.quantile(x, 0.5, 1)

    def test_nan_is_passed_on_or_over(self):
        x = tl.tensor([[1.0, nan, 3.0], [1.0, 2.0, 4.0], [nan, nan, nan]])
        assert tl.quantile(x, 0.5, 1).isnan().tolist() == [True, False, True]
        assert tl.nanquantile(x, 0.5, 1).tolist()[:2] == [2.0, 2.0]
        assert tl.nanquantile(x, 0.5, 1).isnan().tolist() == [False, False, True]

    def test_the_median_is_the_middle_quantile(self, random):
        x = tl.tensor(random.standard_normal((5, 7)))
        assert tl.equal(tl.quantile(x, 0.5, 1), x.median(1).values)


class TestPlaces:
    def test_kthvalue_and_its_place(self, random):
        x = tl.tensor(random.permutation(24).reshape(4, 6))
        for k in (1, 3, 6):
            values, indices = x.kthvalue(k)
            assert tl.equal(values, x.sort().values[:, k - 1])
            assert tl.equal(x.gather(1, indices[:, None])[:, 0], values)

    def test_names_and_pictures(self):
        found = tl.tensor([2.0, 1.0]).cummin(0)
        assert str(found) == "torch.return_types.cummin(\nvalues=tensor([2., 1.]),\nindices=tensor([0, 1]))"
        assert tl.tensor([2.0, 1.0]).sort()._fields == ("values", "indices")
        assert repr(tl.mode(tl.tensor([1, 1, 2]))).startswith("torch.return_types.mode(")

    def test_refusals(self):
        with pytest.raises(RuntimeError, match="out of range"):
            tl.kthvalue(tl.arange(3), 4)
        with pytest.raises(RuntimeError, match="out of range"):
            tl.kthvalue(tl.arange(3), 0)
        with pytest.raises(IndexError, match="non-zero"):
            tl.mode(tl.zeros(2, 0))
        with pytest.raises(NotImplementedError, match="logcumsumexp"):
            tl.logcumsumexp(tl.arange(3), 0)

    def test_nanmedian_of_nothing_but_nan(self):
        assert tl.nanmedian(tl.tensor([nan, nan])).isnan()
        values, indices = tl.nanmedian(tl.tensor([[nan, nan], [nan, 1.0]]), 1)
        assert values.isnan().tolist() == [True, False]
        assert indices.tolist() == [0, 1]

    def test_logcumsumexp_far_out(self):
        x = tl.tensor([-inf, -1000.0, 1000.0, 0.0], dtype=tl.float64)
        assert tl.logcumsumexp(x, 0).tolist() == [-inf, -1000.0, 1000.0, 1000.0]

    def test_logcumsumexp_derivative_of_large_differences(self):
        x = tl.tensor([500.0, -500.0, 501.0], dtype=tl.float64, requires_grad=True)
        (dx,) = tl.autograd.grad(tl.logcumsumexp(x, 0).sum(), x)
        e = np.exp(-1.0)
        np.testing.assert_allclose(dx.numpy(), [2 + e / (1 + e), 0, 1 / (1 + e)], rtol=1e-12, atol=1e-300)


class TestCounts:
    def test_bincount_refusals(self):
        with pytest.raises(RuntimeError, match="integers"):
            tl.bincount(tl.ones(2))
        for wrong in (tl.tensor([-1]), tl.zeros(1, 1, dtype=tl.int64)):
            with pytest.raises(RuntimeError, match="1-d non-negative"):
                tl.bincount(wrong)
        with pytest.raises(RuntimeError, match="minlength"):
            tl.bincount(tl.tensor([1]), minlength=-1)
        with pytest.raises(RuntimeError, match="length"):
            tl.bincount(tl.tensor([1]), tl.ones(2))

    def test_histogram_refusals(self):
        x = tl.arange(3.0)
        for call in (
            lambda: tl.histogram(x, 0),
            lambda: tl.histogram(x, 2, range=(1.0, 0.0)),
            lambda: tl.histogram(tl.arange(3), 2),
            lambda: tl.histogram(x, 2, weight=tl.ones(2)),
            lambda: tl.histogram(tl.tensor([0.0, inf]), 2),
            lambda: tl.histc(x, 0),
            lambda: tl.histc(x, min=2, max=1),
            lambda: tl.histc(tl.tensor([nan])),
        ):
            with pytest.raises(RuntimeError):
                call()

    def test_unique_parts(self):
        x = tl.tensor([[2, 1], [1, 3]])
        values, inverse, counts = tl.unique(x, return_inverse=True, return_counts=True)
        assert (values.tolist(), counts.tolist()) == ([1, 2, 3], [2, 1, 1])
        assert tl.equal(values[inverse], x)
        assert isinstance(tl.unique(x), tl.Tensor)
        assert len(tl.unique(x, return_counts=True)) == 2

    def test_every_nan_is_another(self):
        assert len(tl.unique(tl.tensor([nan, 1.0, nan]))) == 3

    def test_unique_of_no_slices(self):
        with pytest.raises(RuntimeError, match="0 sized"):
            tl.unique(tl.zeros(2, 0), dim=0)


class TestSearch:
    def test_refusals(self):
        s = tl.tensor([1.0, 2.0])
        for error, call in (
            (RuntimeError, lambda: tl.searchsorted(s, tl.tensor([1.0]), right=True, side="left")),
            (RuntimeError, lambda: tl.searchsorted(s, tl.tensor([1.0]), side="middle")),
            (RuntimeError, lambda: tl.searchsorted(tl.zeros(2, 2), tl.zeros(3, 2))),
            (RuntimeError, lambda: tl.searchsorted(tl.zeros(2, 2), 1.0)),
            (RuntimeError, lambda: tl.searchsorted(tl.tensor(1.0), tl.zeros(1))),
            (RuntimeError, lambda: tl.searchsorted(s, tl.zeros(1), sorter=tl.tensor([0]))),
            (IndexError, lambda: tl.searchsorted(s, tl.zeros(1), sorter=tl.tensor([0, 2]))),
            (RuntimeError, lambda: tl.bucketize(tl.zeros(1), tl.zeros(2, 2))),
        ):
            with pytest.raises(error):
                call()

    def test_tensors_by_keyword(self):
        x = tl.tensor([1.0, 3.0])
        assert tl.eq(x, other=tl.tensor([1.0, 2.0])).tolist() == [True, False]
        assert isinstance(tl.isin(elements=x, test_elements=x), tl.Tensor)
        assert isinstance(tl.eq(input=x, other=1), tl.Tensor)
        assert tl.add(x, other=x).tolist() == [2.0, 6.0]
        assert tl.searchsorted(x, input=x).tolist() == [0, 1]


class TestPutting:
    def test_refusals(self):
        x, i = tl.zeros(3, 2), tl.tensor([0, 2])
        for error, call in (
            (IndexError, lambda: x.index_fill(0, tl.tensor([3]), 1)),
            (IndexError, lambda: x.index_fill(0, tl.tensor([0.0]), 1)),
            (RuntimeError, lambda: x.index_fill(0, i, tl.ones(1))),
            (IndexError, lambda: x.index_copy(0, tl.tensor([-1]), x[:1])),
            (IndexError, lambda: x.index_copy(0, i, x)),
            (RuntimeError, lambda: x.index_copy(0, i, x[:2, :1])),
            (RuntimeError, lambda: x.index_copy(0, i, x[:2].double())),
            (IndexError, lambda: x.index_reduce(0, tl.tensor([-1, 0]), x[:2], "mean")),
            (RuntimeError, lambda: x.index_reduce(0, i, x[:2], "sum")),
            (RuntimeError, lambda: x.masked_scatter(x == 0, tl.ones(2))),
            (RuntimeError, lambda: x.masked_scatter(x == 0, tl.ones(9, dtype=tl.float64))),
            (RuntimeError, lambda: x.masked_scatter(tl.ones(3, 2), tl.ones(9))),
            (RuntimeError, lambda: tl.select_scatter(x, tl.ones(1), 0, 1)),
            (IndexError, lambda: tl.select_scatter(x, tl.ones(2), 0, 5)),
            (RuntimeError, lambda: tl.slice_scatter(x, tl.ones(2), 0, 1)),
            (RuntimeError, lambda: tl.slice_scatter(x, tl.ones(2, 2), 0, step=0)),
            (IndexError, lambda: x.put(tl.tensor([6]), tl.ones(1))),
            (IndexError, lambda: x.put(i, tl.ones(1))),
            (RuntimeError, lambda: x.put(i, tl.ones(2, dtype=tl.float64))),
            (RuntimeError, lambda: x.scatter_reduce(0, tl.tensor([[0, 0]]), tl.ones(1, 2), "max")),
            (RuntimeError, lambda: x.scatter_reduce(0, tl.tensor([[3, 0]]), tl.ones(1, 2), "amax")),
            (RuntimeError, lambda: x.scatter_reduce(0, tl.tensor([[0, 0]]), tl.ones(1, 2).double(), "prod")),
            (RuntimeError, lambda: x.scatter(0, tl.tensor([[0, 0]]), tl.ones(1, 2), reduce="amax")),
        ):
            with pytest.raises(error):
                call()
        assert x.tolist() == [[0.0, 0.0]] * 3

    def test_equal_winners_share_the_derivative(self):
        x = tl.tensor([1.0, 5.0], requires_grad=True)
        src = tl.tensor([1.0, 1.0, 0.0], requires_grad=True)
        y = x.scatter_reduce(0, tl.tensor([0, 0, 1]), src, "amax").sum()
        dx, dsrc = tl.autograd.grad(y, (x, src))
        np.testing.assert_allclose(dx.numpy(), [1 / 3, 1.0], rtol=1e-6)
        np.testing.assert_allclose(dsrc.numpy(), [1 / 3, 1 / 3, 0.0], rtol=1e-6)

    def test_products_with_zeros_to_the_second_order(self):
        x = tl.tensor([0.0, 3.0], dtype=tl.float64, requires_grad=True)
        src = tl.tensor([2.0, 0.0, 5.0], dtype=tl.float64, requires_grad=True)
        at = tl.tensor([0, 0, 1])
        assert tl.autograd.gradcheck(lambda x, s: x.scatter_reduce(0, at, s, "prod"), (x, src))
        assert tl.autograd.gradgradcheck(lambda x, s: x.scatter_reduce(0, at, s, "prod"), (x, src))


class TestPieces:
    def test_parts_are_views(self):
        x = tl.arange(6.0).reshape(2, 3)
        for parts in (x.tensor_split(2, 1), x.hsplit([1]), x.vsplit(2), x.unsafe_split(1), x.unsafe_chunk(2)):
            assert all(np.shares_memory(part.array, x.array) for part in parts)

    def test_refusals(self):
        for call in (
            lambda: tl.tensor_split(tl.tensor(1), 2),
            lambda: tl.tensor_split(tl.arange(3), 0),
            lambda: tl.hsplit(tl.zeros(2, 3), 2),
            lambda: tl.vsplit(tl.zeros(2), 1),
            lambda: tl.dsplit(tl.zeros(2, 2), 1),
            lambda: tl.broadcast_shapes((2,), (3,)),
            lambda: tl.broadcast_tensors(tl.zeros(2), tl.zeros(3)),
            lambda: tl.diff(tl.tensor(1.0)),
            lambda: tl.diff(tl.zeros(2), -1),
            lambda: tl.diff(tl.zeros(2), prepend=tl.zeros(1, 1)),
            lambda: tl.trapezoid(tl.zeros(2), tl.zeros(3)),
            lambda: tl.gradient(tl.zeros(1)),
            lambda: tl.gradient(tl.zeros(3), edge_order=3),
            lambda: tl.gradient(tl.zeros(3, 3), spacing=[1.0]),
            lambda: tl.renorm(tl.zeros(3), 2, 0, 1.0),
        ):
            with pytest.raises(RuntimeError):
                call()
        with pytest.raises(IndexError):
            tl.trapezoid(tl.tensor(1.0))

    def test_sections_in_a_tensor(self):
        x = tl.arange(5)
        assert [part.tolist() for part in x.tensor_split(tl.tensor([1, 3]))] == [[0], [1, 2], [3, 4]]
        assert [part.tolist() for part in x.tensor_split(tl.tensor(2))] == [[0, 1, 2], [3, 4]]
