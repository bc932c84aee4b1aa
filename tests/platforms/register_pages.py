"""The register on the web without scripts: files are made, sent and confirmed, and entries stand in forms."""

import io

from aiohttp import FormData
from xlsxwriter import Workbook

from tests.platforms.house import Browser
from tests.platforms.html import forms

CSV = "key,name,building,unit,phone,notes\nchen,陈阿姨,3,502,13800138001,新情况\nsun,孙叔,3,101,,\n"
RING = "31.2033 121.4794; 31.2033 121.4796; 31.2035 121.4796; 31.2035 121.4794; 31.2033 121.4794"
"""A wall all around building 7."""


async def sent(
    client: Browser, data: bytes, name: str = "residents.csv", status: int = 200, **fields: str
) -> str:
    """What the page says of a file that is uploaded."""
    form = FormData()
    for field, value in fields.items():
        form.add_field(field, value)
    form.add_field("file", io.BytesIO(data), filename=name)
    answer = await client.post("/register/upload", form)
    assert answer.status == status, answer.status
    return await answer.text()


def confirming(page: str) -> dict[str, str]:
    """What the button below a file that is shown would send."""
    return next(each.fields for each in forms(page) if each.action == "/register/confirm")


def entry(page: str) -> dict[str, str]:
    """What the form of an entry would send."""
    return next(each.fields for each in forms(page) if each.action == "/register/save")


def made(sheet: str, *rows: tuple[object, ...]) -> bytes:
    """A workbook of one sheet."""
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        written = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            written.write_row(number, 0, row)
    return out.getvalue()
