"""What several commands are given."""

from typing import Annotated

import typer

Name = Annotated[str, typer.Argument(metavar="NOM", help="Nom de l'environnement.", show_default=False)]
By = Annotated[str, typer.Option(help="Prénom et nom de la personne qui le décide.", metavar="PERSONNE")]
Json = Annotated[bool, typer.Option("--json", help="En JSON.")]
