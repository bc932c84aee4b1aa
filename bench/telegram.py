"""`python -m bench.telegram [NAME ...]`: what is promised on Telegram (see `runs` for how it is told)."""

import sys
from collections.abc import Mapping

from bench import telegram_fanout, telegram_tap
from bench.runs import Bench, main

BENCHES: Mapping[str, Bench] = {
    "tap_webhook": telegram_tap.webhook,
    "tap_polling": telegram_tap.polling,
    "fanout": telegram_fanout.measure,
}

if __name__ == "__main__":
    sys.exit(main(BENCHES, "results-telegram.json"))
