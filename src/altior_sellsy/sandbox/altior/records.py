"""Saving, linking and deleting records: what one change does to the records that it touches."""

import asyncio
import json
from dataclasses import dataclass

from altior_sellsy.sandbox.altior.checks import RefusedError
from altior_sellsy.sandbox.altior.edit import edited
from altior_sellsy.sandbox.altior.habits import upper_case
from altior_sellsy.sandbox.altior.shapes import ORDER_STATES, QUOTE_STATES, SHAPES, Record
from altior_sellsy.sandbox.altior.store import Store


@dataclass(frozen=True, slots=True)
class Saved:
    """`created`: a record that was not there. `changed`: whether anything is other than before."""

    record: Record
    created: bool
    changed: bool


def write(
    store: Store, resource: str, id: str | None, body: Record, author: str, *, version: str | None = None,
    people: bool = False, new_id: str | None = None,
) -> Saved:  # fmt: skip
    """One save. Through the API (not `people`) it needs a version for an update and a reference for a create, and is
    refused on a blocked tiers. `new_id`: an id given by a scenario. Raises RefusedError."""
    if id is None:
        return _create(store, resource, body, author, people, new_id)
    old = existing(store, resource, id)
    if not people:
        if version != old["version"]:
            message = f"{_named(resource, id)} a changé depuis sa lecture (version {old['version']})."
            raise RefusedError(412, "version_perimee", message)
        _unblocked(store, resource, old, body)
    record = edited(store, resource, old, body, people=people)
    if record == old:
        return Saved(old, created=False, changed=False)
    return Saved(_save(store, resource, old, record, author), created=False, changed=True)


def _create(store: Store, resource: str, body: Record, author: str, people: bool, new_id: str | None) -> Saved:
    references = body.get("references_externes")
    if not people:
        if not isinstance(references, list) or not any(isinstance(each, str) for each in references):
            where = {"references_externes": "Une création porte au moins une référence externe."}
            raise RefusedError(422, "invalide", "La création est refusée : il manque une référence externe.", where)
        holders = {store.holders[each] for each in references if isinstance(each, str) and each in store.holders}
        if len(holders) == 1 and next(iter(holders))[0] == resource:
            return Saved(store.of(resource)[next(iter(holders))[1]], created=False, changed=False)
        _unblocked(store, resource, None, body)
    record = edited(store, resource, None, body, people=people)
    record["id"] = new_id or f"{SHAPES[resource].prefix}{store.number(resource)}"
    return Saved(_save(store, resource, None, record, author), created=True, changed=True)


def existing(store: Store, resource: str, id: str) -> Record:
    record = store.of(resource).get(id)
    if record is None:
        raise missing(resource, id)
    return record


def missing(resource: str, id: str) -> RefusedError:
    return RefusedError(404, "introuvable", f"{_named(resource, id)} n'existe pas.")


def _named(resource: str, id: str) -> str:
    the = SHAPES[resource].the
    return f"{the[0].upper()}{the[1:]} {id}"


def delete(store: Store, resource: str, id: str, author: str) -> None:
    """As an Altior user deletes: a tiers that has affaires may not be deleted."""
    record = existing(store, resource, id)
    if resource == "tiers":
        if any(affaire["tiers"] == id for affaire in store.of("affaires").values()):
            raise RefusedError(409, "tiers_utilise", f"Le tiers {id} a des affaires : il ne peut pas être supprimé.")
        for link in record["contacts"]:
            _touch_contact(store, link["contact"], id, linked=False, author=author)
    elif resource == "contacts":
        for tiers in record["tiers"]:
            _touch_tiers(store, tiers, id, linked=False, author=author)
        for affaire in list(store.of("affaires").values()):
            if id in affaire["contacts"]:
                kept = [each for each in affaire["contacts"] if each != id]
                store.save("affaires", {**affaire, "contacts": kept}, author)
    else:
        for kind in ("devis", "commandes"):
            for document in [each for each in store.of(kind).values() if each["affaire"] == id]:
                store.remove(kind, document["id"], author)
    store.remove(resource, id, author)


def merge(store: Store, id: str, into: str, author: str) -> Record:
    """One tiers is merged into another, as an ERP does: what it had moves, then it is gone."""
    source, target = existing(store, "tiers", id), json.loads(json.dumps(existing(store, "tiers", into)))
    for link in source["contacts"]:
        _touch_contact(store, link["contact"], id, linked=False, author=author)
        if all(link["contact"] != each["contact"] for each in target["contacts"]):
            target["contacts"].append(link)
            _touch_contact(store, link["contact"], into, linked=True, author=author)
    for affaire in list(store.of("affaires").values()):
        if affaire["tiers"] == id:
            store.save("affaires", {**affaire, "tiers": into}, author)
    store.remove("tiers", id, author)
    target["references_externes"] += source["references_externes"]
    target["roles"] = list(dict.fromkeys([*target["roles"], *source["roles"]]))
    return store.save("tiers", target, author)


def put_document(store: Store, kind: str, affaire: str, state: str, author: str, id: str | None = None) -> Record:
    """A devis or a commande of an affaire is made, or takes a state. Its affaire's milestones follow."""
    deal = existing(store, "affaires", affaire)
    states = QUOTE_STATES if kind == "devis" else ORDER_STATES
    if state not in states:
        raise RefusedError(422, "invalide", f"État inconnu : {state}.", {"etat": f"Attendu : {', '.join(states)}."})
    document = store.of(kind).get(id) if id else None
    if document is None:
        number = store.number(kind)
        prefix, word = ("d", "DEV") if kind == "devis" else ("o", "CDE")
        document = {"id": f"{prefix}{number}", "numero": f"{word}-{number:05}", "affaire": affaire}
    saved = store.save(kind, {**document, "etat": state, "montant": deal["montant"]}, author)
    changes: Record = {"jalons": milestones(store, deal)}
    if kind == "commandes" and state != "annulee" and deal["etat"] == "en_cours":
        changes["etat"] = "gagnee"
    store.save("affaires", {**deal, **changes}, author)
    return saved


def milestones(store: Store, affaire: Record) -> list[str]:
    """Derived from the affaire's documents and state (contract: `jalons`)."""
    reached = []
    mine = {
        kind: [each["etat"] for each in store.of(kind).values() if each["affaire"] == affaire["id"]]
        for kind in ("devis", "commandes")
    }
    if any(state in ("envoye", "accepte") for state in mine["devis"]):
        reached.append("devis_envoye")
    if any(state != "annulee" for state in mine["commandes"]):
        reached.append("commande")
    if affaire["etat"] == "terminee":
        reached.append("terminee")
    return reached


def _save(store: Store, resource: str, old: Record | None, record: Record, author: str) -> Record:
    if resource == "affaires":
        record["jalons"] = milestones(store, record)
    saved = store.save(resource, record, author)
    if resource == "tiers":
        before = {link["contact"] for link in old["contacts"]} if old else set()
        after = {link["contact"] for link in record["contacts"]}
        for contact in sorted(before ^ after):
            _touch_contact(store, contact, saved["id"], linked=contact in after, author=author)
    elif resource == "contacts":
        before, after = set(old["tiers"]) if old else set(), set(record["tiers"])
        for tiers in sorted(before ^ after):
            _touch_tiers(store, tiers, saved["id"], linked=tiers in after, author=author)
    return saved


def _touch_contact(store: Store, contact: str, tiers: str, *, linked: bool, author: str) -> None:
    record = store.of("contacts").get(contact)
    if record is not None and (tiers in record["tiers"]) != linked:
        links = [*record["tiers"], tiers] if linked else [each for each in record["tiers"] if each != tiers]
        store.save("contacts", {**record, "tiers": links}, author)


def _touch_tiers(store: Store, tiers: str, contact: str, *, linked: bool, author: str) -> None:
    record = store.of("tiers").get(tiers)
    if record is not None and any(link["contact"] == contact for link in record["contacts"]) != linked:
        links = [link for link in record["contacts"] if link["contact"] != contact]
        links += [{"contact": contact, "roles": []}] if linked else []
        store.save("tiers", {**record, "contacts": links}, author)


def _unblocked(store: Store, resource: str, old: Record | None, body: Record) -> None:
    """Accounting may block a tiers: the API then neither changes it nor opens an affaire on it."""
    id = (old or body).get("tiers") if resource == "affaires" else (old or {}).get("id")
    tiers = store.of("tiers").get(id) if resource != "contacts" and isinstance(id, str) else None
    if tiers is not None and tiers["bloque"]:
        message = f"Le tiers {tiers['id']} est bloqué en comptabilité : il ne peut pas être modifié."
        raise RefusedError(409, "tiers_bloque", message, holder=tiers["id"])


def correct_later(store: Store, resource: str, id: str) -> None:
    """The switch `late_correction`: this Altior puts names and towns in capitals some time after each save."""
    if store.switches.late_correction is not None:
        loop = asyncio.get_running_loop()
        loop.call_later(store.switches.late_correction, _correct, store, resource, id)


def _correct(store: Store, resource: str, id: str) -> None:
    record = store.of(resource).get(id)
    if record is None:
        return
    corrected = json.loads(json.dumps(record))
    upper_case(corrected)
    if corrected != record:
        store.save(resource, corrected, "qualite.adresses@altior.example")
        store.flush()
