"""The files and the lines that a run leaves behind."""

import json
import math
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import IO, Any

import tinygrad_lite as tl
from tinygrad_lite import nn
from tinygrad_lite.serialize import write_atomically

from .settings import Settings
from .training import LOSSES, History


def write(settings: Settings, model: nn.Sequential, history: History, step: Any, figures: dict[str, Any]) -> list[str]:
    """Write every file of a run into its folder; each is there whole, or as it was before. Returns their names.

    step     (inputs, labels) of one batch, whose tape is drawn
    figures  matplotlib's figures by the name of their file
    """
    out = settings.out
    tl.save(model.state_dict(), out / "model.npz")
    for name, figure in figures.items():
        write_atomically(out / name, partial(figure.savefig, format="png"))
    draw_step(model, settings, *step).save(out / "graph.svg")
    names = ["model.npz", *figures, "graph.svg", "summary.json"]
    # Last, so that a summary is there only with the files that it speaks of.
    write_atomically(out / "summary.json", partial(write_json, summary(settings, history, names)))
    return names


def write_json(content: Any, file: IO[bytes]) -> None:
    file.write(json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n")


def draw_step(model: nn.Sequential, settings: Settings, x: tl.Tensor, labels: tl.Tensor) -> Any:
    """The tape of one training step, with the derivatives that its backward leaves at the parameters."""
    model.train()
    model.zero_grad()
    inputs = model[0](x)  # nothing to learn in this layer, so it is not on the tape; its result is an input of it
    scores = model[1:](inputs)
    loss = LOSSES[settings.loss](scores, labels)
    loss.backward(retain_graph=True)  # otherwise backward takes the tape apart as it goes
    return tl.draw(loss, names={**dict(model.named_parameters()), "inputs": inputs, "labels": labels, "scores": scores})


def summary(settings: Settings, history: History, files: list[str]) -> dict[str, Any]:
    """Every setting, and what came of it; accuracies are fractions, `epochs` counts those that were completed."""
    options = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(settings).items()}
    return options | {
        "epochs": history.epochs,
        "epochs_wanted": settings.epochs,
        "interrupted": history.interrupted,
        "train_accuracy": history.train_accuracy[-1],
        "test_accuracy": history.test_accuracy[-1],
        "train_loss": history.train_loss[-1],
        "test_loss": history.test_loss[-1],
        "seconds": round(history.seconds, 3),
        "version": tl.__version__,
        "files": files,
    }


def report(settings: Settings, widths: list[int], history: History, files: list[str]) -> str:
    """The summary for a person to read."""
    s, h = settings, history
    end = f", interrupted after epoch {h.epochs}" if h.interrupted else ""
    return f"""\
{s.job}: {"-".join(map(str, widths))}, {s.activation}, {s.loss}, {s.optimizer} at {s.lr:g}, \
batches of {s.batch_size}, {s.epochs} epochs{end}, seed {s.seed}

              loss   accuracy
  train   {h.train_loss[-1]:8.4f}   {h.train_accuracy[-1]:8.2%}
  test    {h.test_loss[-1]:8.4f}   {h.test_accuracy[-1]:8.2%}
  time    {duration(h.seconds)}, {duration(h.seconds / h.epochs)} an epoch

  in {s.out}: {", ".join(files)}"""


def duration(seconds: float) -> str:
    """Seconds, or milliseconds if there are few, with about three digits."""
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.{max(0, 2 - int(math.log10(seconds)))}f} s"
