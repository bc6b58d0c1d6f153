"""Is this file a workbook that may be opened? Decided within bounds of size and time before a spreadsheet is parsed.

Everything that openpyxl will read has been walked through once by a hardened XML parser: no entities; size of the
parts, number, depth and length of tags within bounds, whatever the compressed size. Refusals are one French sentence
that says what to do.
"""

import io
import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from altior_sellsy.errors import ConnectorError

COMPRESSED = 5_000_000
UNZIPPED = 50_000_000
ENTRIES = 2_000
XML = 8_000_000
TAGS = 120_000
DEPTH = 60
WORK = 700_000
TOKEN = 50_000
"""Characters in the attributes of one tag, or in one comment: parsers of long ones are slow."""

_HEAD = 4_096
_XML_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00<")

_DAMAGES = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError, NotImplementedError, RuntimeError,
)  # fmt: skip
"""What reading a broken archive, or XML in an unknown encoding, may raise."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MACROS = (b"macroenabled", b"vbaproject")


class UnreadableDocument(ConnectorError):
    """The file is not a request that can be read at all. `code`: stable, for machines."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


REFUSALS: dict[str, str] = {
    "not_found": "Fichier introuvable ou illisible : vérifiez son emplacement et vos droits.",
    "empty": "Ce fichier est vide : enregistrez de nouveau le formulaire, puis réessayez.",
    "too_big": "Ce fichier est trop volumineux pour une demande de configuration : "
    "repartez d'un formulaire vierge et n'y saisissez que vos réponses.",
    "encrypted": "Ce fichier est protégé par un mot de passe : retirez-le (Fichier → Informations), puis réessayez.",
    "old_excel": "Ce fichier est à l'ancien format Excel (.xls) : enregistrez-le au format .xlsx, puis réessayez.",
    "macros": "Ce fichier contient des macros (.xlsm) : enregistrez-le au format .xlsx, sans macros, puis réessayez.",
    "binary_excel": "Ce fichier est au format binaire d'Excel (.xlsb) : enregistrez-le au format .xlsx.",
    "open_document": "Ce fichier est au format OpenDocument (.ods) : enregistrez-le au format .xlsx, puis réessayez.",
    "not_a_workbook": "Ce fichier n'est pas un classeur .xlsx : renvoyez le formulaire « Demande de configuration du "
    "connecteur Sellsy » enregistré au format .xlsx.",
    "damaged": "Ce classeur est endommagé et ne peut pas être lu : ouvrez-le dans votre tableur, "
    "enregistrez-le de nouveau au format .xlsx, puis réessayez.",
    "missing_sheets": "Ce classeur n'est pas le formulaire attendu (introuvable : {sheets}) : "
    "repartez du formulaire vierge.",
}


def refused(code: str, **words: str) -> UnreadableDocument:
    return UnreadableDocument(code, REFUSALS[code].format(**words))


@dataclass(frozen=True, slots=True)
class Archive:
    """Bytes that may be opened. `merges`: member of the archive → merged ranges («B5:C5»)."""

    content: bytes
    merges: dict[str, tuple[str, ...]]


def inspect(source: str | os.PathLike[str] | bytes) -> Archive:
    """Reads a file (or takes its bytes) and looks at everything in it. Raises UnreadableDocument."""
    content = source if isinstance(source, bytes) else _load(Path(source))
    if len(content) > COMPRESSED:
        raise refused("too_big")
    if not content:
        raise refused("empty")
    if content.startswith(_OLE):
        raise refused("encrypted" if _ENCRYPTED in content else "old_excel")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _entries(archive)
            return Archive(content, _members(archive))
    except _DAMAGES as error:
        raise refused("damaged" if content.startswith(b"PK") else "not_a_workbook") from error


def _load(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(COMPRESSED + 1)
    except (OSError, ValueError) as error:
        raise refused("not_found") from error


def _entries(archive: zipfile.ZipFile) -> None:
    """Bounds and format, from the directory of the archive alone."""
    entries = archive.infolist()
    if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > UNZIPPED:
        raise refused("too_big")
    if any(entry.flag_bits & 1 for entry in entries):
        raise refused("encrypted")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise refused("damaged")
    names = {entry.filename for entry in entries}
    if len(names) != len(entries):
        raise refused("damaged")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refused("macros")
    if "[Content_Types].xml" not in names:
        raise refused("open_document" if "mimetype" in names and "content.xml" in names else "not_a_workbook")
    types = archive.read("[Content_Types].xml").lower()
    if b"sheet.binary" in types or "xl/workbook.bin" in names:
        raise refused("binary_excel")
    if any(mark in types for mark in _MACROS):
        raise refused("macros")
    if b"spreadsheetml" not in types:
        raise refused("not_a_workbook")


def _members(archive: zipfile.ZipFile) -> dict[str, tuple[str, ...]]:
    """Walks through every member that could be XML; the others (pictures) are left aside, nobody will read them."""
    walk = _Walk()
    merges: dict[str, tuple[str, ...]] = {}
    weight = 0
    for entry in archive.infolist():
        with archive.open(entry) as member:
            head = member.read(_HEAD)
            if head.lstrip() and not head.lstrip().startswith(_XML_STARTS):
                continue
            weight += entry.file_size
            if weight > XML:
                raise refused("too_big")
            walk.begin()
            try:
                # In one piece: a parser fed by pieces reads a long tag again with each of them.
                parser = DefusedXMLParser(target=walk, forbid_dtd=True)
                parser.feed(head + member.read())
                parser.close()
            except DefusedXmlException as error:
                raise refused("damaged") from error
            except ParseError:
                continue
        merges[entry.filename] = tuple(walk.merges)
    if walk.work > WORK:
        raise refused("too_big")
    return merges


class _Walk:
    """What the parser meets, counted over all members. Builds nothing."""

    def __init__(self) -> None:
        self.merges: list[str] = []
        self._tags = 0
        self._sheets = 0
        self._depth = 0

    @property
    def work(self) -> int:
        """Tags that may be read when every sheet is said to be the longest one."""
        return self._tags * self._sheets

    def begin(self) -> None:
        """A new member."""
        self.merges = []
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._tags += 1
        self._depth += 1
        if self._tags > TAGS or self._depth > DEPTH or sum(map(len, attributes.values())) + len(attributes) > TOKEN:
            raise refused("too_big")
        self._sheets += tag.endswith("}sheet")
        if tag.endswith("}mergeCell"):
            self.merges.append(attributes.get("ref", ""))

    def end(self, tag: str) -> None:
        self._depth -= 1

    def data(self, text: str) -> None:
        """Text is bounded by the size of the member."""

    def comment(self, text: str) -> None:
        if len(text) > TOKEN:
            raise refused("too_big")

    def pi(self, target: str, text: str | None = None) -> None:
        self.comment(text or "")

    def close(self) -> None:
        """Part of what a parser calls; nothing is built."""
