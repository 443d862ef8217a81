"""The job `mnist`: which digit does an image show?"""

import tinygrad_lite as tl
from tinygrad_lite.utils.data import TensorDataset

from . import digit_plots, plots, results
from .network import multilayer_perceptron
from .preparation import require_mnist
from .settings import Settings
from .training import History, scores_of, train

CLASSES = 10
FIGURES = ["training.png", "confusion.png", "mistakes.png"]


def run(settings: Settings) -> tuple[list[int], History, list[str]]:
    """Train and write the results; returns the layers' widths, the measurements, and the files' names."""
    images, labels, test_images, test_labels = require_mnist(settings.data)
    tl.manual_seed(settings.seed)  # the same seed, the same weights and batches
    # Each image becomes a row of 784 pixels, as bytes: a quarter of the memory that floats would take. The model's
    # first layer makes floats of one batch at a time.
    training = TensorDataset(images.flatten(1), labels)
    test = TensorDataset(test_images.flatten(1), test_labels)

    widths = [training.tensors[0].shape[1], *settings.hidden, CLASSES]
    # One mean and one deviation for all pixels: at the rim many are always 0, with no deviation of their own.
    pixels = training.tensors[0].float()
    mean, std = pixels.mean(), pixels.std()
    del pixels
    model = multilayer_perceptron(widths, settings.activation, mean, std, settings.dropout)
    history = train(model, training, test, settings)

    scores = scores_of(model, test.tensors[0]).numpy()
    figures = {
        "training.png": plots.curves(history, settings),
        "confusion.png": digit_plots.confusion(test_labels.numpy(), scores.argmax(1), CLASSES),
        "mistakes.png": digit_plots.mistakes(test_images.numpy(), test_labels.numpy(), scores),
    }
    step = training.tensors[0][: settings.batch_size], labels[: settings.batch_size]
    return widths, history, results.write(settings, model, history, step, figures)
