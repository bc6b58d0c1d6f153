"""Pages of the documentation that are made from code: `python -m tests.unit.docs.pages` writes them."""

import re
from collections.abc import Callable
from pathlib import Path

from altior_sellsy.kinds.contact.record import CONTACT
from altior_sellsy.kinds.deal.record import DEAL, OF_THE_DEAL
from altior_sellsy.kinds.field import DEFAULT_POLICY, FAMILY_LABELS, Field
from altior_sellsy.kinds.kind import Kind
from altior_sellsy.kinds.third_party.record import THIRD_PARTY
from altior_sellsy.options import PREFIX, Options
from altior_sellsy.preflight.catalogue import CATALOGUE
from altior_sellsy.request.rules import RULES
from altior_sellsy.sync.words import SITUATIONS
from altior_sellsy.timing import Timing
from tests.unit.docs.coverage import ROWS
from tests.unit.docs.field_paths import PATHS, UNTIL_WON, WHO
from tests.unit.docs.meanings import ELSEWHERE, OPTIONS, SECRET, TIMING, VALUES

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "src" / "altior_sellsy"
MADE = "<!-- Made from the code: python -m tests.unit.docs.pages -->\n\n"
KINDS = (THIRD_PARTY, CONTACT, DEAL)
GRAVITY = {"error": "erreur", "warning": "avertissement"}


def table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(columns)} |", f"|{'|'.join('---' for _ in columns)}|"]
    lines += [f"| {' | '.join(cell.replace('|', '/').replace(chr(10), ' ') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def typeset(text: str) -> str:
    """French typography as people are shown it: no-break spaces inside « » and before : ; ? !"""
    return re.sub(r"« | »| (?=[:;?!])", lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), text)


# -- the guide's coverage
def coverage() -> str:
    rows = []
    for row in ROWS:
        codes = ", ".join(f"`{code}`" for code, entry in CATALOGUE.items() if entry.statement == row.number)
        where = row.where + (f". *À faire :* {row.open}" if row.open else "")
        seen = "; ".join(part for part in (codes, f"*à l'œil :* {row.by_eye}" if row.by_eye else "") if part)
        tests = "<br>".join(f"`{test}`" for test in row.tests)
        rows.append((str(row.number), typeset(row.says), typeset(where), typeset(seen) or "—", tests))
    head = (
        "# The guide, statement by statement\n\nWhere each of the fifty-one statements of the guide is in the product, "
        "which results of `preflight` verify it, and the tests that show it. *À l'œil*: no API tells it, a person has "
        "to look. *À faire*: that part is missing, see [what is missing](../TODO.md). Paths without a first folder are "
        "below `src/altior_sellsy/`.\n\n"
    )
    return MADE + head + table(("n°", "Le guide dit", "Dans le produit", "Vérification", "Tests"), rows)


# -- fields
FIELDS_HEAD = """\
# Fields

What both sides can hold, kind by kind. A field that is not here is never read into the shared form nor written.

- **Who is right** counts at the first pairing and when both sides were edited since the last agreement; it goes by
  family of fields, [never by clocks](../discussions/no-clocks.md). An edit on one side travels whatever the family.
- At the first pairing a blank is filled from the other side, whoever is right; nothing is emptied.
- Afterwards a field emptied on one side is emptied on the other, unless the other side must have it.
- A value that cannot be read into the shared form, or that the other side refuses, is *held*: a card, the rest goes.
- A supplier record of a tiers that is client or prospect too gives way to the tiers in every family.
- Archiving and the notes on contacts travel only where the request asks for them («Au choix» in the form).

Never synchronised: auxiliary code, accounting codes, price category, payment terms, marketing subscriptions, RGPD
consent, birth date; documents, invoices and payments; addresses other than those for invoicing and delivery (Sellsy
shows them one record at a time only).
"""


def direction(field: Field) -> str:
    if field.ascends and field.descends:
        return "both"
    return "Sellsy → Altior" if field.descends else "Altior → Sellsy"


def who(kind: Kind, field: Field) -> str:
    if not (field.ascends and field.descends):
        return "Sellsy, always"
    if named := WHO.get((kind.name, field.name)):
        return named
    if kind is DEAL and field.family in OF_THE_DEAL:
        return UNTIL_WON
    return DEFAULT_POLICY[field.family].label


def fields() -> str:
    page = MADE + FIELDS_HEAD
    for kind in KINDS:
        rows = []
        for field in kind.fields:
            place = PATHS[kind.name][field.name]
            normal = place.normal + ("; merged element by element" if field.is_set else "")
            label = f"{typeset(field.label)}<br>`{field.name}`"
            sides = (place.sellsy, place.altior, direction(field))
            right = f"{who(kind, field)}<br>({FAMILY_LABELS[field.family].lower()})"
            rows.append((label, *sides, normal, place.lossy or "—", right))
        page += f"\n## {kind.plural} (`{kind.name}`)\n\n"
        page += table(("Field", "In Sellsy", "In Altior", "Travels", "Normal form", "Lossy", "Who is right"), rows)
    return page


# -- settings
def settings() -> str:
    page = MADE + (
        "# Settings\n\nRead from the environment of the process when a command starts. A value that makes no sense is "
        "one French sentence that names the variable, never its value.\n\n"
    )
    rows = []
    for name, info in Options.model_fields.items():
        default = "" if name == "timing" or info.default is None else str(info.default)
        meaning = OPTIONS[name] + (f" ({VALUES[name]})" if name in VALUES else "")
        secret = " **Secret.**" if name in SECRET else ""
        rows.append((f"`{PREFIX}{name.upper()}`", f"`{default}`" if default else "unset", f"{meaning}.{secret}"))
    rows += [(f"`{name}`", "unset", f"{meaning}.") for name, meaning in ELSEWHERE.items()]
    page += table(("Variable", "Default", "Meaning"), rows)
    page += (
        "\n## Waits and bounds\n\n`ALTIOR_SELLSY_TIMING` is a JSON object; what it does not name keeps its default. "
        "Give the same value to every process of an installation. The defaults belong together: shorten a wait only "
        "where a test needs it. No wait is negative, and none that would repeat without a pause is 0.\n\n"
    )
    timing = Timing()
    waits = []
    for name in Timing.model_fields:
        unit, _, meaning = TIMING[name].partition(" | ")
        waits.append((f"`{name}`", f"{getattr(timing, name):g}", unit, meaning))
    return page + table(("Name", "Default", "Unit", "Meaning"), waits)


# -- messages and rules
def messages() -> str:
    rows = [
        (f"`{code}`", typeset(w.short), typeset(w.sentence), typeset(w.remedy) or "—") for code, w in SITUATIONS.items()
    ]
    head = typeset(
        "# Situations et messages\n\nCe que disent `explain`, `cards` et `status`, et le remède proposé. "
        "{label} est le nom de la fiche, {detail} ce qui précise le cas. Un cas se ferme de lui-même quand sa cause a "
        "disparu.\n\n"
    )
    return MADE + head + table(("Code", "En bref", "Phrase", "Remède"), rows)


def rules() -> str:
    rows = [(f"`{rule.code}`", GRAVITY[rule.severity], typeset(rule.sentence)) for rule in RULES]
    head = typeset(
        "# Règles de la demande\n\nCe que `request check` et `environment add` vérifient, sans appeler ni Sellsy ni "
        "Altior. Chaque problème est dit avec sa cellule. Une erreur empêche d'ajouter l'environnement ; un "
        "avertissement laisse passer. Ce qui demande de lire les deux systèmes (le pipeline existe-t-il ?) est dans "
        "les vérifications, `preflight`.\n\n"
    )
    return MADE + head + table(("Code", "Gravité", "Phrase"), rows)


PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/guide-coverage.md": coverage,
    "docs/reference/fields.md": fields,
    "docs/reference/settings.md": settings,
    "docs/reference/messages.fr.md": messages,
    "docs/reference/request-rules.fr.md": rules,
}

if __name__ == "__main__":
    for path, make in PAGES.items():
        (ROOT / path).write_text(make(), encoding="utf-8")
