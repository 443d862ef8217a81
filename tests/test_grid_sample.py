"""Images seen through a grid: against PyTorch, and against what is known without it."""

import itertools

import numpy as np
import pytest

import tinygrad_lite as tl

F = tl.nn.functional


def test_the_identity_sees_the_image():
    image = tl.tensor(np.random.default_rng(0).standard_normal((2, 3, 4, 5)))
    theta = tl.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]).double().repeat(2, 1, 1)
    for corners in (False, True):
        grid = F.affine_grid(theta, (2, 3, 4, 5), align_corners=corners)
        for mode in ("bilinear", "nearest", "bicubic"):
            seen = F.grid_sample(image, grid, mode, align_corners=corners)
            np.testing.assert_allclose(seen.numpy(), image.numpy(), atol=1e-12)


@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_derivatives(mode, padding):
    random = np.random.default_rng(0)
    image = tl.tensor(random.standard_normal((1, 1, 3, 4)), requires_grad=True)
    grid = tl.tensor(random.uniform(-1.3, 1.3, (1, 2, 2, 2)), requires_grad=True)

    def call(image, grid):
        return F.grid_sample(image, grid, mode, padding, False)

    assert tl.autograd.gradcheck(call, (image, grid))
    assert tl.autograd.gradgradcheck(call, (image, grid))


X, G = tl.ones(1, 1, 3, 3), tl.zeros(1, 2, 2, 2)
REFUSED = [
    (ValueError, lambda: F.grid_sample(X, G, "cubic", align_corners=False)),
    (ValueError, lambda: F.grid_sample(X, G, "nearest", "mirror", False)),
    (RuntimeError, lambda: F.grid_sample(X, G[..., :1], align_corners=False)),
    (RuntimeError, lambda: F.grid_sample(X[0], G, align_corners=False)),
    (RuntimeError, lambda: F.grid_sample(X, G.double(), align_corners=False)),
    (TypeError, lambda: F.grid_sample(X, [0.0], align_corners=False)),
    (ValueError, lambda: F.affine_grid(tl.ones(1, 2, 2), (1, 1, 3, 3), align_corners=False)),
    (ValueError, lambda: F.affine_grid(tl.ones(1, 2, 3), (1, 1, 0, 3), align_corners=False)),
    (ValueError, lambda: F.affine_grid(tl.ones(1, 2, 3).long(), (1, 1, 3, 3), align_corners=False)),
    (NotImplementedError, lambda: F.affine_grid(tl.ones(1, 2, 3), (1, 1, 3), align_corners=False)),
]


@pytest.mark.parametrize(("kind", "call"), REFUSED, ids=itertools.count())
def test_refused(kind, call):
    with pytest.raises(kind):
        call()


def test_an_unsaid_alignment_is_warned_of():
    with pytest.warns(UserWarning, match="align_corners"):
        F.grid_sample(X, G)


KINDS = [(mode, n) for mode in ("bilinear", "nearest", "bicubic") for n in (2, 3) if (mode, n) != ("bicubic", 3)]


@pytest.mark.parametrize("corners", [False, True])
@pytest.mark.parametrize("padding", ["zeros", "border", "reflection"])
@pytest.mark.parametrize(("mode", "n"), KINDS)
def test_against_torch(mode, padding, corners, n):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    random = np.random.default_rng(n)
    image = random.standard_normal((2, 2, *(3, 4, 5)[:n]))
    grid = random.uniform(-2.5, 2.5, (2, *(4, 3, 2)[:n], n))
    theta = random.standard_normal((2, n, n + 1))
    found = []
    for lib in (tl, torch):
        f = lib.nn.functional
        inputs = [lib.tensor(a, requires_grad=True) for a in (image, grid, theta)]
        y = f.grid_sample(inputs[0], inputs[1], mode, padding, corners)
        z = f.grid_sample(inputs[0], f.affine_grid(inputs[2], image.shape, corners), mode, padding, corners)
        loss = (y * y).sum() + (z * z * z).sum()
        found.append([y, z, *lib.autograd.grad(loss, inputs)])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-9, atol=1e-9)
