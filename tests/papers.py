"""Documents as people send them, and as they better did not. All written here."""

import zlib
from collections.abc import Sequence

CATALOG = b"<< /Type /Catalog /Pages 2 0 R %s >>"
SCRIPT = b"/OpenAction << /S /JavaScript /JS (while (true) { app.alert('hello'); }) >>"
LAUNCHES = b"/OpenAction << /S /Launch /F (calc.exe) >>"
A4 = (595, 842)


def paper(*words: str, size: tuple[float, float] = A4, catalog: bytes = b"", drawn: bytes = b"") -> bytes:
    """A PDF with a page for each of the words, in letters that can be read from afar, below a black bar;
    `drawn` is painted over each."""
    width, height = size
    bodies = [CATALOG % catalog, b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    pages = []
    for each in words:
        stream = b"0 g 0 %d %d 60 re f BT /F1 40 Tf 60 %d Td (%s) Tj ET " % (
            height - 60,
            width,
            height / 2,
            each.encode(),
        )
        packed = zlib.compress(stream + drawn)
        bodies.append(b"<< /Length %d /Filter /FlateDecode >> stream\n%s\nendstream" % (len(packed), packed))
        pages.append(len(bodies) + 1)
        bodies.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % (width, height, len(bodies))
        )
    kids = b" ".join(b"%d 0 R" % number for number in pages)
    bodies[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages))
    return _file(bodies)


def bomb() -> bytes:
    """A page of some kilobytes whose drawing unfolds into twenty megabytes of strokes."""
    stroke = b"0 0 m 500 800 l S 500 0 m 0 800 l S "
    return paper("bomb", drawn=stroke * (20 * 2**20 // len(stroke)))


def locked() -> bytes:
    """It says that it was encrypted, by a password that nobody gave."""
    whole = paper("secret")
    entry = (
        b"/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <%s> /U <%s> >> "
        b"/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] "
    ) % (b"11" * 32, b"22" * 32)
    return whole.replace(b"trailer << ", b"trailer << " + entry)


def _file(bodies: Sequence[bytes]) -> bytes:
    made = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(bodies) + 1
    tail = b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return made + tail % (size, table, size, len(made))
