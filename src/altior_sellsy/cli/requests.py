"""`request`: the configuration request as a document."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from altior_sellsy.cli.usage import Command, Group

app = typer.Typer(
    cls=Group,
    help="La « Demande de configuration du connecteur Sellsy » (.xlsx).",
    no_args_is_help=True,
    rich_markup_mode=None,
)
File = Annotated[Path, typer.Argument(metavar="FICHIER.xlsx", help="Le document.", show_default=False)]


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """A document that cannot be read is refused by its name."""
    from altior_sellsy.errors import Final
    from altior_sellsy.request.archive import UnreadableDocument

    try:
        yield
    except UnreadableDocument as error:
        said = str(error)
        raise Final(f"« {file.name} » : {said[0].lower()}{said[1:]}") from None


@app.command(cls=Command, epilog="Exemple : altior-sellsy request blank demande.xlsx")
def blank(file: File) -> None:
    """Écrit le formulaire vierge, à remplir par l'administrateur de l'entreprise."""
    from altior_sellsy.errors import Final
    from altior_sellsy.request.form import write_blank

    if file.exists():
        raise Final(f"« {file} » existe déjà : choisissez un autre nom, rien n'a été écrit.")
    write_blank(file)
    print(f"Formulaire vierge écrit dans « {file} ».")


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
