"""The ratios of every full run, one line of JSON each: what became slower, and when."""

import json
import statistics
import subprocess
from datetime import date
from pathlib import Path

from .report import Measured, machine, ratio, shown
from .workload import TORCH

FILE = Path(__file__).parent / "history.jsonl"
SLOWER = 1.10  # times the median of the runs before


def append(measured: Measured, versions: dict[str, str]) -> None:
    """Note the ratios of a run; without PyTorch there are none."""
    ratios = {workload.name: round(r, 4) for workload, times in measured if (r := ratio(times)) is not None}
    if not ratios:
        return
    run = {"date": date.today().isoformat(), "commit": commit(), "machine": machine()}
    run |= {"torch": versions[TORCH], "ratios": ratios}  # type: ignore[dict-item]
    with FILE.open("a", encoding="utf-8") as file:
        file.write(json.dumps(run, ensure_ascii=False) + "\n")


def commit() -> str:
    """The commit that was timed, with a + for changes since; empty outside of a repository."""
    command = ["git", "describe", "--always", "--dirty=+"]
    try:
        done = subprocess.run(command, cwd=FILE.parent, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def trend(earlier: list[float], last: float) -> float:
    """The last ratio, in times of the median of at most five before it."""
    return last / statistics.median(earlier[-5:])


def show() -> None:
    """Print the ratios of the last runs on the machine of the last one, and flag what became slower."""
    runs = [json.loads(row) for row in FILE.read_text(encoding="utf-8").splitlines()] if FILE.exists() else []
    if not runs:
        print("no full run was made yet")
        return
    runs = [run for run in runs if run["machine"] == runs[-1]["machine"]]
    last = runs[-1]
    print(f"ratios to PyTorch eager on {last['machine']}")
    print(f"{len(runs)} runs; the last six: " + ", ".join(f"{run['date']} {run['commit']}" for run in runs[-6:]))
    slower = 0
    for name, found in last["ratios"].items():
        series = [run["ratios"][name] for run in runs if name in run["ratios"]]
        flag = ""
        if len(series) > 1 and (change := trend(series[:-1], found)) > SLOWER:
            slower += 1
            flag = f"   slower by {100 * (change - 1):.0f} %"
        print(f"{name:58}" + "".join(f"{shown(r):>8}" for r in series[-6:]) + flag)
    print(f"{slower} became slower by more than {100 * (SLOWER - 1):.0f} %")
