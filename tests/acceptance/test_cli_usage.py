"""How the command line speaks: help that teaches, usage errors in French, interruption, the unexpected."""

import re
import socket
import time
from pathlib import Path

import pytest
import typer

from altior_sellsy.cli.app import app
from altior_sellsy.cli.failing import run
from tests.acceptance.commands import Commands

NAMES = (
    "demo", "serve", "worker", "migrate", "request", "environment", "preflight", "initialise", "sync", "explain",
    "status", "cards", "journal", "sandbox", "plan", "choose", "decide", "take-side", "undo",
)  # fmt: skip


@pytest.fixture
def bare(tmp_path: Path) -> Commands:
    """No database is needed to be told how to use a command."""
    return Commands(tmp_path)


def test_help_answers_at_once_and_loads_neither_django_nor_rich(bare: Commands) -> None:
    bare.right("--help")  # compiled by now
    started = time.monotonic()
    told = bare.right("--help")
    assert time.monotonic() - started < 3  # 0.2 s on an idle machine; tests share theirs
    assert all(re.search(rf"^  {name} ", told.out, re.MULTILINE) for name in NAMES)
    assert bare("initialise", "--help").out.startswith("Utilisation\N{NO-BREAK SPACE}: altior-sellsy initialise")


def test_every_command_teaches_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    groups = {
        "request": ("blank", "check", "show"),
        "environment": ("add", "list", "show", "pause", "resume", "remove"),
        "sandbox": ("sellsy", "altior"),
    }
    for name in NAMES:
        for command in groups.get(name, ("",)):
            words = [part for part in (name, command) if part]
            assert run(app, [*words, "--help"]) == 0
            out = capsys.readouterr().out
            assert "Exemple\N{NO-BREAK SPACE}: " in out, words
            for english in (
                "Usage:",
                "Options:",
                "Arguments:",
                "Show this",
                "required",
                "default",
                "TEXT ",
                "<=",
                " <int",
            ):
                assert english not in out, (words, english)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["frobnique"], "La commande « frobnique » n'existe pas."),
        (["environment", "frobnique"], "La commande « frobnique » n'existe pas."),
        (["sync"], "Il manque l'argument « NOM »."),
        (["sync", "a", "b"], "« b » est en trop."),
        (["journal", "x", "--record"], "L'option « --record » attend une valeur."),
        (["journal", "x", "--frobnique"], "L'option « --frobnique » n'existe pas."),
        (["serve", "--port", "99999"], "La valeur donnée pour l'option « --port » n'est pas valable."),
        (["environment", "add", "f.xlsx"], "Il manque l'option « --altior-url »."),
    ],
)
def test_usage_errors_are_one_french_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run(app, arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert told.err.replace("\N{NO-BREAK SPACE}", " ").startswith(said)
    assert "--help" in told.err


def failing(error: BaseException) -> typer.Typer:
    broken = typer.Typer()

    @broken.command()
    def fail() -> None:
        raise error

    return broken


def test_interrupted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(failing(KeyboardInterrupt()), []) == 130
    assert capsys.readouterr().err.strip() == "Interrompu."


def test_the_unexpected_is_one_sentence_that_names_its_log(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALTIOR_SELLSY_DEBUG", raising=False)
    assert run(failing(RuntimeError("trop tard")), []) == 70
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "Traceback" not in told
    [name] = re.findall(r"« ?(\S+\.log) ?»", told.replace("\N{NO-BREAK SPACE}", " "))
    log = Path(name)
    assert "RuntimeError: trop tard" in log.read_text("utf-8")
    assert log.stat().st_mode & 0o077 == 0
    log.unlink()
    monkeypatch.setenv("ALTIOR_SELLSY_DEBUG", "1")
    assert run(failing(RuntimeError("trop tard")), []) == 70
    assert "Traceback" in capsys.readouterr().err


def test_the_blank_form_is_written_once(bare: Commands) -> None:
    bare.right("request", "blank", "demande.xlsx")
    assert "existe déjà" in bare.refused("request", "blank", "demande.xlsx")
    told = bare("request", "check", "demande.xlsx")
    assert told.code == 1
    assert "Général!" in told.out
    assert told.err.count("\n") == 1
    assert bare.right("request", "show", "demande.xlsx", "--json").json["valid"] is False


def test_a_number_beyond_what_is_read_is_a_wrong_option(bare: Commands) -> None:
    told = bare("journal", "menuiserie-leo", "--limit", "9223372036854775808")
    assert told.code == 2
    assert "«\N{NO-BREAK SPACE}--limit\N{NO-BREAK SPACE}» n'est pas valable" in told.err


def test_settings_that_make_no_sense_start_nothing(bare: Commands) -> None:
    for name, value in (("PUBLIC_URL", "zzz"), ("TIMING", "{"), ("TIMING", '{"lease": -1}')):
        bare.settings = {f"ALTIOR_SELLSY_{name}": value}
        for arguments in (("serve", "--port", "0"), ("status",), ("worker",)):
            assert f"ALTIOR_SELLSY_{name}" in bare.refused(*arguments)


def test_what_the_system_refuses_is_told_in_french(bare: Commands) -> None:
    (bare.folder / "fichier").write_text("")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for arguments, said in (
            (("request", "blank", "absent/demande.xlsx"), "(son dossier n'existe pas)"),
            (("request", "blank", f"{'a' * 300}/demande.xlsx"), "(ce nom est trop long)"),
            (("request", "blank", "fichier/demande.xlsx"), "(son dossier n'existe pas)"),
            (("request", "check", "."), "«\N{NO-BREAK SPACE}.\N{NO-BREAK SPACE}»"),
            (("serve", "--port", port), "(ce port est déjà pris)"),
            (("sandbox", "sellsy", "--port", port), "(ce port est déjà pris)"),
            (("sandbox", "altior", "--port", port), "(ce port est déjà pris)"),
            (("serve", "--host", "inconnu.invalid"), "(cette machine n'est pas connue)"),
            (("serve", "--host", "203.0.113.9"), "(cette adresse n'est pas celle de cette machine)"),
        ):
            assert said in bare.refused(*arguments)
    bare.settings = {"ALTIOR_SELLSY_DATA": str(bare.folder / "fichier")}
    assert "(un fichier de ce nom existe déjà)" in bare.refused("status")
