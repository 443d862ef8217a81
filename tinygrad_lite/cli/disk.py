"""The job `disk`: which points of the unit square lie inside a disk?"""

import numpy as np

import tinygrad_lite as tl
from tinygrad_lite.utils.data import TensorDataset

from . import plots, results
from .network import multilayer_perceptron
from .settings import Settings
from .training import History, scores_of, train

POINTS = 1000  # to train on, and as many others to test with
FIGURES = ["training.png", "boundary.png"]


def run(settings: Settings) -> tuple[list[int], History, list[str]]:
    """Train and write the results; returns the layers' widths, the measurements, and the files' names."""
    tl.manual_seed(settings.seed)  # the same seed, the same points, weights and batches
    training = TensorDataset(*tl.datasets.disk(POINTS))
    test = TensorDataset(*tl.datasets.disk(POINTS))
    points, labels = training.tensors

    widths = [2, *settings.hidden, 2]
    mean, std = points.mean(dim=0), points.std(dim=0)  # of the training data: the test data is not to be looked at
    model = multilayer_perceptron(widths, settings.activation, mean, std, settings.dropout)
    history = train(model, training, test, settings)

    figures = {
        "training.png": plots.curves(history, settings),
        "boundary.png": decisions(model, test, history),
    }
    step = points[: settings.batch_size], labels[: settings.batch_size]
    return widths, history, results.write(settings, model, history, step, figures)


def decisions(model, test: TensorDataset, history: History):
    """The picture of what the model says about the whole square, and about the test points."""
    ticks = np.linspace(0, 1, 201, dtype=np.float32)
    square = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    lead = np.subtract(*scores_of(model, tl.from_numpy(square)).numpy().T[::-1]).reshape(len(ticks), len(ticks))
    points, labels = test.tensors
    predicted = scores_of(model, points).argmax(dim=1)
    return plots.boundary(
        ticks, lead, points.numpy(), labels.numpy(), predicted.numpy(), tl.datasets.RADIUS, history.test_accuracy[-1]
    )
