"""Bad input: one French sentence that says what, where and what to do; status 1; nothing written to either system."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from altior_sellsy.request import example, form
from tests.acceptance.commands import NAME, Commands
from tests.acceptance.town import Town

APPROVED = ("--yes", "--by", "Claire Martin")
TICKED = {"companies": [{"id": 3001, "type": "client", "name": "Charpente Léo", "sa": True}]}
OWN = {"tiers": [{"id": "501", "nature": "moral", "roles": ["client"], "raison_sociale": "Garage Zoé"}]}


@pytest.fixture
def town() -> Iterator[Town]:
    """There is something to write on both sides, and nothing may be."""
    with Town(TICKED, OWN) as town:
        town.forget_writes()
        yield town
        assert town.writes() == (0, 0)


def nobody() -> str:
    """An address of this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def test_a_wrong_secret(commands: Commands, town: Town) -> None:
    commands.add(town, secret="faux-secret")
    said = commands.refused("initialise", NAME, *APPROVED)
    assert "Sellsy refuse ces identifiants" in said
    assert "faux-secret" not in said
    assert "Portail" in said
    assert "Sellsy refuse ces identifiants" in commands.refused("preflight", NAME)


@pytest.mark.parametrize("system", ["sellsy", "altior"])
def test_a_server_that_cannot_be_reached(commands: Commands, town: Town, system: str) -> None:
    commands.add(town, **{system: nobody()})
    said = commands.refused("initialise", NAME, "--dry-run")
    assert system.capitalize() in said
    assert "injoignable" in said or "ne répond pas" in said


def test_sa_missing(commands: Commands, town: Town) -> None:
    town.sellsy("PATCH", "settings", {"custom_fields": []})
    commands.add(town)
    said = commands.refused("initialise", NAME, *APPROVED)
    assert "Synchronisation Altior" in said
    assert "Champs personnalisés" in said


def test_an_unreadable_document(commands: Commands, town: Town, tmp_path: Path) -> None:
    document = tmp_path / "demande.xlsx"
    document.write_bytes(b"%PDF-1.7 certainly no workbook")
    access = ("--altior-url", town.altior_url, "--altior-token", "jeton")
    for arguments in (("environment", "add", str(document), *access), ("request", "check", str(document))):
        said = commands.refused(*arguments)
        assert said.startswith("«\N{NO-BREAK SPACE}demande.xlsx\N{NO-BREAK SPACE}»")
        assert "n'est pas un classeur .xlsx" in said
        assert "renvoyez le formulaire" in said
    assert "absente.xlsx" in commands.refused("request", "check", str(tmp_path / "absente.xlsx"))


def test_an_unknown_environment(commands: Commands, town: Town) -> None:
    commands.add(town)
    for arguments in (("initialise", "autre", *APPROVED), ("environment", "pause", "autre", "--by", "C. Martin")):
        said = commands.refused(*arguments)
        assert "«\N{NO-BREAK SPACE}autre\N{NO-BREAK SPACE}» n'existe pas" in said
        assert NAME in said


@pytest.mark.parametrize("arguments", [("--by", "Claire Martin"), ("--yes", "--by", "  ")])
def test_initialise_without_approval(commands: Commands, town: Town, arguments: tuple[str, ...]) -> None:
    commands.add(town)
    said = commands.refused("initialise", NAME, *arguments)
    assert "approuvée" in said
    assert "--by" in said
    assert "rien n'a été écrit" in said
    assert commands.right("status", NAME, "--json").json["status"] == "not_activated"


def test_the_preview_writes_nothing_and_there_is_no_sync_before_approval(commands: Commands, town: Town) -> None:
    commands.add(town)
    plan = commands.right("initialise", NAME, "--dry-run", "--json").json
    made = {(c["decision"], c["side"]): c["number"] for c in plan["counts"]}
    assert made == {("create", "sellsy"): 1, ("create", "altior"): 1}
    assert f"initialise {NAME} --dry-run" in commands.refused("sync", NAME)


def test_pause_says_who_and_nothing_is_lost(commands: Commands, town: Town) -> None:
    commands.add(town)
    commands.right("environment", "pause", NAME, "--by", "Claire Martin", "--reason", "Inventaire")
    said = commands.refused("sync", NAME)
    assert "en pause" in said
    assert "Inventaire" in said
    shown = commands.right("environment", "show", NAME, "--json").json
    assert (shown["paused_by"], shown["paused_reason"]) == ("Claire Martin", "Inventaire")
    commands.right("environment", "resume", NAME, "--by", "Claire Martin")
    assert "--yes" in commands.refused("environment", "remove", NAME, "--by", "Claire Martin")
    commands.right("environment", "remove", NAME, "--by", "Claire Martin", "--yes")
    assert commands.right("environment", "list", "--json").json == []


def test_what_cannot_be_asked_of_the_first_synchronisation(commands: Commands, town: Town, tmp_path: Path) -> None:
    commands.add(town)
    (tmp_path / "dossier.xlsx").mkdir()
    for arguments, expected in (
        (("--undo",), "L'annulation de « menuiserie-leo » n'est pas approuvée, rien n'a été écrit"),
        (("--undo", "--trial", "3", *APPROVED), "« --trial » et « --xlsx » ne vont pas avec lui"),
        (("--undo", *APPROVED), "n'a pas d'initialisation à annuler"),
        (("--xlsx", "dossier.xlsx", *APPROVED), "c'est un dossier"),
    ):
        said = commands.refused("initialise", NAME, *arguments).replace("\N{NO-BREAK SPACE}", " ")
        assert expected in said
    # Nobody who asks for a trial of nothing approves the whole.
    nothing = commands("initialise", NAME, "--trial", "0", *APPROVED)
    assert nothing.code == 2
    assert "--trial" in nothing.err


def test_an_address_at_which_nothing_can_be_called(commands: Commands, town: Town) -> None:
    """`environment add` took any text; `preflight` then ended in a fault of our own (status 70)."""
    document = commands.folder / "demande.xlsx"
    form.write(document, example.REQUEST)
    right = {"--altior-url": town.altior_url, "--sellsy-url": f"{town.sellsy_url}/v2"}
    for option, address in (("--altior-url", "http://[::1"), ("--altior-url", ""), ("--sellsy-url", "ftp://x")):
        access = [part for pair in (right | {option: address}).items() for part in pair]
        arguments = ("environment", "add", str(document), *access, "--altior-token", "jeton", "--sellsy-secret-stdin")
        said = commands.refused(*arguments, stdin="secret\n")
        assert option in said
        assert "Rien n'a été enregistré" in said
    assert commands.right("environment", "list", "--json").json == []


def test_an_option_that_a_decision_does_not_take(commands: Commands, town: Town) -> None:
    """`hold --to` and `create --field` were obeyed without the option; `hold` alone said that «» is no field."""
    commands.add(town)
    commands.right("initialise", NAME, "--dry-run")
    for arguments, said in (
        (("hold", "--field", "Téléphone", "--to", "altior:menuiserie-leo:tiers:501"), "« --to » ne sert qu'à « link »"),
        (("create", "--field", "Téléphone"), "« --field » ne sert qu'à « hold » et à « release », pas à « create »"),
        (("hold",), "Ajoutez « --field CHAMP »"),
        (("release", "--field", " "), "Ajoutez « --field CHAMP »"),
        (("zzz", "--field", "Téléphone"), "« zzz » n'est pas une décision possible"),
    ):
        asked = commands.refused("decide", NAME, "sellsy:97417:company:3001", *arguments, "--by", "Claire Martin")
        assert said in asked.replace("\N{NO-BREAK SPACE}", " ")
    assert commands.right("journal", NAME, "--json").json == []


def test_a_list_of_records_that_cannot_be_read(commands: Commands, town: Town) -> None:
    commands.add(town)
    whole = (commands.folder / "demande.xlsx").read_bytes()
    (commands.folder / "liste.xlsx").write_bytes(whole[: len(whole) // 2])
    (commands.folder / "liste.bin").write_bytes(bytes(range(256)))
    for name, said in (
        ("liste.xlsx", "ne peut pas être lue comme un .xlsx"),
        ("liste.bin", "n'est pas un texte"),
        ("absente.txt", "ne peut pas être lue (ce fichier ou ce dossier n'existe pas)"),
        ("absente.xlsx", "ne peut pas être lue (ce fichier ou ce dossier n'existe pas)"),
    ):
        assert said in commands.refused("choose", NAME, "--dry-run", "--list", name)
