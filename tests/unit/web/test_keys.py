"""The encryption key: from the environment, or kept in the data folder."""

import base64
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from altior_sellsy.web.keys import BadKey, derived_secret, master_key, master_keys


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ALTIOR_SELLSY_KEY", raising=False)
    monkeypatch.delenv("ALTIOR_SELLSY_DATABASE_URL", raising=False)
    monkeypatch.setenv("ALTIOR_SELLSY_DATA", str(tmp_path / "data"))


def test_a_key_is_made_once_for_the_data_folder_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    key = master_key()
    assert len(key) == 32
    assert master_key() == key
    file = tmp_path / "data" / "key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["key"]


def test_processes_that_start_together_end_with_one_key() -> None:
    code = "from altior_sellsy.web.keys import master_key; print(master_key().hex())"
    started = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({process.communicate(timeout=60)[0] for process in started}) == 1


def test_the_environment_wins_and_may_hold_former_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [bytes([number]) * 32 for number in (251, 2)]
    written = [base64.urlsafe_b64encode(keys[0]).decode(), base64.b64encode(keys[1]).decode()]
    monkeypatch.setenv("ALTIOR_SELLSY_KEY", ", ".join(written))
    assert master_keys() == keys
    assert master_key() == keys[0]


@pytest.mark.parametrize("text", ["trop-court", "é" * 44, base64.b64encode(b"x" * 31).decode()])
def test_a_bad_key_is_told_without_being_shown(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("ALTIOR_SELLSY_KEY", text)
    with pytest.raises(BadKey) as refused:
        master_key()
    assert text not in str(refused.value)
    assert "ALTIOR_SELLSY_KEY" in str(refused.value)


def test_another_database_needs_a_key_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ALTIOR_SELLSY_DATABASE_URL", "postgresql://somewhere/base")
    with pytest.raises(BadKey, match="ALTIOR_SELLSY_KEY manque"):
        master_key()
    assert not (tmp_path / "data").exists()


def test_a_derived_secret_differs_by_purpose_and_is_not_the_key() -> None:
    assert derived_secret("django") == derived_secret("django")
    assert derived_secret("django") != derived_secret("other")
    assert master_key().hex() not in derived_secret("django")
