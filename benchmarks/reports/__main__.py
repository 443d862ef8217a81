"""The command line: makes the runs that are missing and writes the pages."""

from . import one_thread  # noqa: F401  (before everything that imports NumPy)

# isort: split
import argparse
import importlib
import sys
import tempfile
from pathlib import Path

from . import NAMES, digits
from .lab import Lab

HERE = Path(__file__).parent


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 0, or 130 after Ctrl-C, with every run that had ended by then in its file."""
    options = parsed(arguments)
    folder = options.out or (Path(tempfile.mkdtemp(prefix="reports-")) if options.quick else HERE)
    if options.quick:
        digits.write_synthetic(folder / "digits")
        digits.use(folder / "digits")
    elif options.data:
        digits.use(options.data)
    try:
        for name in options.names or NAMES:
            write(name, folder, options)
    except KeyboardInterrupt:
        print("interrupted; what had ended is kept, and the same command goes on from there", file=sys.stderr)
        return 130
    return 0


def write(name: str, folder: Path, options: argparse.Namespace) -> None:
    """Make one report's missing runs, and its page."""
    lab = Lab(name, folder, quick=options.quick, jobs=options.jobs)
    for kind in options.again:
        if count := lab.forget(kind):
            print(f"{name}: dropped {count} runs of the kind {kind!r}", file=sys.stderr)
    page = importlib.import_module(f"{__package__}.{name}_page").report(lab)
    page.save()
    lab.keep_only_used()
    print(page.path)


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    """The options; exits as argparse does where they make no sense."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.reports",
        description="Rebuild five student reports on this library: make the runs that are missing, write the pages.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"reports: {', '.join(NAMES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="a few small runs of everything, into a temporary folder")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="runs at the same time (default: 1)")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help=f"the folder of MNIST (default: ${digits.VARIABLE}, or download it)"
    )
    parser.add_argument(
        "--again", action="append", default=[], metavar="KIND", help="make runs of this kind anew, e.g. timing"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="the folder of pages and runs (default: this one)")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.names) - set(NAMES)):
        parser.error(f"there is no report {', '.join(unknown)}; there are {', '.join(NAMES)}")
    if options.jobs < 1:
        parser.error(f"--jobs: at least 1, not {options.jobs}")
    if options.data and not options.data.is_dir():
        parser.error("--data: there is no such folder")
    return options


if __name__ == "__main__":
    sys.exit(main())
