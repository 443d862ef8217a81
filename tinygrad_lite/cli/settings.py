"""What a user may ask for: the options, their defaults, and the help pages."""

import argparse
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import tinygrad_lite as tl

OUT = Path("tinygrad_lite_run")
JOBS = ("disk", "mnist")
LOSSES = ("cross-entropy", "mse")
OPTIMIZERS = ("adam", "momentum", "sgd")
ACTIVATIONS = ("relu", "leaky-relu", "tanh", "rectified-tanh", "sigmoid")

# Found by measuring the test accuracy of many seeds (60 for the disk's defaults, 40 for each of its other rates, with
# every activation; 5 for MNIST's defaults). The rates must not only do well with one activation but not fail with any.
DEFAULTS: dict[str, dict[str, Any]] = {
    "disk": {"hidden": (25, 25, 25), "activation": "tanh", "dropout": 0.0, "epochs": 200, "batch_size": 50},
    "mnist": {"hidden": (256, 128), "activation": "relu", "dropout": 0.2, "epochs": 20, "batch_size": 100},
}
RATES = {
    "disk": {
        "cross-entropy": {"sgd": 0.5, "momentum": 0.1, "adam": 0.01},
        "mse": {"sgd": 0.3, "momentum": 0.15, "adam": 0.02},
    },
    "mnist": {
        "cross-entropy": {"sgd": 0.3, "momentum": 0.05, "adam": 0.001},
        "mse": {"sgd": 1.0, "momentum": 0.3, "adam": 0.001},
    },
}


@dataclass(frozen=True)
class Settings:
    """Everything that decides what a run does; the names are those of the options."""

    job: str
    loss: str
    optimizer: str
    activation: str
    hidden: tuple[int, ...]
    dropout: float
    epochs: int
    batch_size: int
    lr: float
    seed: int
    out: Path
    data: Path | None = None


class JobError(Exception):
    """Why a job cannot run, in one line that a user can act on."""


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line."""

    def error(self, message: str) -> NoReturn:
        self.refuse(f"{message} (--help lists the options)")

    def refuse(self, message: str) -> NoReturn:
        """Say why there will be no result, and end with exit code 2."""
        self.exit(2, f"{self.prog}: error: {' '.join(message.split())}\n")


ABOUT = {
    "": """\
Train a neural network on the CPU, and see what happened: learning curves,
decisions, and the tape of one step.

jobs:
  disk     which points of a square lie inside a disk? (if no job is named)
  mnist    which digit is drawn here? ({prog} mnist --help)
""",
    "disk": """\
Train a network with 2 inputs, three hidden layers of 25 units and 2 outputs to
tell the points inside a disk from those outside: 1,000 random points of the
unit square to train on, 1,000 to test with. The disk, of radius 1/sqrt(2 pi),
covers half of the square.
""",
    "mnist": """\
Train a multilayer perceptron to read handwritten digits: MNIST's 60,000 images
of 28 x 28 pixels to train on, 10,000 to test with.
""",
}
EXAMPLES = {
    "": ["", "--loss mse --optimizer momentum --out runs/mse", "mnist --data folder/of/mnist"],
    "disk": ["disk", "disk --activation relu --optimizer momentum", "disk --loss mse --epochs 300 --out runs/mse"],
    "mnist": ["mnist", "mnist --data folder/of/mnist", "mnist --hidden 100 --dropout 0 --epochs 5"],
}
FILES = {
    "disk": "boundary.png (decisions, test points, mistakes)",
    "mnist": "confusion.png (which digits are taken for which), mistakes.png (the worst misread digits)",
}


def parse(arguments: list[str], prog: str) -> tuple[Settings, Parser]:
    """The settings that the arguments ask for, and the parser, which can refuse them; exits as argparse does."""
    named = bool(arguments) and not arguments[0].startswith("-")
    job = arguments[0] if named else "disk"
    if job not in JOBS:
        Parser(prog).error(f"there is no job {job!r}; there are {' and '.join(JOBS)}")
    parser = parser_of(job, prog, named)
    options = vars(parser.parse_args(arguments[named:]))
    if options["lr"] is None:
        options["lr"] = RATES[job][options["loss"]][options["optimizer"]]
    return Settings(job=job, **options), parser


def parser_of(job: str, prog: str, named: bool) -> Parser:
    """The parser of a job's options; where the user named no job, its help page is about all of them."""
    defaults = DEFAULTS[job]
    examples = "".join(f"\n  {prog} {example}".rstrip() for example in EXAMPLES[job if named else ""])
    parser = Parser(
        f"{prog} {job}" if named else prog,
        usage="%(prog)s [options]" if named else "%(prog)s [disk | mnist] [options]",
        description=ABOUT[job if named else ""].format(prog=prog),
        epilog=f"examples:{examples}\n\nCtrl-C ends the training early, and keeps what was trained so far.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    if not named:
        parser.add_argument(
            "--version", action="version", version=f"tinygrad_lite {tl.__version__}", help="show the version and exit"
        )
    network = parser.add_argument_group("the network")
    network.add_argument(
        "--hidden",
        type=sizes,
        default=defaults["hidden"],
        metavar="N,N,...",
        help=f"units of each hidden layer (default: {','.join(map(str, defaults['hidden']))})",
    )
    chosen(network, "--activation", ACTIVATIONS, defaults["activation"], "after each hidden layer")
    number(network, "--dropout", fraction, "P", defaults["dropout"], "share of hidden units left out in a step")

    training = parser.add_argument_group("the training")
    chosen(training, "--loss", LOSSES, "cross-entropy", "what is minimised (mse: on one-hot targets)")
    chosen(training, "--optimizer", OPTIMIZERS, "adam", "how (momentum: sgd with momentum 0.9)")
    rates = "; ".join(
        f"{loss}: " + ", ".join(f"{name} {rate:g}" for name, rate in sorted(RATES[job][loss].items()))
        for loss in LOSSES
    )
    training.add_argument(
        "--lr",
        type=rate,
        metavar="RATE",
        help=f"learning rate at the start; falls to 0 along a cosine (default: {rates})",
    )
    number(training, "--epochs", count, "N", defaults["epochs"], "passes through the training data")
    number(training, "--batch-size", count, "N", defaults["batch_size"], "samples in a step")
    number(training, "--seed", seed, "N", 0, "decides every random number of the run")

    files = parser.add_argument_group("the files")
    if job == "mnist":
        files.add_argument(
            "--data",
            type=Path,
            metavar="DIR",
            help="folder with the four files of MNIST, gzipped or not (default: download them once, 11 MB)",
        )
    files.add_argument(
        "--out",
        type=Path,
        default=OUT,
        metavar="DIR",
        help=f"folder for the results: summary.json, model.npz, training.png (learning curves), {FILES[job]}, "
        f"graph.svg (the tape of one step) (default: {OUT})",
    )
    return parser


def chosen(group: Any, name: str, choices: tuple[str, ...], default: str, text: str) -> None:
    """An option with a few possible values, listed in the help."""
    listed = f"{', '.join(choices[:-1])} or {choices[-1]}"
    group.add_argument(
        name, choices=choices, default=default, metavar="NAME", help=f"{text}: {listed} (default: {default})"
    )


def number(group: Any, name: str, convert: Any, metavar: str, default: Any, text: str) -> None:
    """An option with a number for a value."""
    group.add_argument(name, type=convert, default=default, metavar=metavar, help=f"{text} (default: {default:g})")


# --- texts to values; argparse prints these errors after the option's name ---


def wrong(expected: str, text: str) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(f"expected {expected}, got {text!r}")


def integer(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def real(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan  # fails every comparison


def count(text: str) -> int:
    value = integer(text)
    if value is None or value < 1:
        raise wrong("a whole number from 1 on", text)
    return value


def seed(text: str) -> int:
    value = integer(text)
    if value is None or not 0 <= value < 2**64:
        raise wrong("a whole number from 0 to 2**64 - 1", text)
    return value


def rate(text: str) -> float:
    value = real(text)
    if not 0 < value < math.inf:
        raise wrong("a number above 0", text)
    return value


def fraction(text: str) -> float:
    value = real(text)
    if not 0 <= value < 1:
        raise wrong("a number from 0 to below 1", text)
    return value


def sizes(text: str) -> tuple[int, ...]:
    values = [integer(part) for part in text.split(",")]
    if any(value is None or value < 1 for value in values):
        raise wrong("whole numbers from 1 on, with commas between", text)
    return tuple(value for value in values if value is not None)
