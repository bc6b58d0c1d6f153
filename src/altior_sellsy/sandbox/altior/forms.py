"""The forms of the pages, and the `corps` that they stand for: only what the person changed."""

from typing import Any

from starlette.datastructures import FormData

from altior_sellsy.sandbox.altior import html
from altior_sellsy.sandbox.altior.shapes import SHAPES, Record
from altior_sellsy.sandbox.altior.store import Store

_ROLES = (("client", "Client"), ("prospect", "Prospect"), ("fournisseur", "Fournisseur"))
_TEXTS = (
    ("raison_sociale", "Raison sociale"),
    ("prenom", "Prénom (personne physique)"),
    ("nom", "Nom (personne physique)"),
    ("siret", "SIRET"),
    ("siren", "SIREN"),
    ("tva", "N° de TVA"),
    ("naf", "Code NAF"),
    ("capital", "Capital"),
    ("reference", "Référence"),
)
_SETS = {
    "telephones": ("Téléphones", "types-telephone", "numero", "Numéro"),
    "emails": ("Mails", "types-mail", "adresse", "Adresse"),
    "urls": ("URLs", "types-url", "url", "Adresse"),
}
_ADDRESS = (
    ("libelle", "Libellé"), ("ligne1", "Ligne 1"), ("ligne2", "Ligne 2"), ("code_postal", "Code postal"),
    ("ville", "Ville"), ("pays", "Pays"),
)  # fmt: skip
_NEW = "nouveau"


def tiers_form(store: Store, record: Record | None, author: str) -> str:
    shown: Record = record or {"roles": ["client"]}
    action = f"/tiers/{record['id']}" if record else "/tiers/nouveau"
    forms = _values(store, "formes-juridiques")
    identity = [html.text(name, label, shown.get(name)) for name, label in _TEXTS]
    identity.append(html.choice("forme_juridique", "Forme juridique", forms, shown.get("forme_juridique")))
    if record is None:
        kinds = (("moral", "Société (moral)"), ("physique", "Personne physique"))
        identity.insert(0, html.choice("nature", "Nature", kinds, "moral"))
    roles = [html.box("roles", label, value in shown["roles"], value) for value, label in _ROLES]
    states = [html.box("archive", "Archivé", shown.get("archive", False))]
    states.append(html.box("bloque", "Bloqué en comptabilité", shown.get("bloque", False)))
    sets = [_set(store, name, shown.get(name, ())) for name in _SETS]
    return (
        f'<form class="fiche" method="post" action="{action}">'
        + html.group("Identité", *identity)
        + html.group("Rôles et état", *roles, *states)
        + "".join(sets)
        + "".join(_address(each) for each in (*shown.get("adresses", ()), {"id": _NEW}))
        + html.group("Divers", html.area("note", "Note", shown.get("note")), _who(store, author))
        + "<button>Enregistrer</button></form>"
    )


def tiers_body(form: FormData, record: Record | None) -> Record:
    """The `corps` of a tiers' form. An emptied value removes its telephone, mail or URL."""
    body: Record = {name: _text(form, name) for name, _ in _TEXTS if name in form}
    body["forme_juridique"] = _text(form, "forme_juridique")
    body["note"] = _text(form, "note") or ""
    body["roles"] = [str(value) for value in form.getlist("roles")]
    body["archive"], body["bloque"] = "archive" in form, "bloque" in form
    for name, (_, _, key, _) in _SETS.items():
        body[name] = _set_changes(form, name, ("type", key), key, (record or {}).get(name, ()))
    names = tuple(name for name, _ in _ADDRESS)
    body["adresses"] = _set_changes(form, "adresses", names, "ville", (record or {}).get("adresses", ()))
    if record is not None:
        body = {name: value for name, value in body.items() if value != record[name] and value != []}
        body |= {"roles": []} if "roles" not in form else {}
    return body


def deal_form(store: Store, record: Record, author: str) -> str:
    states = [(value, value.replace("_", " ")) for value in SHAPES["affaires"].fields["etat"].choices]
    people = [("", "—"), *((user["email"], user["nom"]) for user in store.directory["utilisateurs"] if user["actif"])]
    fields = (
        html.text("nom", "Nom", record["nom"]),
        html.choice("etat", "État", states, record["etat"]),
        html.text("montant", "Montant", record["montant"]),
        html.text("probabilite", "Probabilité (%)", record["probabilite"]),
        html.text("echeance", "Échéance (AAAA-MM-JJ)", record["echeance"]),
        html.choice("charge_affaire", "Chargé d'affaire", people, record["charge_affaire"]),
        html.area("note", "Note", record["note"]),
        _who(store, author),
    )
    action = f"/affaires/{record['id']}"
    inside = html.group("Affaire", *fields) + "<button>Enregistrer</button>"
    return f'<form class="fiche" method="post" action="{action}">{inside}</form>'


def deal_body(form: FormData) -> Record:
    body: Record = {name: _text(form, name) for name in ("nom", "etat", "montant", "echeance", "charge_affaire")}
    body["note"] = _text(form, "note") or ""
    chance = _text(form, "probabilite")
    body["probabilite"] = int(chance) if chance and chance.isascii() and chance.isdigit() else chance
    return body


def _set(store: Store, name: str, elements: Any) -> str:
    legend, values, key, label = _SETS[name]
    fields = []
    for element in (*elements, {"id": _NEW}):
        start = f"{name}.{element['id']}"
        fields.append(html.choice(f"{start}.type", "Type", _values(store, values), element.get("type")))
        fields.append(html.text(f"{start}.{key}", label, element.get(key)))
    return html.group(legend, *fields)


def _address(address: Record) -> str:
    legend = "Nouvelle adresse" if address["id"] == _NEW else f"Adresse {address.get('libelle') or address['id']}"
    fields = (html.text(f"adresses.{address['id']}.{name}", label, address.get(name)) for name, label in _ADDRESS)
    return html.group(legend, *fields)


def _set_changes(form: FormData, name: str, keys: tuple[str, ...], vital: str, elements: Any) -> list[Record]:
    changes: list[Record] = []
    for element in elements:
        given = {key: _text(form, f"{name}.{element['id']}.{key}") for key in keys}
        if f"{name}.{element['id']}.{vital}" not in form:
            continue
        if not given[vital]:
            changes.append({"id": element["id"], "supprimer": True})
        elif any(given[key] != element[key] for key in keys):
            changes.append({"id": element["id"], **given})
    new = {key: _text(form, f"{name}.{_NEW}.{key}") for key in keys}
    return [*changes, new] if new[vital] else changes


def _values(store: Store, name: str) -> list[tuple[str, str]]:
    return [("", "—"), *((each["titre"], each["titre"]) for each in store.directory["listes"][name])]


def _who(store: Store, author: str) -> str:
    people = [(user["email"], user["nom"]) for user in store.directory["utilisateurs"] if user["actif"]]
    return html.choice("auteur", "Modifié par", people, author)


def _text(form: FormData, name: str) -> str | None:
    value = form.get(name)
    return value.strip() or None if isinstance(value, str) else None
