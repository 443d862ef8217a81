"""A model trained step by step in this library and in PyTorch, from the same seed on the same batches."""

import numpy as np


def same_start(make, libraries):
    """The model of each library after the same seed: the same text and, number by number, the same first weights."""
    models = []
    for lib in libraries:
        lib.manual_seed(1)
        models.append(make(lib))
    ours, theirs = models
    assert repr(ours) == repr(theirs)
    a, b = ours.state_dict(), theirs.state_dict()
    assert list(a) == list(b)
    for name in a:
        np.testing.assert_array_equal(a[name].numpy(), b[name].numpy(), err_msg=name, strict=True)
    return models


def beside(make, step, libraries, dtype, tolerance=1e-5, weights=1e-4):
    """Train in each library, with the default dtype set, and compare.

    make(lib)         the model
    step(lib, model)  a generator of the numbers to be compared at each step: losses
    tolerance         of the losses in float32, relative; in float64 always 1e-9
    weights           of what the model holds at the end in float32, relative and absolute; in float64 always 1e-8
    """
    if dtype == "float64":
        tolerance, weights = 1e-9, 1e-8
    before = [lib.get_default_dtype() for lib in libraries]
    try:
        for lib in libraries:
            lib.set_default_dtype(getattr(lib, dtype))
        compare(make, step, libraries, tolerance, weights)
    finally:
        for lib, default in zip(libraries, before, strict=True):
            lib.set_default_dtype(default)


def compare(make, step, libraries, tolerance, weights):
    models = same_start(make, libraries)
    first = {name: t.numpy().copy() for name, t in models[0].state_dict().items()}
    found = []
    for lib, model in zip(libraries, models, strict=True):
        lib.manual_seed(2)
        found.append(np.array(list(step(lib, model)), np.float64))
    np.testing.assert_allclose(*found, rtol=tolerance)
    a, b = (model.state_dict() for model in models)
    for name in a:
        assert str(a[name].dtype) == str(b[name].dtype).removeprefix("torch.")
        np.testing.assert_allclose(a[name].numpy(), b[name].numpy(), rtol=weights, atol=weights, err_msg=name)
    assert any((a[name].numpy() != first[name]).any() for name in a), "nothing was trained"
