"""What was found, on the screen, in RESULTS.md with its chart, and in the README."""

import os
import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from .fresh import Probe
from .workload import COMPILED, CONTENDERS, HAND, HERE, MODULES as MODULES, TORCH, Workload

FOLDER = Path(__file__).parent
Measured = Sequence[tuple[Workload, dict[str, float]]]
WIDTH = 56


def number(seconds: float | None) -> str:
    """Microseconds in three digits or more; – for what was not measured."""
    if seconds is None:
        return "–"
    us = seconds * 1e6
    return f"{us:.2f}" if us < 10 else f"{us:.1f}" if us < 100 else f"{us:,.0f}"


def ratio(times: dict[str, float], name: str = HERE) -> float | None:
    """The time of a library, in times of PyTorch eager."""
    return times[name] / times[TORCH] if name in times and TORCH in times else None


def shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}" if value < 0.0995 else f"{value:.2f}"


def heading(present: set[str]) -> str:
    names = [name for name in CONTENDERS if name in present]
    return f"{'µs':{WIDTH}}" + "".join(f"{name:>14}" for name in names) + f"{'ratio':>8}{'wanted':>8}"


def line(workload: Workload, times: dict[str, float], present: set[str]) -> str:
    cells = "".join(f"{number(times.get(name)):>14}" for name in CONTENDERS if name in present)
    return f"{workload.name:{WIDTH}}{cells}{verdict(workload, times):>10}{shown(workload.target):>6}"


def verdict(workload: Workload, times: dict[str, float]) -> str:
    """The ratio, with a cross where it misses what is wanted."""
    found = ratio(times)
    late = found is not None and workload.target is not None and found > workload.target
    return shown(found) + (" ×" if late else "  ")


def probe_line(probe: Probe, values: dict[str, float]) -> str:
    cells = "   ".join(f"{name}: {value:.1f}" for name, value in values.items())
    return f"{probe.name:{WIDTH}}{cells}   {probe.unit}, wanted {probe.target}"


def machine() -> str:
    """The processor's name and the number of its cores, and nothing that tells whose it is."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            model = next(row.split(":")[1].strip() for row in info if row.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def table(measured: Measured) -> list[str]:
    """The large table: a row for each workload, a column for each library that ran anything."""
    names = [name for name in CONTENDERS if any(name in times for _, times in measured)]
    rows = ["| µs | " + " | ".join(names) + " | ratio to PyTorch | wanted |", "|---|" + "---:|" * (len(names) + 2)]
    for workload, times in measured:
        cells = [workload.name, *(number(times.get(name)) for name in names)]
        rows.append(f"| {' | '.join(cells)} | {verdict(workload, times).strip()} | {shown(workload.target)} |")
    return rows


def write(measured: Measured, probes: Sequence[tuple[Probe, dict[str, float]]], versions: dict[str, str]) -> None:
    """RESULTS.md and its chart."""
    chart(measured, FOLDER / "results.svg")
    lines = [
        "# Speed",
        "",
        f"{date.today().isoformat()}. {machine()}, of which one core is used.",
        "",
        ", ".join(f"{name if name != HAND else 'NumPy'} {version}" for name, version in versions.items()) + ".",
        "",
        "Medians of interleaved runs in float32, in microseconds; all libraries computed the same before they were",
        f"timed. *{COMPILED}* is torch.compile, JAX is jitted, *{HAND}* is NumPy with reused buffers and no tape.",
        "– : not installed, not possible there, or not tried. × : the ratio that is wanted was missed.",
        "`python -m benchmarks.speed` writes this page.",
        "",
        "![Times relative to PyTorch eager](results.svg)",
        "",
        *table(measured),
        "",
    ]
    if probes:
        libraries = list(dict.fromkeys(name for _, values in probes for name in values))
        lines += ["In processes of their own; memory is counted above what the library itself takes:", ""]
        lines += [
            "| | " + " | ".join(libraries) + " | unit | wanted |",
            "|---|" + "---:|" * len(libraries) + "---|---|",
        ]
        for probe, values in probes:
            cells = [f"{values[name]:.1f}" if name in values else "–" for name in libraries]
            lines.append(f"| {probe.name} | {' | '.join(cells)} | {probe.unit} | {probe.target} |")
        lines.append("")
    (FOLDER / "RESULTS.md").write_text("\n".join(lines), encoding="utf-8")


def chart(measured: Measured, path: Path) -> None:
    """A bar for each workload: our time in times of PyTorch's; a tick where it should be, and dots for others."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    rows = [(workload, times) for workload, times in measured if TORCH in times]
    if not rows:
        return
    marks = {HAND: ("o", "#2e8b57"), COMPILED: ("s", "#c0392b"), "JAX": ("^", "#7b4bb3")}
    with plt.rc_context({"svg.hashsalt": "speed", "svg.fonttype": "none", "font.size": 8}):
        figure, axes = plt.subplots(figsize=(8.5, 0.23 * len(rows) + 1.2), layout="constrained")
        places = range(len(rows))
        ours = [ratio(times) or 0.0 for _, times in rows]
        axes.barh(places, ours, color="#2f6db5", height=0.65, label=HERE)
        for name, (marker, colour) in marks.items():
            points = [(r, i) for i, (_, times) in enumerate(rows) if (r := ratio(times, name)) is not None]
            if points:
                axes.plot(*zip(*points, strict=True), marker, color=colour, markersize=3.5, label=name)
        wanted = [(w.target, i) for i, (w, _) in enumerate(rows) if w.target is not None]
        axes.plot(*zip(*wanted, strict=True), "|", color="black", markersize=9, label="wanted")
        axes.axvline(1, color="#6b7280", linewidth=0.8)
        axes.set_xscale("log")
        axes.set_yticks(places, [workload.name for workload, _ in rows])
        axes.invert_yaxis()
        axes.set_xlabel("time, in times of PyTorch eager (shorter is faster)")
        axes.legend(loc="upper center", bbox_to_anchor=(0.3, 1.06), ncols=5, frameon=False)
        figure.savefig(path, metadata={"Date": None, "Creator": None})
        plt.close(figure)
    text = path.read_text(encoding="utf-8")
    path.write_text("\n".join(row.rstrip() for row in text.splitlines()) + "\n", encoding="utf-8")


def write_readme(measured: Measured) -> None:
    """Put what is most asked for between the marks in the README: single operations and training steps."""
    readme = FOLDER.parents[1] / "README.md"
    head, rest = readme.read_text(encoding="utf-8").split("<!-- speed -->")
    tail = rest.split("<!-- /speed -->")[1]
    rows = ["| | here, µs | PyTorch eager, µs | ratio |", "|---|---|---|---|"]
    for workload, times in measured:
        if TORCH in times and any(word in workload.name for word in ("step 2-", "step 784", "CNN", "block", "8×8")):
            found = shown(ratio(times))
            rows.append(f"| {workload.name} | {number(times[HERE])} | {number(times[TORCH])} | {found} |")
    readme.write_text(f"{head}<!-- speed -->\n" + "\n".join(rows) + f"\n<!-- /speed -->{tail}", encoding="utf-8")
