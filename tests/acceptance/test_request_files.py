"""Files that are no request: refused with one sentence, within bounds of time and memory. Any bytes: no other error."""

import io
import random
import re
import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from altior_sellsy.request.archive import REFUSALS, UnreadableDocument
from altior_sellsy.request.reading import check
from tests.unit.request.documents import filled, nameless

RIGHT = filled().bytes()
SECONDS = 5.0


def _zip(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(RIGHT)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _with(changes: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    return _zip({**_members(), **changes}, method)


def _changed(name: str, old: bytes, new: bytes) -> bytes:
    content = _members()[name]
    assert old in content
    return _with({name: content.replace(old, new)})


def _other_workbook() -> bytes:
    book = Workbook()
    book.worksheets[0]["A1"] = "Bonjour"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _without_sheet(title: str) -> bytes:
    made = nameless(filled())
    del made.book[title]
    return made.bytes()


def _encrypted_member() -> bytes:
    content = bytearray(RIGHT)
    for mark, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + flag] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


OLE = bytes.fromhex("d0cf11e0a1b11ae1")
CELLS = b"<row r='1'>" + b"<c r='A1'/>" * 400_000 + b"</row>"
LAUGHS = (
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'ha'>"
    + b"".join(f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>".encode() for i in range(9))
    + b"]><x>&j;</x>"
)
SAME_SHEET = (
    b'<sheet xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    b'name="a" sheetId="2" state="visible" r:id="rId2"/>'
)
SHEET = "xl/worksheets/sheet2.xml"

FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "a text renamed": (lambda: "client;environnement\nLéo;Léo\n".encode(), "not_a_workbook"),
    "a PDF renamed": (lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "not_a_workbook"),
    "a page": (lambda: b"<html><body>Demande</body></html>", "not_a_workbook"),
    "old Excel": (lambda: OLE + bytes(600) + "Workbook".encode("utf-16-le"), "old_excel"),
    "a password": (lambda: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    "encrypted members": (_encrypted_member, "encrypted"),
    "macros": (lambda: _with({"xl/vbaProject.bin": b"\0" * 10}), "macros"),
    "declared macros": (
        lambda: _changed("[Content_Types].xml", b"spreadsheetml.sheet.main+xml", b"sheet.macroEnabled.main+xml"),
        "macros",
    ),
    "binary Excel": (
        lambda: _changed(
            "[Content_Types].xml",
            b"openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"ms-excel.sheet.binary.macroEnabled.main",
        ),
        "binary_excel",
    ),
    "OpenDocument": (
        lambda: _zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}),
        "open_document",
    ),
    "a word processor's": (
        lambda: _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
        "not_a_workbook",
    ),
    "any archive": (lambda: _zip({"photo.jpg": b"\xff\xd8"}), "not_a_workbook"),
    "cut in half": (lambda: RIGHT[: len(RIGHT) // 2], "damaged"),
    "another workbook": (_other_workbook, "missing_sheets"),
    "no sheet Général": (lambda: _without_sheet("Général"), "missing_sheets"),
    "no sheet Tiers": (lambda: _without_sheet("Tiers"), "missing_sheets"),
    "no sheet Affaires": (lambda: _without_sheet("Affaires"), "missing_sheets"),
    "a sheet of nonsense": (lambda: _with({SHEET: b"<worksheet><sheetData>"}), "damaged"),
    "no workbook part": (
        lambda: _zip({name: data for name, data in _members().items() if name != "xl/workbook.xml"}),
        "damaged",
    ),
    "too many bytes": (lambda: RIGHT + bytes(5_000_001), "too_big"),
    "a bomb of zeros": (lambda: _with({"xl/media/image1.png": bytes(60_000_000)}), "too_big"),
    "a bomb of text": (lambda: _changed(SHEET, b"<sheetData>", b"<sheetData>" + b" " * 20_000_000), "too_big"),
    "a bomb of cells": (lambda: _changed(SHEET, b"<sheetData>", b"<sheetData>" + CELLS), "too_big"),
    "a bomb of styles": (
        lambda: _changed("xl/styles.xml", b"</cellXfs>", b"<xf/>" * 900_000 + b"</cellXfs>"),
        "too_big",
    ),
    "a bomb of depth": (
        lambda: _changed(SHEET, b"<sheetData>", b"<sheetData>" + b"<a>" * 30_000 + b"</a>" * 30_000),
        "too_big",
    ),
    "a bomb of attributes": (
        lambda: _changed(
            SHEET, b"<sheetData>", b"<sheetData " + b" ".join(b"a%d='1'" % n for n in range(60_000)) + b">"
        ),
        "too_big",
    ),
    "a bomb of sheets": (lambda: _changed("xl/workbook.xml", b"</sheets>", SAME_SHEET * 900 + b"</sheets>"), "too_big"),
    "a bomb of comment": (
        lambda: _changed(SHEET, b"<sheetData>", b"<!--" + b"x" * 7_000_000 + b"--><sheetData>"),
        "too_big",
    ),
    "an unknown encoding": (lambda: _with({SHEET: b"<?xml version='1.0' encoding='foo'?><worksheet/>"}), "damaged"),
    "a bomb of entities": (lambda: _with({"xl/sharedStrings.xml": LAUGHS}), "damaged"),
    "a bomb of entries": (lambda: _with({f"xl/media/{n}": b"" for n in range(2_100)}), "too_big"),
    "a bomb of merges": (
        lambda: _changed(
            SHEET,
            b"</sheetData>",
            b"</sheetData><mergeCells>" + b"<mergeCell ref='A1:A2'/>" * 5_000 + b"</mergeCells>",
        ),
        "too_big",
    ),
    "an unusual compression": (lambda: _with({}, zipfile.ZIP_BZIP2), "damaged"),
    "two members of one name": (lambda: _twice(SHEET), "damaged"),
}


def _twice(name: str) -> bytes:
    out = io.BytesIO(RIGHT)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(name, b"<worksheet/>")
    return out.getvalue()


@pytest.mark.parametrize("case", FILES)
def test_it_is_refused_with_one_sentence_within_bounds(case: str) -> None:
    make, code = FILES[case]
    content = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    with pytest.raises(UnreadableDocument) as refusal:
        check(content)
    assert time.process_time() - start < SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
    assert refusal.value.code == code
    assert str(refusal.value).endswith(".")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("path", ["absent.xlsx", ".", "nul\0.xlsx"])
def test_no_such_file(tmp_path: Path, path: str) -> None:
    with pytest.raises(UnreadableDocument) as refusal:
        check(tmp_path / path)
    assert refusal.value.code == "not_found"


def test_every_refusal_has_its_file() -> None:
    assert set(REFUSALS) - {code for _, code in FILES.values()} == {"not_found"}


@pytest.mark.parametrize(
    "harmless",
    [
        lambda: _changed(
            SHEET, b"</sheetData>", b"</sheetData><mergeCells><mergeCell ref='G1:XFD1048576'/></mergeCells>"
        ),
        lambda: _changed(SHEET, b"</sheetData>", b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row></sheetData>"),
        lambda: _changed(
            "xl/workbook.xml", b"</definedNames>", b"<definedName name='x'>A1</definedName></definedNames>"
        ),
        lambda: _with({"xl/media/image1.png": random.Random(1).randbytes(100_000)}),
    ],
)
def test_what_is_only_odd_is_read(harmless: Callable[[], bytes]) -> None:
    start = time.process_time()
    assert check(harmless()) == []
    assert time.process_time() - start < SECONDS


def _fuzzed(rng: random.Random) -> bytes:
    """The archive, or one of its members, with bytes changed, cut out or repeated; or well-formed XML that says
    something else."""
    if rng.random() < 0.2:
        return _mutate(rng, RIGHT)
    members = _members()
    name = rng.choice(sorted(members))
    change = _mutate if rng.random() < 0.2 else _rewrite
    return _zip({**members, name: change(rng, members[name])})


_ODD = (
    b"",
    b"-1",
    b"0",
    b"1e99",
    b"A0",
    b"XFD1048577",
    b"ZZZZ9",
    b"#REF!",
    b"'x'!$A$1:$B$2",
    b"NaN",
    b"b",
    b"e",
    b"str",
)
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')


def _rewrite(rng: random.Random, content: bytes) -> bytes:
    """Values of attributes and texts replaced, attributes and empty tags dropped: still XML."""
    parts = re.split(rb"(<[^>]+>)", content)
    for _ in range(rng.randint(1, 10)):
        at = rng.randrange(len(parts))
        if not parts[at].startswith(b"<"):
            parts[at] = rng.choice(_ODD) if at not in (0, len(parts) - 1) else parts[at]
        elif parts[at].endswith(b"/>") and rng.random() < 0.2:
            parts[at] = b""
        elif found := list(_ATTRIBUTE.finditer(parts[at])):
            one = rng.choice(found)
            new = b"" if rng.random() < 0.3 else one[1] + b'="' + rng.choice(_ODD) + b'"'
            parts[at] = parts[at][: one.start()] + new + parts[at][one.end() :]
    return b"".join(parts)


def _mutate(rng: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(changed))
        length = rng.randint(1, 40)
        match rng.randrange(5):
            case 0:
                changed[at] ^= 1 << rng.randrange(8)
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = changed[max(0, at - length) : at]
            case 3:
                changed[at : at + length] = rng.randbytes(length)
            case _:
                changed[at:at] = rng.choice(
                    (b"<", b">", b'"', b"&#0;", b"-1", b"999999999999", b"\xff", b"</c>", b"e9")
                )
        if not changed:
            return b"\0"
    return bytes(changed)


@pytest.mark.parametrize("seed", range(3))
def test_any_bytes_give_problems_or_a_refusal_never_another_error(seed: int) -> None:
    _any_bytes(seed, 90)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(100, 104))
def test_any_bytes_at_length(seed: int) -> None:
    _any_bytes(seed, 1500)


def _any_bytes(seed: int, number: int) -> None:
    rng = random.Random(seed)
    outcomes = set()
    for _ in range(number):
        content = _fuzzed(rng)
        start = time.process_time()
        try:
            outcomes.add("problems" if check(content) else "right")
        except UnreadableDocument:
            outcomes.add("refused")
        assert time.process_time() - start < SECONDS
    assert outcomes >= {"refused", "problems"}
