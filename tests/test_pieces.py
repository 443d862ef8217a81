"""Derivatives of tensors that were taken apart."""

import numpy as np

import tinygrad_lite as tl


def test_parts_of_a_tensor_send_back_pieces():
    """However a tensor was taken apart: overlapping parts, a consumer beside them, leaves and computed tensors."""
    random = np.random.default_rng(0)
    x = tl.tensor(random.standard_normal((4, 5)), requires_grad=True)
    for y in (x, x * 1):
        parts = (y[1:3] * 2).sum() + (y[2] * y[:, 0].sum()).sum() + (y * y).sum() + y[0, 3] + y[-1, ::2].exp().sum()
        (dx,) = tl.autograd.grad(parts, x)
        expected = 2 * x.detach().numpy()
        expected[1:3] += 2
        expected[2] += x.detach().numpy()[:, 0].sum()
        expected[:, 0] += x.detach().numpy()[2].sum()
        expected[0, 3] += 1
        expected[-1, ::2] += np.exp(x.detach().numpy()[-1, ::2])
        np.testing.assert_allclose(dx.numpy(), expected, rtol=1e-12)
        x.grad = None
    hooked = []
    x.register_hook(hooked.append)
    (x[0].sum() + x[1:].sum()).backward()
    assert hooked[0].tolist() == x.grad.tolist() == np.ones((4, 5)).tolist()
