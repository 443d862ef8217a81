"""Time every workload in every library that is installed, and write what was found to RESULTS.md.

    python -m benchmarks.speed [--quick] [--only NAME …] [--readme]
    python -m benchmarks.speed --history

Before a workload is timed, all libraries must compute the same from the same beginning. A full run takes some eight
minutes, most of it in PyTorch's compiler and in long tapes; let the machine do nothing else meanwhile.
"""

import argparse
import warnings

from . import fresh, graphs, history, models, networks, operations, report
from .timing import compare, one_core
from .workload import COMPILED, CONTENDERS, HERE, TORCH, Workload, difference, installed, plain


def checked(workload: Workload, present: set[str]) -> dict:
    """What is to be run in each library, when all have computed the same; the one that does not ends the program.

    Other libraries, and PyTorch's compiler, may refuse a workload.
    """
    runs, reference = {}, None
    for name in CONTENDERS:
        if name not in workload.cases or name not in present:
            continue
        try:
            case = workload.cases[name]()
            results = [plain(r) for r in case.results()]
        except Exception as error:
            if name in (HERE, TORCH):
                raise
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            print(f"    {name} cannot run {workload.name}: {reason[:90]}")
            continue
        if reference is None:
            reference = results
        elif (error := difference(reference, results)) > workload.exact:
            raise SystemExit(f"{workload.name}: {name} and {HERE} disagree by {error:.3g}; nothing more was timed")
        runs[name] = case.run
    return runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only check that all agree: small sizes, next to no time")
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", help="only workloads with one of these words in their name"
    )
    parser.add_argument("--no-compile", action="store_true", help="leave PyTorch's compiler out")
    parser.add_argument("--readme", action="store_true", help="also write the short table in the README")
    parser.add_argument("--history", action="store_true", help="show how the ratios went from run to run")
    options = parser.parse_args()
    if options.history:
        history.show()
        return

    one_core()
    versions = installed()
    present = set(versions)
    if TORCH in present and not (options.quick or options.no_compile):
        present.add(COMPILED)
    rows = [w for part in (networks, models, operations, graphs) for w in part.workloads(options.quick)]
    if options.only:
        rows = [w for w in rows if any(word in w.name for word in options.only)]
    timing = {"seconds": 0.0003, "budget": 0.0} if options.quick else {"seconds": 0.01, "budget": 3.0}
    print(report.heading(present))
    measured = []
    for workload in rows:
        with warnings.catch_warnings(action="ignore"):  # what other libraries deprecate is not our business
            runs = checked(workload, present)
            times = compare(runs, **timing)
        measured.append((workload, times))
        print(report.line(workload, times, present), flush=True)
    probes = []
    if not options.only:
        probes = fresh.rows({"numpy", *(report.MODULES[name] for name in present if name != COMPILED)}, options.quick)
        print("\n".join(report.probe_line(*row) for row in probes))
    if options.quick or options.only:
        return
    report.write(measured, probes, versions)
    history.append(measured, versions)
    if options.readme:
        report.write_readme(measured)


if __name__ == "__main__":
    main()
