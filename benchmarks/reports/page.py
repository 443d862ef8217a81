"""A report's page: paragraphs, tables and figures, in the Markdown that is kept beside the code."""

import io
import statistics
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any

from tinygrad_lite.serialize import write_atomically

from .lab import Lab, Run


class Page:
    """What a report's page says; `save` writes it, and its figures, into the folder of the lab."""

    def __init__(self, lab: Lab, title: str):
        self.lab = lab
        self.parts = [f"# {title}"]
        self.figures: dict[str, Any] = {}

    def heading(self, text: str) -> None:
        self.parts.append(f"## {text}")

    def text(self, text: str) -> None:
        """A paragraph; the line breaks of the source are not kept."""
        self.parts.append(" ".join(text.split()))

    def table(self, head: Sequence[str], rows: Iterable[Sequence[Any]], align: str = "---:") -> None:
        lines = [head, ["---", *[align] * (len(head) - 1)], *rows]
        self.parts.append("\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in lines))

    def figure(self, name: str, figure: Any, caption: str) -> None:
        """A matplotlib figure, kept as figures/<report>-<name>.svg."""
        file = f"figures/{self.lab.name}-{name}.svg"
        caption = " ".join(caption.split())
        self.figures[file] = figure
        self.parts.append(f"![{caption}]({file})\n\n*{caption}*")

    def conditions(self, settings: dict[str, str]) -> None:
        """The section that says how to repeat it all: settings, number of runs, machine, time."""
        self.heading("Settings, seeds, machine, time")
        self.table(["setting", "value"], settings.items(), align="---")
        rows = []
        for kind, runs in self.lab.used.items():
            seeds = sorted({run.settings["seed"] for run in runs.values() if "seed" in run.settings})
            times = (minutes(sum(getattr(run, time) for run in runs.values())) for time in TIMES)
            rows.append([f"`{kind}`", len(runs), span(seeds), *times])
        rows.append(["all", *[""] * 2, *(minutes(self.total(t)) for t in TIMES)])
        self.table(["runs", "number", "seeds", "by the clock", "processor time"], rows)
        ran = "Made on " + "; and on ".join(self.lab.machines()) + ", each run in one thread."
        if self.total("seconds") > 1.15 * self.total("processor"):
            ran += (
                " **The machine was shared with other work:** a run waited for the processor"
                f" {1 - self.total('processor') / self.total('seconds'):.0%} of its time, so only processor times can"
                " be compared, and even these are too long where runs shared the caches."
            )
        self.text(ran)
        self.text(
            f"`python -m benchmarks.reports {self.lab.name}` writes this page from the stored runs "
            f"(`runs/{self.lab.name}/`), making those that are missing; `--again KIND` drops a kind of runs first."
        )

    def total(self, time: str) -> float:
        return sum(getattr(run, time) for run in self.lab.all_used())

    @property
    def markdown(self) -> str:
        return "\n\n".join(self.parts) + "\n"

    @property
    def path(self) -> Path:
        return self.lab.folder / f"RESULTS-{self.lab.name}.md"

    def save(self) -> None:
        for file, figure in self.figures.items():
            (self.lab.folder / file).parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self.lab.folder / file, partial(written, figure))
        write_atomically(self.path, self.fill)

    def fill(self, file: IO[bytes]) -> None:
        file.write(self.markdown.encode())


TIMES = ("seconds", "processor")


def written(figure: Any, file: IO[bytes]) -> None:
    """A figure as SVG that is the same text whenever it is drawn from the same numbers."""
    import matplotlib

    content = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": "tinygrad_lite", "svg.fonttype": "path"}):
        figure.savefig(content, format="svg", metadata={"Date": None})
    file.write("\n".join(text.rstrip() for text in content.getvalue().splitlines()).encode() + b"\n")


# --- numbers as the pages write them ---


def percent(values: Iterable[float], digits: int = 1) -> str:
    """Mean ± standard deviation of fractions, in percent."""
    return plus_minus([100 * value for value in values], digits)


def plus_minus(values: Iterable[float], digits: int = 1) -> str:
    values = list(values)
    if len(values) == 1:
        return f"{values[0]:.{digits}f}"
    return f"{statistics.mean(values):.{digits}f} ± {statistics.stdev(values):.{digits}f}"


def mean(runs: Iterable[Run], name: str) -> float:
    return statistics.mean(run[name] for run in runs)


def versus(ours: float, theirs: float, tolerance: float) -> str:
    """How ours compares with a published figure: the difference, and whether it is within a tolerance."""
    difference = ours - theirs
    shown = round(difference, 1) + 0.0  # not −0.0
    verdict = "higher" if shown >= 0 else "as high, within the tolerance" if difference >= -tolerance else "**lower**"
    return f"{shown:+.1f}, {verdict}"


def minutes(seconds: float) -> str:
    """A duration as people say it."""
    if seconds < 100:
        return f"{seconds:.3g} s"
    hours, rest = divmod(round(seconds / 60), 60)
    return f"{hours} h {rest:02d} min" if hours else f"{rest} min"


def span(seeds: list[int]) -> str:
    if not seeds:
        return "–"
    if seeds == list(range(seeds[0], seeds[-1] + 1)) and len(seeds) > 1:
        return f"{seeds[0]} to {seeds[-1]}"
    return ", ".join(map(str, seeds))
