"""From a record and a `corps` to the record as it would stand: merging of sets by id, then the ERP's validation."""

import json
from typing import Any

from altior_sellsy.sandbox.altior.checks import RefusedError, Unfit, checked
from altior_sellsy.sandbox.altior.habits import rewrite
from altior_sellsy.sandbox.altior.shapes import SHAPES, Elements, Field, Record, Shape
from altior_sellsy.sandbox.altior.store import Store

Errors = dict[str, str]


def edited(store: Store, resource: str, old: Record | None, body: Record, *, people: bool = False) -> Record:
    """The record after `body`, not yet saved (a new one has id «»). `people`: an Altior user, who may do more than the
    API. Raises RefusedError with every field that is wrong."""
    shape, errors = SHAPES[resource], Errors()
    record = blank(store, shape) if old is None else json.loads(json.dumps(old))
    for name, value in body.items():
        if name in shape.people_only and not people:
            errors[name] = "Champ en lecture seule."
        elif name in shape.once and old is not None and value != old[name]:
            errors[name] = "Ce champ ne change plus après la création."
        elif name in shape.fields:
            _plain(store, record, name, shape.fields[name], value, errors, f"{resource}.{name}")
        elif name in shape.sets:
            _set(store, record, name, shape.sets[name], value, errors)
        elif name in shape.texts:
            _texts(store, record, name, shape.texts[name], value, errors)
        elif name == "contacts" and shape.links:
            _links(store, record, value, errors)
        elif name == "champs_personnalises" and shape.custom:
            _custom(store, record, value, errors)
        else:
            errors[name] = "Champ inconnu ou en lecture seule."
    if resource == "affaires" and old is None and not record["numero"]:
        record["numero"] = f"AFF-{store.number('numero'):05}"
    rewrite(store.switches, resource, record)
    _require(store, resource, record, errors)
    if errors:
        where = ", ".join(errors)
        raise RefusedError(422, "invalide", f"L'enregistrement est refusé : {where}.", errors)
    _unique(store, resource, record)
    return record


def blank(store: Store, shape: Shape) -> Record:
    """A new record before anything was said of it."""
    record: Record = {"id": "", "version": ""}
    for name, field in shape.fields.items():
        record[name] = list(field.empty) if isinstance(field.empty, list) else field.empty
    establishments = store.directory["etablissements"]
    if "etablissement" in shape.fields and len(establishments) == 1:
        record["etablissement"] = establishments[0]["id"]
    for name in (*shape.sets, *shape.texts):
        record[name] = []
    if shape.links:
        record["contacts"] = []
    if shape.custom:
        record["champs_personnalises"], record["jalons"] = {}, []
    return record


def _plain(
    store: Store, record: Record, name: str, field: Field, value: Any, errors: Errors, path: str, place: str = ""
) -> None:
    try:
        record[name] = checked(store, field, value, store.switches.lengths.get(path))
    except Unfit as unfit:
        errors[place or name] = str(unfit)


def _items(name: str, value: Any, errors: Errors) -> list[Any]:
    if isinstance(value, list):
        return value
    errors[name] = "Valeur inattendue, une liste est attendue."
    return []


def _set(store: Store, record: Record, name: str, elements: Elements, value: Any, errors: Errors) -> None:
    for place, change in enumerate(_items(name, value, errors)):
        where = f"{name}[{place}]"
        if not isinstance(change, dict):
            errors[where] = "Valeur inattendue, un objet est attendu."
            continue
        id = change.get("id")
        element = next((each for each in record[name] if each["id"] == id), None)
        if id is not None and element is None:
            errors[f"{where}.id"] = f"L'élément {id} n'existe pas ou plus."
        elif change.get("supprimer") is True and element is not None:
            record[name].remove(element)
        else:
            _element(store, record, name, elements, element, change, where, errors)


def _element(
    store: Store,
    record: Record,
    name: str,
    elements: Elements,
    element: Record | None,
    change: Record,
    where: str,
    errors: Errors,
) -> None:
    new = element is None
    if element is None:
        element = {"id": "", **{key: field.empty for key, field in elements.fields.items()}}
    given = {key: value for key, value in change.items() if key not in ("id", "supprimer")}
    if new:
        given = {**{key: None for key, field in elements.fields.items() if field.required}, **given}
        given = {key: field_default(elements, key) if value is None else value for key, value in given.items()}
    for key, value in given.items():
        if key not in elements.fields:
            errors[f"{where}.{key}"] = "Champ inconnu."
        else:
            _plain(store, element, key, elements.fields[key], value, errors, f"{name}.{key}", f"{where}.{key}")
    if new:
        element["id"] = f"{elements.prefix}{store.number('element')}"
        record[name].append(element)


def field_default(elements: Elements, key: str) -> Any:
    return elements.fields[key].empty if key in elements.fields else None


def _texts(store: Store, record: Record, name: str, kind: str, value: Any, errors: Errors) -> None:
    for place, change in enumerate(_items(name, value, errors)):
        where = f"{name}[{place}]"
        if isinstance(change, dict) and change.get("supprimer") is True and set(change) == {"id", "supprimer"}:
            record[name] = [text for text in record[name] if text != change["id"]]
        elif not isinstance(change, str) or not change or len(change) > 200:
            errors[where] = "Un texte de 1 à 200 caractères est attendu."
        elif kind != "reference" and change not in store.of(kind):
            errors[where] = f"{SHAPES[kind].the.capitalize()} {change} n'existe pas ou a été supprimé."
        elif change not in record[name]:
            record[name].append(change)


def _links(store: Store, record: Record, value: Any, errors: Errors) -> None:
    roles = Field("lists", of="roles-contact", empty=[])
    for place, change in enumerate(_items("contacts", value, errors)):
        where = f"contacts[{place}]"
        if not isinstance(change, dict) or set(change) - {"contact", "roles", "supprimer"}:
            errors[where] = "Un objet avec « contact » et « roles » est attendu."
            continue
        contact = change.get("contact")
        link = next((each for each in record["contacts"] if each["contact"] == contact), None)
        if change.get("supprimer") is True:
            record["contacts"] = [each for each in record["contacts"] if each is not link]
        elif not isinstance(contact, str) or contact not in store.of("contacts"):
            errors[f"{where}.contact"] = f"Le contact {contact} n'existe pas ou a été supprimé."
        else:
            if link is None:
                link = {"contact": contact, "roles": []}
                record["contacts"].append(link)
            if "roles" in change:
                _plain(store, link, "roles", roles, change["roles"], errors, "contacts.roles", f"{where}.roles")


def _custom(store: Store, record: Record, value: Any, errors: Errors) -> None:
    if not isinstance(value, dict):
        errors["champs_personnalises"] = "Valeur inattendue, un objet est attendu."
        return
    active = {field["code"] for field in store.directory["champs"] if field["actif"]}
    for code, text in value.items():
        where = f"champs_personnalises.{code}"
        if code not in active:
            errors[where] = f"Le champ personnalisé {code} n'existe pas ou n'est pas actif."
        elif text in (None, ""):
            record["champs_personnalises"].pop(code, None)
        else:
            _plain(store, record["champs_personnalises"], code, Field(length=100), text, errors, where, where)


def _require(store: Store, resource: str, record: Record, errors: Errors) -> None:
    needed = [name for name, field in SHAPES[resource].fields.items() if field.required]
    if resource == "tiers" and record["nature"]:
        needed.append("raison_sociale" if record["nature"] == "moral" else "nom")
    for path in (*needed, *store.switches.required.get(resource, ())):  # type: ignore[call-overload]
        name, _, inner = path.partition(".")
        if inner:
            for place, element in enumerate(record.get(name, ())):
                if element.get(inner) in (None, ""):
                    errors.setdefault(f"{name}[{place}].{inner}", "Champ obligatoire.")
        elif record.get(name) in (None, "", []):
            errors.setdefault(name, "Champ obligatoire.")


def _unique(store: Store, resource: str, record: Record) -> None:
    for reference in record["references_externes"]:
        holder = store.holders.get(reference)
        if holder is not None and holder != (resource, record["id"]):
            the = SHAPES[holder[0]].the
            message = f"La référence externe « {reference} » est déjà portée par {the} {holder[1]}."
            raise RefusedError(409, "reference_prise", message, {"references_externes": message}, holder[1])
    if resource == "tiers" and store.switches.siret_unique and record["siret"]:
        for other in store.of("tiers").values():
            if other["siret"] == record["siret"] and other["id"] != record["id"]:
                message = f"Le SIRET {record['siret']} est déjà celui du tiers {other['id']}."
                raise RefusedError(409, "siret_existant", message, {"siret": message}, other["id"])
