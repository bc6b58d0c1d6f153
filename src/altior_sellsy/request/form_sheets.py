"""The five sheets of the form, cell by cell (rules, section 2)."""

from itertools import groupby

from openpyxl.worksheet.worksheet import Worksheet

from altior_sellsy.request import sheet as s
from altior_sellsy.request.fields import (
    EVENT_ROWS,
    EVENTS,
    FORM_TITLE,
    FORM_VERSION,
    INPUTS,
    MAPPING_COLUMNS,
    MAPPING_NAME,
    OVERRIDE_COLUMN,
    VERSION_NAME,
    Event,
    Input,
    Sheet,
    override_name,
)
from altior_sellsy.request.filled import Filled
from altior_sellsy.request.mapping import LINES, NOT_SYNCHRONISED, Line

LEGEND = "Cellules blanches : à remplir. Cellules grises : verrouillées, ne pas les modifier."

_README = (
    (
        "1. À quoi sert ce document",
        "Il réunit les réglages du connecteur qui tient à jour vos tiers, contacts et affaires entre Altior et "
        "Sellsy. Complétez-le en suivant le guide de synchronisation ; il n'active rien à lui seul.",
    ),
    (
        "2. Qui le remplit",
        "Une personne administratrice d'Altior et de Sellsy : les réglages demandés exigent ces droits.",
    ),
    (
        "3. Comment le remplir",
        "Ne saisissez que dans les cellules blanches. Les cellules grises sont verrouillées : une modification "
        "y serait ignorée. Une seule valeur par cellule. Les lignes vides sont sans effet.",
    ),
    (
        "4. Dans quel ordre",
        "Général → Tiers → Affaires. La feuille « Vérification » compte ce qui reste à remplir.",
    ),
    (
        "5. Le secret",
        "Ce document peut contenir un secret : ne l'envoyez pas par e-mail. Laissez la cellule « API V2 - Client "
        "secret » vide et donnez le secret à votre intégrateur par un moyen sûr.",
    ),
    (
        "6. À qui le renvoyer",
        "Une fois le guide terminé, joignez ce document (sans le secret) à un ticket au support d'Altior demandant "
        "d'activer l'option Sellsy pour votre environnement.",
    ),
    ("7. Version", f"Version du formulaire : {FORM_VERSION}"),
)


_README_WIDTH = 78


def readme(ws: Worksheet) -> None:
    s.widths(ws, (_README_WIDTH,))
    s.put(ws, 1, 1, FORM_TITLE, s.TITLE)
    row = 3
    for heading, text in _README:
        s.put(ws, row, 1, heading, s.BLOCK)
        s.put(ws, row + 1, 1, text, s.LOCKED)
        s.height(ws, row + 1, [(text, _README_WIDTH)])
        row += 3
    s.put(ws, row - 2, 1, _README[-1][1], s.LOCKED)
    s.name(ws, VERSION_NAME, (row, 1))
    s.put(ws, row, 1, str(FORM_VERSION), s.NOTE)
    ws.row_dimensions[row].hidden = True
    s.finish(ws, (row, 1))


_GENERAL_WIDTHS = (26, 34, 12, 40, 30)
_GENERAL_COLUMNS = ("Champ", "Votre réponse", "Obligatoire", "Aide", "Exemple")


def general(ws: Worksheet, filled: Filled) -> None:
    s.widths(ws, _GENERAL_WIDTHS)
    row = _heading(ws, Sheet.GENERAL)
    for block, inputs in groupby(_inputs(Sheet.GENERAL), key=lambda one: one.block):
        s.put(ws, row, 1, block, s.BLOCK)
        _headers(ws, row + 1, _GENERAL_COLUMNS)
        row += 2
        for one in inputs:
            texts = (one.label, "", "Oui" if one.required else "Non", one.help, one.example)
            for column, text in enumerate(texts, start=1):
                s.put(ws, row, column, text, s.LOCKED_CENTRED if column == 3 else s.LOCKED)
            _input(ws, row, 2, one, filled)
            s.height(ws, row, zip(texts, _GENERAL_WIDTHS, strict=True), least=2)
            row += 1
        row += 1
    s.finish(ws, (row - 2, len(_GENERAL_COLUMNS)))


_TIERS_WIDTHS = (6, 20, 18, 27, 32, 11, 24, 18, 30)
_YES_OR_NO, _YES_NO_OR_NUMBER = "Votre réponse (Oui/Non)", "Votre réponse (Oui/Non, ou nombre)"


def tiers(ws: Worksheet, filled: Filled) -> None:
    s.widths(ws, _TIERS_WIDTHS)
    row = _heading(ws, Sheet.TIERS)
    for block, inputs in groupby(_inputs(Sheet.TIERS), key=lambda one: one.block):
        s.put(ws, row, 1, block, s.BLOCK)
        row = 1 + _questions(ws, row + 1, list(inputs), filled, answer=5, last=len(_TIERS_WIDTHS))
    row -= 1
    s.put(ws, row + 1, 1, "Mapping des informations", s.BLOCK)
    note = (
        "Vérifiez que chaque valeur existe dans Altior (Affichage avancé → Paramètre → Paramétrage du tiers). "
        f"« Autre valeur » vide : valeur standard. « {NOT_SYNCHRONISED} » : ne pas synchroniser la ligne."
    )
    s.put(ws, row + 2, 1, note, s.NOTE)
    _headers(ws, row + 3, MAPPING_COLUMNS)
    s.height(ws, row + 3, zip(MAPPING_COLUMNS, _TIERS_WIDTHS, strict=True))
    first = row + 4
    for row, line in enumerate(LINES, start=first):
        _line(ws, row, line, filled)
    s.name(ws, MAPPING_NAME, (first, 1), (first + len(LINES) - 1, len(MAPPING_COLUMNS)))
    s.finish(ws, (first + len(LINES) - 1, len(MAPPING_COLUMNS)))


def mapping_texts(line: Line) -> tuple[str, ...]:
    """The nine cells of a line as the form shows them, «Autre valeur» empty."""
    standard = NOT_SYNCHRONISED if line.standard is None else line.standard or "(laissé vide)"
    return (
        line.number,
        line.section.label,
        line.objet,
        _recognised(line),
        standard,
        line.abbreviation,
        "",
        line.direction.value,
        line.remark,
    )


def _recognised(line: Line) -> str:
    """A legal form is recognised in free text, the rest stands for one field of Sellsy's screen."""
    if line.abbreviation and line.field == "company_type":
        texts = [line.abbreviation, *line.recognised]
        return f"{line.sellsy} : {', '.join(texts[:2])}{'…' if len(texts) > 2 else ''}"
    return line.sellsy


def _line(ws: Worksheet, row: int, line: Line, filled: Filled) -> None:
    texts = mapping_texts(line)
    for column, text in enumerate(texts, start=1):
        s.put(ws, row, column, text, s.LOCKED)
    if line.editable:
        s.put(ws, row, OVERRIDE_COLUMN + 1, filled.mapping.get(line.number, ""), s.WHITE)
        s.name(ws, override_name(line.number), (row, OVERRIDE_COLUMN + 1))
    s.height(ws, row, zip(texts, _TIERS_WIDTHS, strict=True))


_AFFAIRES_WIDTHS = (24, 24, 26, 3, 22, 22, 3, 22, 22, 3, 22, 22)
_EVENT_COLUMNS = {1: 1, 2: 5, 3: 8, 4: 11}
_BOX = "Un pipeline absent de l'événement 1 n'est pas synchronisé."


def affaires(ws: Worksheet, filled: Filled) -> None:
    s.widths(ws, _AFFAIRES_WIDTHS)
    row = _heading(ws, Sheet.AFFAIRES)
    s.put(ws, row, 1, "Initialisation", s.BLOCK)
    s.span(ws, row + 1, 11, 12, "À savoir", s.HEADER)
    s.span(ws, row + 2, 11, 12, _BOX, s.LOCKED)
    row = _questions(ws, row + 1, _inputs(Sheet.AFFAIRES), filled, answer=3, last=9, aside=4)
    s.put(ws, row + 1, 1, "Pipelines et étapes des opportunités", s.BLOCK)
    note = (
        "Une ligne par pipeline. Les étapes d'un pipeline doivent se suivre dans l'ordre, de l'événement 1 à "
        "l'événement 4. Événements 2 à 4 : facultatifs."
    )
    s.put(ws, row + 2, 1, note, s.NOTE)
    rows = max(EVENT_ROWS, *(len(filled.events.get(event.number, ())) for event in EVENTS))
    ws.row_dimensions[row + 3].height = 32
    for event in EVENTS:
        _event(ws, row + 3, event, filled, rows)
    s.finish(ws, (row + 4 + rows, len(_AFFAIRES_WIDTHS)), landscape=True)


def _event(ws: Worksheet, row: int, event: Event, filled: Filled, rows: int) -> None:
    first, width = _EVENT_COLUMNS[event.number], len(event.columns)
    s.span(ws, row, first, first + width - 1, event.heading, s.HEADER)
    _headers(ws, row + 1, event.columns, first)
    ws.row_dimensions[row + 1].height = 30
    given = filled.events.get(event.number, ())
    for index in range(rows):
        ws.row_dimensions[row + 2 + index].height = 18
        texts = given[index] if index < len(given) else ()
        for offset in range(width):
            s.put(ws, row + 2 + index, first + offset, texts[offset] if offset < len(texts) else "", s.WHITE)
    s.name(ws, event.name, (row + 2, first), (row + 1 + rows, first + width - 1))


def check(ws: Worksheet) -> None:
    """Counters only: whoever reads the document never looks at them."""
    s.widths(ws, (70, 20))
    row = _heading(ws, Sheet.CHECK)
    _headers(ws, row, ("Compteur", "Valeur"))
    for label, formula in _counters():
        row += 1
        s.put(ws, row, 1, label, s.LOCKED)
        cell = s.put(ws, row, 2, "", s.LOCKED_CENTRED)
        cell.number_format = "0"
        cell.value = formula
    s.put(ws, row + 2, 1, "Ces compteurs aident à relire ; ils sont sans effet sur la demande.", s.NOTE)
    s.finish(ws, (row + 2, 2))


def _counters() -> list[tuple[str, str]]:
    required = [one for one in INPUTS if one.required]
    fields = [one.name for one in required if not one.choices]
    questions = [one.name for one in required if one.choices]
    tables = [
        (
            f"Lignes remplies dans l'événement {event.number} ({event.title})",
            f"=SUMPRODUCT(--(LEN(TRIM(INDEX({event.name},0,1)))>0))",
        )
        for event in EVENTS
    ]
    changed = f"=SUMPRODUCT(--(LEN(TRIM(INDEX({MAPPING_NAME},0,{OVERRIDE_COLUMN + 1})))>0))"
    return [
        ("Champs obligatoires restants", _blanks(fields)),
        ("Questions obligatoires restantes (Oui/Non)", _blanks(questions)),
        ("Lignes du mapping avec une autre valeur", changed),
        *tables,
    ]


def _blanks(names: list[str]) -> str:
    return "=" + "+".join(f"(LEN(TRIM({name}))=0)" for name in names)


def _inputs(sheet: Sheet) -> list[Input]:
    return [one for one in INPUTS if one.sheet is sheet]


def _heading(ws: Worksheet, sheet: Sheet) -> int:
    """Title and legend; the row where the sheet goes on."""
    s.put(ws, 1, 1, f"{FORM_TITLE} — {sheet.value}", s.TITLE)
    s.put(ws, 2, 1, LEGEND if sheet is not Sheet.CHECK else "Feuille verrouillée : rien à saisir ici.", s.NOTE)
    ws.row_dimensions[1].height = 26
    return 4


def _headers(ws: Worksheet, row: int, titles: tuple[str, ...], first: int = 1) -> None:
    for column, title in enumerate(titles, start=first):
        s.put(ws, row, column, title, s.HEADER)


def _input(ws: Worksheet, row: int, column: int, one: Input, filled: Filled) -> None:
    s.put(ws, row, column, filled.values.get(one.name, ""), s.WHITE)
    s.name(ws, one.name, (row, column))


def _questions(
    ws: Worksheet, row: int, inputs: list[Input], filled: Filled, *, answer: int, last: int, aside: int | None = None
) -> int:
    """`Question | Votre réponse | Aide` over merged columns; the row after the last question."""
    s.span(ws, row, 1, answer - 1, "Question", s.HEADER)
    s.put(ws, row, answer, _YES_OR_NO if all(one.choices for one in inputs) else _YES_NO_OR_NUMBER, s.HEADER)
    ws.row_dimensions[row].height = 30
    s.span(ws, row, answer + 1, last, "Aide", s.HEADER)
    for one in inputs:
        row += 1
        s.span(ws, row, 1, answer - 1, one.label, s.LOCKED)
        _input(ws, row, answer, one, filled)
        s.span(ws, row, answer + 1, last, one.help, s.LOCKED)
        ws.row_dimensions[row].height = 34
        if one.choices:
            refusal = f"Répondez {' ou '.join(one.choices)}."
            s.offer(ws, s.area(ws, (row, answer)), f'"{",".join(one.choices)}"', strict=True, message=refusal)
    return row + 1
