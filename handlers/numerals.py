"""Numbers as people write them in a place or a count: Arabic digits or Chinese numerals.

Only ever given what a rule has captured: on a whole message a converter would turn 王二小 into 王2小.
"""

HAN = "一二三四五六七八九十百零〇两幺廿"
"""Chinese numerals that occur in building, door and head counts."""


def number(captured: str) -> int | None:
    """The value of a captured numeral, or None when it is none (for example 十二三)."""
    squeezed = "".join(captured.split())
    if squeezed.isascii():
        return int(squeezed) if squeezed.isdigit() else None
    import cn2an  # noqa: PLC0415 - 0.15 s of every start, and only the first Chinese numeral needs it

    try:
        return int(cn2an.cn2an(squeezed, "smart"))
    except (ValueError, KeyError):  # the second for what it half understands, such as 廿零
        return None
