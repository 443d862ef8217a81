"""The entry point: parse, prepare, run a job, report; and how each kind of failure ends."""

import sys
from pathlib import Path

from . import disk, mnist, preparation, results
from .settings import JobError, parse

RUNS = {"disk": disk, "mnist": mnist}
INTERRUPTED = 130  # the shell's code for a program that Ctrl-C ended: 128 + SIGINT's number 2


def main(arguments: list[str] | None = None) -> int:
    """Run the command line with these arguments (default: those of the process); returns the exit code.

    0: done. 2, through SystemExit: a job that cannot run, with one line that says why. 130: ended by Ctrl-C; if an
    epoch was over by then, the files are there.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    called = Path(sys.argv[0]).name
    settings, parser = parse(arguments, "python -m tinygrad_lite" if called == "__main__.py" else "tinygrad_lite")
    job = RUNS[settings.job]
    try:
        preparation.require_folder(settings.out, ["summary.json", "model.npz", "graph.svg", *job.FIGURES])
        preparation.require_extras()
        widths, history, files = job.run(settings)
    except JobError as error:
        parser.refuse(str(error))
    except OSError as error:  # the disk is full, or the folder has vanished during the training
        parser.refuse(f"--out {settings.out}: cannot write there: {error.strerror or error}")
    except KeyboardInterrupt:
        print(f"interrupted before there were results; each file in {settings.out} is whole", file=sys.stderr)
        return INTERRUPTED
    print(results.report(settings, widths, history, files))
    if history.interrupted:
        print(f"interrupted: kept what {history.epochs} of {settings.epochs} epochs have taught", file=sys.stderr)
        return INTERRUPTED
    return 0
