"""What only a fresh process shows: memory at its peak, bytes for each node, and the time of an import.

    python -m benchmarks.speed.fresh PROBE LIBRARY SIZE

runs one probe in this process and prints one number; `measured` does so in processes of their own.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple


class Probe(NamedTuple):
    """One row: a measurement in each library, and what is wanted of ours beside the other's."""

    name: str
    probe: str
    libraries: tuple[str, ...]
    size: int
    unit: str
    target: str
    turns: int = 1


PROBES = [
    Probe("peak memory, 784-256-256-10, batch 4096", "network", ("tinygrad_lite", "torch"), 4096, "MB", "≤ PyTorch's"),
    Probe("peak memory, CNN, batch 256", "cnn", ("tinygrad_lite", "torch"), 256, "MB", "≤ PyTorch's"),
    Probe("a node of a chain", "chain", ("tinygrad_lite", "torch"), 10**5, "bytes", "≤ 600"),
    Probe("import", "importing", ("tinygrad_lite", "numpy", "torch"), 0, "ms", "≤ NumPy's + 25", 9),
]


def resident(peak: bool) -> int:
    """Bytes of memory of this process, now or at most so far (Linux)."""
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmHWM:" if peak else "VmRSS:"))
    return int(line.split()[1]) * 1024


def training(make: Callable[[Any, Any, int], Any], lib: Any, size: int) -> float:
    """What three training steps need at most, above the library that has worked already, but on one sample."""
    make(lib, lambda f: f, 1).run()
    before = resident(peak=True)
    run = make(lib, lambda f: f, size).run
    for _ in range(3):
        run()
    return (resident(peak=True) - before) / 1e6


def network(lib: Any, size: int) -> float:
    from .networks import Spec, torch_case

    sizes = (784, 256, 256, 10)
    return training(lambda lib, f, n: torch_case(lib, f, Spec(sizes, n, "cross_entropy", "momentum")), lib, size)


def cnn(lib: Any, size: int) -> float:
    from .models import cnn

    return training(cnn, lib, size)


def chain(lib: Any, size: int) -> float:
    y = lib.tensor(0.5, requires_grad=True)
    for _ in range(100):
        y = y * 0.999
    before = resident(peak=False)
    for _ in range(size):
        y = y * 0.999
    return (resident(peak=False) - before) / size


def measured(probe: Probe, library: str) -> float:
    """The median over fresh processes, or over `turns` of them."""
    command = [sys.executable, "-m", "benchmarks.speed.fresh", probe.probe, library, str(probe.size)]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{probe.name}, {library}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout)


def rows(installed: set[str], quick: bool) -> list[tuple[Probe, dict[str, float]]]:
    """All probes in all libraries that are installed; the libraries take turns."""
    found = []
    for probe in PROBES:
        if quick:
            probe = probe._replace(size=probe.size // 100, turns=1, libraries=("tinygrad_lite",))
        if probe.probe != "importing" and not Path("/proc/self/status").exists():
            continue  # no such system; the report leaves the row out
        samples: dict[str, list[float]] = {name: [] for name in probe.libraries if name in installed}
        for _ in range(probe.turns):
            for name, values in samples.items():
                values.append(measured(probe, name))
        found.append((probe, {name: statistics.median(values) for name, values in samples.items()}))
    return found


def main() -> None:
    probe, library, size = sys.argv[1:]
    start = time.process_time()
    lib = import_module(library)
    passed = time.process_time() - start
    if probe == "importing":
        print(passed * 1e3)
        return
    if library == "torch":
        lib.set_num_threads(1)
    print({"network": network, "cnn": cnn, "chain": chain}[probe](lib, int(size)))


if __name__ == "__main__":
    main()
