"""`environment`: the companies of the installation."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from altior_sellsy.cli.given import By, Json, Name
from altior_sellsy.cli.requests import naming
from altior_sellsy.cli.usage import Command, Group

app = typer.Typer(
    cls=Group, help="Les environnements : une entreprise chacun.", no_args_is_help=True, rich_markup_mode=None
)


@app.command(
    cls=Command,
    epilog="Exemple : altior-sellsy environment add demande.xlsx --altior-url https://altior.exemple.fr "
    "--altior-token JETON --sellsy-secret-stdin < secret.txt",
)
def add(
    file: Annotated[Path, typer.Argument(metavar="FICHIER.xlsx", help="La demande remplie.", show_default=False)],
    altior_url: Annotated[str, typer.Option(help="Adresse d'Altior.", metavar="ADRESSE")],
    altior_token: Annotated[str, typer.Option(help="Jeton d'accès d'Altior.", metavar="JETON")],
    sellsy_secret_stdin: Annotated[
        bool, typer.Option("--sellsy-secret-stdin", help="Lit le client secret sur l'entrée standard.")
    ] = False,
    sellsy_url: Annotated[str, typer.Option(help="Autre adresse de l'API Sellsy.", metavar="ADRESSE")] = "",
    sellsy_login_url: Annotated[str, typer.Option(help="Autre adresse d'accès à Sellsy.", metavar="ADRESSE")] = "",
    by: By = "",
) -> None:
    """Ajoute un environnement à partir d'une demande remplie. N'appelle ni Sellsy ni Altior."""
    from altior_sellsy.cli import opening
    from altior_sellsy.cli.french import french
    from altior_sellsy.cli.show import problem_lines
    from altior_sellsy.clock import SystemClock
    from altior_sellsy.request.reading import read
    from altior_sellsy.service import environments

    with naming(file):
        read(file)  # a file that is no request is refused before any database is made
    secret = sys.stdin.readline().strip() if sellsy_secret_stdin else ""
    access = environments.Access(altior_url, altior_token, secret, sellsy_url, sellsy_login_url)
    try:
        ledger, warnings = environments.add(opening.ledgers(), file, access, SystemClock(), who=by)
    except environments.RequestRefused as error:
        for line in problem_lines(error.problems):
            print(line)
        raise
    for line in problem_lines(warnings):
        print(line)
    print(french(f"Environnement « {ledger.name} » ajouté. Vérifiez-le : altior-sellsy preflight {ledger.name}"))


@app.command("list", cls=Command, epilog="Exemple : altior-sellsy environment list")
def list_(json: Json = False) -> None:
    """Liste les environnements et leur état."""
    from altior_sellsy.cli import opening, show
    from altior_sellsy.service.reading import overview

    found = [overview(environment) for environment in opening.ledgers().environments()]
    if json:
        show.print_json(found)
    else:
        show.print_environments(found)


@app.command(cls=Command, epilog="Exemple : altior-sellsy environment show menuiserie-leo")
def show(name: Name, json: Json = False) -> None:
    """Montre un environnement : accès, réponses de la demande, approbation. Jamais un secret."""
    from altior_sellsy.cli import opening
    from altior_sellsy.cli import show as shown
    from altior_sellsy.service.reading import overview

    environment = opening.ledger(name).environment()
    data = {
        **overview(environment),
        "altior_name": environment.altior_name,
        "urls": dict(environment.urls),
        "settings": dict(environment.settings),
    }
    if json:
        shown.print_json(data)
    else:
        shown.print_environment(data)


@app.command(cls=Command, epilog='Exemple : altior-sellsy environment pause menuiserie-leo --by "Claire Martin"')
def pause(
    name: Name,
    by: By,
    reason: Annotated[str, typer.Option(help="Pourquoi.", metavar="RAISON")] = "",
) -> None:
    """Suspend la synchronisation. Rien n'est perdu : les modifications sont notées et seront rattrapées."""
    from altior_sellsy.cli import opening
    from altior_sellsy.cli.french import french
    from altior_sellsy.clock import SystemClock
    from altior_sellsy.service import environments
    from altior_sellsy.service.person import named

    environments.pause(opening.ledger(name), SystemClock(), named(by), reason)
    print(french(f"« {name} » est en pause. Les modifications sont notées et seront rattrapées."))


@app.command(cls=Command, epilog='Exemple : altior-sellsy environment resume menuiserie-leo --by "Claire Martin"')
def resume(name: Name, by: By) -> None:
    """Reprend la synchronisation d'un environnement en pause."""
    from altior_sellsy.cli import opening
    from altior_sellsy.cli.french import french
    from altior_sellsy.clock import SystemClock
    from altior_sellsy.service import environments
    from altior_sellsy.service.person import named

    environments.resume(opening.ledger(name), SystemClock(), named(by))
    print(french(f"« {name} » reprend. Ce qui a changé entre-temps va être rattrapé."))


@app.command(
    cls=Command,
    epilog="Exemple : altior-sellsy environment access menuiserie-leo --sellsy-client-id 670fadef-576e-47a1 "
    '--by "Claire Martin"',
)
def access(
    name: Name,
    by: By,
    sellsy_client_id: Annotated[str, typer.Option(help="Nouveau Client ID de Sellsy.", metavar="ID")] = "",
    sellsy_secret_file: Annotated[
        Path | None,
        typer.Option(help="Fichier du nouveau client secret ; sans lui, il est demandé.", metavar="FICHIER"),
    ] = None,
    altior: Annotated[
        bool,
        typer.Option("--altior", help="Remplace le jeton d'accès d'Altior, seul ou avec les identifiants de Sellsy."),
    ] = False,
    altior_token_file: Annotated[
        Path | None, typer.Option(help="Fichier du nouveau jeton ; sans lui, il est demandé.", metavar="FICHIER")
    ] = None,
) -> None:
    """Remplace les identifiants de Sellsy, le jeton d'Altior, ou les deux, après les avoir essayés : rien n'est
    remplacé s'ils n'ouvrent pas le même compte. Un secret n'est jamais affiché."""
    from altior_sellsy.cli import opening
    from altior_sellsy.cli.french import french
    from altior_sellsy.clock import SystemClock
    from altior_sellsy.options import options
    from altior_sellsy.service import credentials
    from altior_sellsy.service.person import named

    who, ledger = named(by), opening.ledger(name)
    new = credentials.NewAccess(
        sellsy_client_id.strip(),
        _secret(sellsy_secret_file, "Nouveau client secret de Sellsy")
        if sellsy_client_id or sellsy_secret_file
        else "",
        _secret(altior_token_file, "Nouveau jeton d'accès d'Altior") if altior or altior_token_file else "",
    )
    account = credentials.replace(opening.ledgers(), ledger, new, who, SystemClock(), options().timing)
    print(french(f"Accès remplacés : ils ouvrent le compte Sellsy {account.account_id} — {account.account_name}."))
    if ledger.environment().status.value == "paused":
        print(french(f"« {name} » est en pause : altior-sellsy environment resume {name} --by PERSONNE"))


@app.command(cls=Command, epilog='Exemple : altior-sellsy environment remove menuiserie-leo --by "Claire Martin"')
def remove(
    name: Name,
    by: By,
    yes: Annotated[bool, typer.Option("--yes", help="Sans demander de confirmation.")] = False,
) -> None:
    """Oublie un environnement : ses liens, son journal, ses secrets, et son webhook dans Sellsy. Aucune fiche, ni dans
    Sellsy ni dans Altior, n'est touchée."""
    from altior_sellsy.cli import opening
    from altior_sellsy.cli.french import french
    from altior_sellsy.service import subscription
    from altior_sellsy.service.person import named

    named(by)
    with opening.runtime(name) as runtime:
        if not yes:
            _confirm(name)
        subscription.remove(runtime)
        runtime.ledgers.remove(name)
    print(french(f"« {name} » est retiré, sur décision de {by.strip()}. Aucune fiche n'a été touchée."))


def _confirm(name: str) -> None:
    from altior_sellsy.cli.french import french
    from altior_sellsy.errors import Final

    if not sys.stdin.isatty():
        raise Final(f"Le retrait de « {name} » doit être confirmé : ajoutez « --yes ». Rien n'a été retiré.")
    answer = input(french(f"Retirer « {name} », ses liens et son journal ? Écrivez son nom pour confirmer : "))
    if answer.strip() != name:
        raise Final(f"« {name} » n'a pas été retiré : le nom écrit n'est pas le sien.")


def _secret(file: Path | None, what: str) -> str:
    """From the file, or asked for without being shown."""
    from getpass import getpass

    from altior_sellsy.cli.french import french
    from altior_sellsy.errors import Final

    if file is None and not sys.stdin.isatty():
        raise Final(f"{what} : donnez-le dans un fichier, ou lancez la commande dans un terminal où le saisir.")
    if file is None:
        value = getpass(french(f"{what} : "))
    else:
        try:
            value = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise Final(f"{what} : le fichier « {file} » ne peut pas être lu.") from None
    if not value.strip():
        raise Final(f"{what} : il est vide. Rien n'a été remplacé.")
    return value.strip()
