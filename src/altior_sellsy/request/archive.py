"""Is this file a workbook that may be opened? Decided within bounds of size and time before a spreadsheet is parsed.

Everything that openpyxl will read has been walked through once by a hardened XML parser: no entities, no more than
`TAGS` tags in all, whatever the compressed size. Refusals are one French sentence that says what to do.
"""

import io
import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from altior_sellsy.errors import ConnectorError

COMPRESSED = 5_000_000
UNZIPPED = 50_000_000
ENTRIES = 2_000
XML = 15_000_000
TAGS = 150_000
DEPTH = 60

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
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
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
    if any(mark in types for mark in _MACROS):
        raise refused("macros")
    if b"sheet.binary" in types or "xl/workbook.bin" in names:
        raise refused("binary_excel")
    if b"spreadsheetml" not in types:
        raise refused("not_a_workbook")


def _members(archive: zipfile.ZipFile) -> dict[str, tuple[str, ...]]:
    """Walks through every member that is XML; what is none (pictures) is left aside, nobody will read it."""
    merges: dict[str, tuple[str, ...]] = {}
    tags = size = 0
    for entry in archive.infolist():
        ranges: list[str] = []
        depth = 0
        weighed = False
        try:
            with archive.open(entry) as member:
                for event, element in iterparse(member, events=("start", "end"), forbid_dtd=True):
                    if event == "end":
                        depth -= 1
                        element.clear()
                        continue
                    size += 0 if weighed else entry.file_size
                    weighed = True
                    depth += 1
                    tags += 1
                    if tags > TAGS or depth > DEPTH or size > XML:
                        raise refused("too_big")
                    if element.tag.endswith("}mergeCell"):
                        ranges.append(element.get("ref", ""))
        except DefusedXmlException as error:
            raise refused("damaged") from error
        except ParseError:
            continue
        merges[entry.filename] = tuple(ranges)
    return merges
