"""Pages of the documentation that are made from code: `python -m tests.unit.docs.pages` writes them."""

from pathlib import Path

from altior_sellsy.kinds.contact.record import CONTACT
from altior_sellsy.kinds.deal.record import DEAL
from altior_sellsy.kinds.field import DEFAULT_POLICY, FAMILY_LABELS, Field
from altior_sellsy.kinds.third_party.record import THIRD_PARTY
from altior_sellsy.options import Options
from altior_sellsy.preflight.catalogue import CATALOGUE
from altior_sellsy.request.rules import RULES
from altior_sellsy.sync.words import SITUATIONS
from altior_sellsy.timing import Timing
from tests.unit.docs.coverage import ROWS

ROOT = Path(__file__).parents[3]
MADE = "<!-- Made from the code: python -m tests.unit.docs.pages -->\n\n"


def table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(columns)} |", f"|{'|'.join(' --- ' for _ in columns)}|"]
    lines += [f"| {' | '.join(cell.replace('|', '/').replace(chr(10), ' ') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def coverage() -> str:
    rows = []
    for row in ROWS:
        codes = ", ".join(f"`{code}`" for code, entry in CATALOGUE.items() if entry.statement == row.number)
        checked = codes or "—"
        if row.by_eye:
            checked += f" — *à l'œil, aucune API ne le dit :* {row.by_eye}"
        rows.append((str(row.number), row.says, row.where, checked, f"`{row.test}`"))
    head = "# The guide, statement by statement\n\nWhere each statement of the guide is in the product, the results of "
    head += "`preflight` that verify it, and the test that shows it.\n\n"
    return MADE + head + table(("n°", "Le guide dit", "Dans le produit", "Vérification", "Test"), rows)


def direction(field: Field) -> str:
    if field.ascends and field.descends:
        return "both"
    return "Sellsy → Altior" if field.descends else "Altior → Sellsy"


def fields() -> str:
    page = (
        MADE + "# Fields\n\nWhat both sides can hold. In a conflict the side that is right goes by family of fields, "
    )
    page += (
        "never by clocks; a blank is filled from the other side at the first pairing. Never synchronised: auxiliary "
    )
    page += (
        "code, accounting codes, price category, payment terms, marketing subscriptions, RGPD consent, birth date.\n"
    )
    for kind in (THIRD_PARTY, CONTACT, DEAL):
        rows = []
        for field in kind.fields:
            notes = [
                note
                for note, is_so in (("set, merged by element", field.is_set), ("fills blanks only", field.fill_only))
                if is_so
            ]
            rows.append(
                (
                    f"`{field.name}`",
                    field.label,
                    FAMILY_LABELS[field.family],
                    DEFAULT_POLICY[field.family].label,
                    direction(field),
                    ", ".join(notes) or "—",
                )
            )
        page += f"\n## {kind.plural} (`{kind.name}`)\n\n"
        page += table(("Field", "Libellé", "Family", "Who is right", "Direction", "Notes"), rows)
    return page


def settings() -> str:
    page = MADE + "# Settings\n\nRead from the environment when a command starts. Durations are seconds.\n\n"
    rows = []
    for name, info in Options.model_fields.items():
        default = "—" if name in ("timing",) or info.default is None or info.default == "" else f"`{info.default}`"
        rows.append((f"`ALTIOR_SELLSY_{name.upper()}`", default))
    page += table(("Variable", "Default"), rows)
    page += "\n## Waits (`ALTIOR_SELLSY_TIMING`, a JSON object)\n\n"
    timing = Timing()
    page += table(("Name", "Default"), [(f"`{n}`", f"`{getattr(timing, n)}`") for n in Timing.model_fields])
    return page


def messages() -> str:
    rows = [(f"`{code}`", w.short, w.sentence, w.remedy or "—") for code, w in SITUATIONS.items()]
    page = MADE + "# Situations et messages\n\nCe que `explain`, `cards` et `status` disent, et le remède proposé.\n\n"
    return page + table(("Code", "En bref", "Phrase", "Remède"), rows)


def rules() -> str:
    rows = [(f"`{rule.code}`", str(getattr(rule.severity, "value", rule.severity)), rule.sentence) for rule in RULES]
    page = MADE + "# Règles de la demande\n\nLa même liste sert à la lecture et à cette page.\n\n"
    return page + table(("Code", "Gravité", "Phrase"), rows)


PAGES = {
    "docs/reference/guide-coverage.md": coverage,
    "docs/reference/fields.md": fields,
    "docs/reference/settings.md": settings,
    "docs/reference/messages.fr.md": messages,
    "docs/reference/request-rules.fr.md": rules,
}

if __name__ == "__main__":
    for path, make in PAGES.items():
        (ROOT / path).write_text(make(), encoding="utf-8")
