"""`request`: the configuration request as a document."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from altior_sellsy.cli.given import By, Name
from altior_sellsy.cli.usage import Command, Group

app = typer.Typer(
    cls=Group,
    help="La « Demande de configuration du connecteur Sellsy » (.xlsx).",
    no_args_is_help=True,
    rich_markup_mode=None,
)
File = Annotated[Path, typer.Argument(metavar="FICHIER.xlsx", help="Le document.", show_default=False)]

Number = Annotated[str, typer.Argument(metavar="NUMÉRO", help="Par exemple DEM-2026-0001-2.", show_default=False)]


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """A document that cannot be read is refused by its name."""
    from altior_sellsy.errors import Final
    from altior_sellsy.request.archive import UnreadableDocument

    try:
        yield
    except UnreadableDocument as error:
        said = str(error)
        raise Final(f"« {file.name or file} » : {said[0].lower()}{said[1:]}") from None


@app.command(cls=Command, epilog="Exemple : altior-sellsy request blank demande.xlsx --from menuiserie-leo")
def blank(
    file: File,
    source: Annotated[
        str,
        typer.Option(
            "--from", metavar="NOM", help="Propose dans des listes les noms qui existent chez cet environnement."
        ),
    ] = "",
) -> None:
    """Écrit le formulaire vierge, à remplir par l'administrateur de l'entreprise."""
    from altior_sellsy.errors import Final
    from altior_sellsy.request.form import write_blank

    if os.path.exists(file):  # of a name that is too long, a path itself is an error
        raise Final(f"« {file} » existe déjà : choisissez un autre nom, rien n'a été écrit.")
    if source:
        _prefilled(file, source)
        return
    write_blank(file)
    print(f"Formulaire vierge écrit dans « {file} ».")


def _prefilled(file: Path, name: str) -> None:
    from altior_sellsy.cli import opening
    from altior_sellsy.request.form import write_prefilled
    from altior_sellsy.service.choices import choices

    with opening.runtime(name) as runtime:
        write_prefilled(file, choices(runtime))
    print(f"Formulaire écrit dans « {file} », avec les pipelines, étapes, établissements et valeurs de « {name} ».")


@app.command(
    cls=Command, epilog='Exemple : altior-sellsy request submit menuiserie-leo demande.xlsx --by "Claire Martin"'
)
def submit(name: Name, file: File, by: By) -> None:
    """Envoie une nouvelle version de la demande d'un environnement, et montre ce qui diffère."""
    from altior_sellsy.cli import opening
    from altior_sellsy.cli.show import problem_lines, say, table
    from altior_sellsy.clock import SystemClock
    from altior_sellsy.service import requests

    with naming(file):
        version, found, problems = requests.submit(opening.ledger(name), file, by, SystemClock())
    for line in problem_lines(problems):
        print(line)
    table("", ("Réponse", "Avant", "Maintenant"), [(d.label, d.before or "—", d.after or "—") for d in found])
    if not found:
        print("Rien ne diffère de la version en vigueur.")
    say(
        f"Demande {version.number} envoyée. Pour la mettre en vigueur : altior-sellsy request validate {name} "
        f'{version.number} --by "Prénom Nom"'
    )


@app.command(
    cls=Command,
    epilog='Exemple : altior-sellsy request validate menuiserie-leo DEM-2026-0001-2 --by "Marc Dubois"',
)
def validate(name: Name, number: Number, by: By) -> None:
    """Met une version de la demande en vigueur."""
    from altior_sellsy.cli import opening
    from altior_sellsy.cli.show import say
    from altior_sellsy.clock import SystemClock
    from altior_sellsy.service import requests

    requests.validate(opening.ledger(name), number, by, SystemClock())
    say(f"Demande {number} validée. Vérifiez l'environnement : altior-sellsy preflight {name}")


@app.command(
    "send-back",
    cls=Command,
    epilog='Exemple : altior-sellsy request send-back menuiserie-leo DEM-2026-0001-2 --by "Marc Dubois" '
    '--reason "Référent intégration=a quitté la société"',
)
def send_back(
    name: Name,
    number: Number,
    by: By,
    reason: Annotated[list[str], typer.Option(metavar="CHAMP=RAISON", help="À corriger, et pourquoi. Répétable.")],
) -> None:
    """Renvoie une version à corriger, avec une raison par champ."""
    from altior_sellsy.cli import opening
    from altior_sellsy.cli.show import say
    from altior_sellsy.clock import SystemClock
    from altior_sellsy.errors import Final
    from altior_sellsy.service import requests

    told = dict(one.split("=", 1) for one in reason if "=" in one)
    if len(told) != len(reason):
        raise Final("Écrivez chaque raison sous la forme « CHAMP=RAISON », par exemple « Client=nom incomplet ».")
    requests.send_back(opening.ledger(name), number, by, told, SystemClock())
    say(f"Demande {number} renvoyée à corriger ({len(told)}).")


@app.command(cls=Command, epilog="Exemple : altior-sellsy request versions menuiserie-leo")
def versions(name: Name) -> None:
    """Liste les versions de la demande : numéro, état, qui, quand."""
    from altior_sellsy.cli import opening
    from altior_sellsy.cli.french import date
    from altior_sellsy.cli.show import table
    from altior_sellsy.service.requests import RequestState

    rows = []
    for version in opening.ledger(name).request_versions():
        reasons = "\n".join(f"{field} : {why}" for field, why in version.answers.get("reasons", {}).items())
        rows.append((version.number, RequestState(version.state).label, date(version.at), version.who, reasons))
    table("", ("Demande", "État", "Quand", "Qui", "À corriger"), rows)


@app.command(cls=Command, epilog="Exemple : altior-sellsy request check demande.xlsx")
def check(file: File) -> None:
    """Dit tous les problèmes du document, chacun avec sa cellule ; code de sortie 1 s'il y a une erreur."""
    from altior_sellsy.cli.failing import say
    from altior_sellsy.cli.french import count
    from altior_sellsy.cli.show import problem_lines
    from altior_sellsy.request.reading import check as find

    with naming(file):
        problems = find(file)
    errors = [problem for problem in problems if problem.severity == "error"]
    for line in problem_lines(problems):
        print(line)
    if errors:
        say(f"{count(len(errors), 'erreur', 'erreurs')} dans « {file.name} » : corrigez les cellules indiquées.")
        raise typer.Exit(1)
    print(f"« {file.name} » est complet et correct.")


@app.command(cls=Command, epilog="Exemple : altior-sellsy request show demande.xlsx --json")
def show(file: File, json: Annotated[bool, typer.Option("--json", help="En JSON.")] = False) -> None:
    """Montre ce que dit le document ; les secrets sont masqués."""
    from altior_sellsy.cli.show import print_json, print_request
    from altior_sellsy.request.reading import show as read

    with naming(file):
        said = read(file)
    if json:
        print_json(said)
    else:
        print_request(said)
