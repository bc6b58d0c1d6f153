"""The form through LibreOffice: saved there, it says the same; printed, it has one page per sheet."""

import shutil
import subprocess
from pathlib import Path

import pytest

from altior_sellsy.request.form import document, write_blank, write_prefilled
from altior_sellsy.request.lists import Choices
from altior_sellsy.request.reading import check, read
from tests.unit.request.documents import filled

OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice (soffice) is not installed")


def _convert(path: Path, to: str) -> Path:
    """Each run has a profile of its own, so that runs may go side by side."""
    assert OFFICE is not None
    out = path.parent / "converted"
    profile = (path.parent / "profile").as_uri()
    command = [
        OFFICE,
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        to,
        "--outdir",
        str(out),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    return out / f"{path.stem}.{to}"


def test_saved_by_libreoffice_it_reads_equal(tmp_path: Path) -> None:
    path = tmp_path / "demande.xlsx"
    path.write_bytes(filled(sellsy_id_compte=97417.0, tiers_export=True).bytes())
    before, _ = read(path)
    after, problems = read(_convert(path, "xlsx"))
    assert problems == []
    assert before is not None
    assert after is not None
    assert after.settings() == before.settings()
    assert after.client_secret == before.client_secret


def test_the_old_format_of_excel_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "demande.xlsx"
    path.write_bytes(document())
    with pytest.raises(Exception, match=r"ancien format Excel \(\.xls\)"):
        check(_convert(path, "xls"))
    with pytest.raises(Exception, match=r"OpenDocument \(\.ods\)"):
        check(_convert(path, "ods"))


@pytest.mark.parametrize("prefilled", [False, True])
def test_it_prints_one_page_per_sheet(tmp_path: Path, prefilled: bool) -> None:
    path = tmp_path / "demande.xlsx"
    if prefilled:
        write_prefilled(path, Choices({"Commercial": ["Devis"]}, ["Lyon"]))
    else:
        write_blank(path)
    printed = _convert(path, "pdf").read_bytes()
    assert printed.count(b"/Type/Page/") + printed.count(b"/Type/Page\n") == 5
