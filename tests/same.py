"""A script run twice, with this library and with PyTorch under the name `torch`, and its results compared."""

import numpy as np


def check(script, torch, rtol=2e-4, atol=2e-5):
    """What script(torch) returns: numbers and tensors agree within a tolerance, everything else exactly."""
    import tinygrad_lite

    compare(script(tinygrad_lite), script(torch), rtol, atol, script.__name__)


def compare(ours, theirs, rtol, atol, where):
    if hasattr(theirs, "detach"):
        assert tuple(ours.shape) == tuple(theirs.shape), where
        assert str(ours.dtype) == str(theirs.dtype).removeprefix("torch."), where
        assert ours.requires_grad == theirs.requires_grad, where
        ours, theirs = ours.detach().numpy(), theirs.detach().numpy()
    if isinstance(theirs, (np.ndarray, float, np.floating)):
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol, err_msg=where)
    elif isinstance(theirs, dict):
        assert list(ours) == list(theirs), where
        compare(list(ours.values()), list(theirs.values()), rtol, atol, where)
    elif isinstance(theirs, (list, tuple)):
        assert len(ours) == len(theirs), where
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            compare(a, b, rtol, atol, f"{where}[{i}]")
    else:
        assert ours == theirs, where
