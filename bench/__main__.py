"""`python -m bench [NAME ...]`: what the program itself promises (see `runs` for how it is told)."""

import sys
from collections.abc import Mapping

from bench import alarm, board, claim, start, tap
from bench.runs import Bench, main

BENCHES: Mapping[str, Bench] = {
    "claim": claim.measure,
    "tap": tap.measure,
    "alarm": alarm.measure,
    "start": start.measure,
    "board": board.measure,
}

if __name__ == "__main__":
    sys.exit(main(BENCHES, "results.json"))
