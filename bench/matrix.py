"""`python -m bench.matrix [NAME ...]`: what is promised on Matrix (see `runs` for how it is told)."""

import sys
from collections.abc import Mapping

from bench import matrix_burst, matrix_frozen, matrix_tap
from bench.runs import Bench, main

BENCHES: Mapping[str, Bench] = {
    "tap": matrix_tap.measure,
    "burst": matrix_burst.measure,
    "frozen": matrix_frozen.measure,
}

if __name__ == "__main__":
    sys.exit(main(BENCHES, "results-matrix.json"))
