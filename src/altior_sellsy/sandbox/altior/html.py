"""Small pieces of HTML, every value escaped."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

LABEL = "Altior — serveur de démonstration (ce n'est pas l'API réelle)"
_NAV = (("/", "Tiers"), ("/affaires", "Affaires"), ("/ecritures", "Écritures reçues par l'API"))


def page(title: str, body: str) -> str:
    nav = "".join(f'<a href="{link}">{text}</a>' for link, text in _NAV)
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{escape(title)} · Altior (démonstration)'
        '</title><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/pages.css"></head>'
        f"<body><header><p>{LABEL}</p><nav>{nav}</nav></header><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are HTML already."""
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def link(href: str, text: Any) -> str:
    return f'<a href="{escape(href)}">{escape(str(text or "—"))}</a>'


def text(name: str, label: str, value: Any) -> str:
    return f'<label>{escape(label)}<input name="{escape(name)}" value="{escape(str(value or ""))}"></label>'


def area(name: str, label: str, value: Any) -> str:
    shown = escape(str(value or ""))
    return f'<label>{escape(label)}<textarea name="{escape(name)}" rows="3">{shown}</textarea></label>'


def box(name: str, label: str, ticked: bool, value: str = "oui") -> str:
    checked = " checked" if ticked else ""
    field = f'<input type="checkbox" name="{escape(name)}" value="{escape(value)}"{checked}>'
    return f'<label class="inline">{field}{escape(label)}</label>'


def choice(name: str, label: str, values: Iterable[tuple[str, str]], chosen: Any) -> str:
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if value == (chosen or "") else ""}>{escape(shown)}</option>'
        for value, shown in values
    )
    return f'<label>{escape(label)}<select name="{escape(name)}">{options}</select></label>'


def group(legend: str, *fields: str) -> str:
    return f"<fieldset><legend>{escape(legend)}</legend>{''.join(fields)}</fieldset>"


def button(action: str, text: str, *hidden: tuple[str, str], second: bool = True) -> str:
    """A form of one button."""
    kept = "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden)
    style = ' class="second"' if second else ""
    return f'<form method="post" action="{escape(action)}">{kept}<button{style}>{escape(text)}</button></form>'


def problems(message: str, fields: Mapping[str, str]) -> str:
    """Nothing when there is no message."""
    if not message:
        return ""
    items = "".join(f"<li>{escape(name)} : {escape(sentence)}</li>" for name, sentence in fields.items())
    return f'<div class="error" role="alert"><p>{escape(message)}</p><ul>{items}</ul></div>'
