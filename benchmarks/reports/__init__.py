"""Five student reports, rebuilt on this library: each system in a page of code, run, beside the published figures.

    python -m benchmarks.reports [NAME …] [--quick] [--jobs N] [--data DIR] [--again KIND]

A report is a module here: `biolkova`, `doncenco`, `gengler`, `alleon` and `wang`, by the first author. Its function
`report(lab)` reads like the method section: it asks the laboratory (`lab.py`) for runs and makes a page of them.
Finished runs are kept in `runs/`, a line each, so that nothing is run twice; the pages are RESULTS-<name>.md.
"""

NAMES = ("biolkova", "doncenco", "gengler", "alleon", "wang")
