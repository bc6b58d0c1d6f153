"""Help and usage errors in French: typer speaks English only."""

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

_HELP = (
    ("Usage: ", "Utilisation\N{NO-BREAK SPACE}: "),
    ("Options:\n", "Options\N{NO-BREAK SPACE}:\n"),
    ("Arguments:\n", "Arguments\N{NO-BREAK SPACE}:\n"),
    ("Commands:\n", "Commandes\N{NO-BREAK SPACE}:\n"),
    ("Show this message and exit.", "Affiche cette aide."),
    ("COMMAND [ARGS]...", "COMMANDE […]"),
    ("[required]", "[obligatoire]"),
    ("required]", "obligatoire]"),
    ("; default: ", "\N{NO-BREAK SPACE}; par défaut\N{NO-BREAK SPACE}: "),
    ("INTEGER RANGE", "NOMBRE"),
    ("INTEGER", "NOMBRE"),
    ("TEXT", "TEXTE"),
)


def _french(text: str) -> str:
    from altior_sellsy.preflight.findings import french as typography

    for english, french in _HELP:
        text = text.replace(english, french)
    text = re.sub(r"\{([^}\n]+)\}", r"\1", text)
    text = re.sub(r" <(?:str|int|path)( range)?>", "", text)
    text = re.sub(r";(\s+)(\d+)<=x<=(\d+)\]", r" ;\1de \2 à \3]", text)
    text = re.sub(r"\[(\d+)<=x<=(\d+)\]", r"[de \1 à \2]", text)
    text = re.sub(r"\[default:(\s+)", r"[par défaut :\1", text)
    text = re.sub(r"; x>=(\d+)\]", r" ; au moins \1]", text)
    return typography(text)


class Group(TyperGroup):
    def get_help(self, ctx: Any) -> str:
        return _french(super().get_help(ctx))


class Command(TyperCommand):
    def get_help(self, ctx: Any) -> str:
        return _french(super().get_help(ctx))

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """The example on one line, however long: it is there to be copied."""
        if self.epilog:
            formatter.write(f"\n  {self.epilog}\n")


def sentence(error: Any) -> str:
    """One French sentence from typer's usage error: what is wrong, and how to see what is right."""
    what = _what(error)
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "altior-sellsy"
    return f"{what} Pour voir comment l'utiliser : « {path} --help »."


def _what(error: Any) -> str:
    kind, english = type(error).__name__, error.format_message()
    parameter = _parameter(error)
    if kind == "MissingParameter":
        return f"Il manque {parameter}."
    if kind == "NoSuchOption":
        return f"L'option « {error.option_name} » n'existe pas."
    if kind == "BadParameter":
        return f"La valeur donnée pour {parameter} n'est pas valable."
    if match := re.match(r"No such command '(.*?)'", english):
        return f"La commande « {match[1]} » n'existe pas."
    if english.startswith("Missing command"):
        return "Il manque une commande."
    if match := re.match(r"Got unexpected extra argument\S* \((.*)\)", english):
        return f"« {match[1]} » est en trop."
    if match := re.match(r"Option '(.*?)' requires", english):
        return f"L'option « {match[1]} » attend une valeur."
    return "Cette ligne de commande n'est pas comprise."


def _parameter(error: Any) -> str:
    parameter = getattr(error, "param", None)
    if parameter is None:
        return "un argument"
    if parameter.param_type_name == "argument":
        return f"l'argument « {parameter.metavar or parameter.name} »"
    return f"l'option « {parameter.opts[0]} »"
