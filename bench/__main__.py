"""`python -m bench [NAME ...]`: what the program itself promises (see `runs` for how it is told)."""

import sys
from collections.abc import Mapping

from bench import alarm, board, claim, race, register, start, tap, wave
from bench.runs import Bench, main

BENCHES: Mapping[str, Bench] = {
    "claim": claim.measure,
    "tap": tap.measure,
    "alarm": alarm.measure,
    "start": start.measure,
    "board": board.measure,
    "race": race.measure,
    "wave": wave.measure,
    "import": register.measure,
}

if __name__ == "__main__":
    sys.exit(main(BENCHES, "results.json"))
