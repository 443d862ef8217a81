"""The laboratory: runs what is missing, on as many cores as allowed, and keeps every finished run as one line.

An experiment is a function of a dictionary of settings that returns a dictionary of results, both of numbers and texts
as JSON knows them. All that decides a run is in its settings, so they are its name: a run with the same settings is
not made again. What is kept beside the results is how long it took and on which machine.
"""

import json
import math
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from tinygrad_lite.serialize import write_atomically

Experiment = Callable[[dict], dict]


@dataclass(frozen=True)
class Run:
    """A finished run: `seconds` by the clock, `processor` the seconds of processor time among them."""

    settings: dict
    result: dict
    seconds: float
    processor: float
    machine: str

    def __getitem__(self, name: str) -> Any:
        return self.result[name] if name in self.result else self.settings[name]


class MissingRuns(LookupError):
    """A page was asked for, but runs that it shows were not made."""


class Lab:
    """Where one report's runs are made and kept.

    name    of the report
    folder  of the pages and runs
    quick   everything is small: a test of the code, not of the networks
    jobs    how many runs at the same time
    closed  make no runs: a page is to be written from what is stored
    """

    def __init__(self, name: str, folder: Path, *, quick: bool = False, jobs: int = 1, closed: bool = False):
        self.name, self.folder, self.quick, self.jobs, self.closed = name, folder, quick, jobs, closed
        self.used: dict[str, dict[str, Run]] = {}  # kind → settings → run

    def size(self, full: int, quick: int) -> int:
        """A number of runs, epochs or samples: the full one, or the one of a quick test."""
        return quick if self.quick else full

    def file(self, kind: str) -> Path:
        return self.folder / "runs" / self.name / f"{kind}.jsonl"

    def run(self, experiment: Experiment, settings: Iterable[dict], jobs: int | None = None) -> list[Run]:
        """The runs of an experiment with each of the settings, in their order; what is missing is made now."""
        wanted = [json.dumps(each, sort_keys=True) for each in settings]
        kind = experiment.__name__
        kept = {json.dumps(run.settings, sort_keys=True): run for run in stored(self.file(kind))}
        missing = [text for text in dict.fromkeys(wanted) if text not in kept]
        if missing and self.closed:
            raise MissingRuns(f"{self.name}: {len(missing)} of {len(wanted)} runs of the kind {kind!r} were not made")
        if missing:
            self.file(kind).parent.mkdir(parents=True, exist_ok=True)
            bar = tqdm(total=len(wanted), initial=len(wanted) - len(missing), desc=f"{self.name} {kind}", smoothing=0)
            with bar:
                for run in finished(experiment, [json.loads(text) for text in missing], jobs or self.jobs):
                    append(self.file(kind), run)
                    kept[json.dumps(run.settings, sort_keys=True)] = run
                    bar.update()
        runs = [kept[text] for text in wanted]
        self.used.setdefault(kind, {}).update(zip(wanted, runs, strict=True))
        return runs

    def measure(self, experiment: Experiment, settings: Iterable[dict]) -> list[Run]:
        """As `run`, but one at a time: for experiments whose result is a time."""
        return self.run(experiment, settings, jobs=1)

    def forget(self, kind: str) -> int:
        """Drop the runs of a kind, so that they are made again; returns how many there were."""
        count = len(list(stored(self.file(kind))))
        self.file(kind).unlink(missing_ok=True)
        return count

    def keep_only_used(self) -> None:
        """Drop the runs that the page does not show: those of settings that have since been changed."""
        for kind, runs in self.used.items():
            lines = [line(run) for run in runs.values()]

            def fill(file: Any, lines: Iterable[bytes] = lines) -> None:
                file.writelines(lines)

            if len(lines) < len(list(stored(self.file(kind)))):
                write_atomically(self.file(kind), fill)

    def all_used(self) -> list[Run]:
        return [run for runs in self.used.values() for run in runs.values()]

    def machines(self) -> list[str]:
        return sorted({run.machine for run in self.all_used()})


def stored(path: Path) -> Iterator[Run]:
    """The runs in a file; a last line without its end is of a run whose process was killed while it was written."""
    if path.exists():
        for text in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if text.endswith("\n"):
                yield Run(**json.loads(text))


def line(run: Run) -> bytes:
    return json.dumps(asdict(run), ensure_ascii=False).encode() + b"\n"


def append(path: Path, run: Run) -> None:
    """Add a run to a file by one write, so that it is there whole or was never counted."""
    with open(path, "a+b", buffering=0) as file:
        if end := file.seek(0, os.SEEK_END):
            file.seek(end - 1)
            if file.read(1) != b"\n":  # an earlier process was killed in the middle of a line
                file.truncate(path.read_bytes().rfind(b"\n") + 1)
        file.write(line(run))
        os.fsync(file.fileno())


def finished(experiment: Experiment, settings: list[dict], jobs: int) -> Iterator[Run]:
    """The runs as they finish; each has one thread for its matrix products, whatever the number of jobs."""
    if jobs == 1:
        yield from (timed(experiment, each) for each in settings)
        return
    from joblib import Parallel, delayed

    parallel: Any = Parallel(n_jobs=jobs, return_as="generator_unordered")
    yield from parallel(delayed(timed)(experiment, each) for each in settings)


def timed(experiment: Experiment, settings: dict) -> Run:
    with np.errstate(over="ignore", invalid="ignore"):  # too large a learning rate is a result like another
        start, processor = time.perf_counter(), time.process_time()
        result = experiment(dict(settings))
        seconds, processor = time.perf_counter() - start, time.process_time() - processor
    return Run(settings, rounded(result), round(seconds, 3), round(processor, 3), machine())


def rounded(value: Any) -> Any:
    """Floats with six digits, more than a page shows; what is not finite becomes null, as JSON has no other."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(each) for each in value]
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value


def machine() -> str:
    """Processor, cores and versions, without a name or a path."""
    return (
        f"{processor_name()}, {os.cpu_count()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, NumPy {np.__version__}"
    )


def processor_name() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    found = [entry.partition(":")[2].strip() for entry in text.splitlines() if entry.startswith("model name")]
    return found[0] if found else platform.machine()
