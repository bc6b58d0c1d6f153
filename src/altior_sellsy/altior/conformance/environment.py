"""Checks of the environment's settings, its users and its change feed."""

import threading
import time

from altior_sellsy.altior.conformance.bench import Bench, NotKeptError, UntriedError, keep
from altior_sellsy.altior.port import Change, ListName
from altior_sellsy.errors import CursorExpired, Refused

_LISTS: tuple[ListName, ...] = (
    "formes-juridiques",
    "civilites",
    "types-telephone",
    "types-mail",
    "types-url",
    "roles-collaborateur",
    "roles-contact",
)
_POLL = 8.0


def settings_are_told(bench: Bench) -> None:
    keep(bool(bench.altior.identity().strip()), "L'environnement n'a pas de nom.")
    users = bench.altior.users()
    keep(any(one.active and one.administrator for one in users), "Aucun utilisateur actif n'est administrateur.")
    keep(bool(bench.altior.establishments()), "Aucun établissement n'est annoncé.")
    for name in _LISTS:
        keep(bool(bench.altior.list_values(name)), f"La liste « {name} » est vide.")


def values_are_created_once(bench: Bench) -> None:
    before = bench.altior.list_values("roles-contact")
    again = bench.altior.create_list_value("roles-contact", before[0].title, before[0].abbreviation)
    keep(again.title == before[0].title, "Créer une valeur qui existe ne rend pas celle qui existe.")
    after = [one.title for one in bench.altior.list_values("roles-contact")]
    keep(len(after) == len(before), "Créer une valeur qui existe en a fait une seconde.")


def wrong_users_are_refused(bench: Bench) -> None:
    if bench.altior_as is None:
        raise UntriedError("Aucun autre utilisateur de référence ne peut être essayé ici.")
    wrong = [(f"inconnu.{bench.run}@example.test", "inconnu")]
    for user in bench.altior.users():
        if not user.active:
            wrong.append((user.email, "inactif"))
        elif not user.administrator:
            wrong.append((user.email, "sans droits suffisants"))
    for why, email in {why: email for email, why in wrong}.items():
        item = bench.firm()
        try:
            bench.altior_as(email).write("tiers", [item])
        except Refused:
            written = bench.altior.find("tiers", "reference_externe", item.body["references_externes"])
            keep(not written, f"L'écriture d'un utilisateur {why} est refusée mais faite.")
            continue
        raise NotKeptError(f"Un utilisateur de référence {why} peut écrire.")


def feed_tells_changes(bench: Bench) -> None:
    start = bench.altior.changes(None).cursor
    record = bench.make("tiers", bench.firm())
    bench.change("tiers", record, {"note": "Conformité"})
    changes, cursor = _since(bench, start)
    mine = [one.operation for one in changes if one.id == record["id"] and one.resource == "tiers"]
    keep(mine[:1] == ["creation"], "Le flux ne montre pas une création faite par l'utilisateur de référence.")
    keep("modification" in mine, "Le flux ne montre pas une modification faite par l'utilisateur de référence.")
    again, _ = _since(bench, cursor)
    keep(all(one.id != record["id"] for one in again), "Le flux répète une modification déjà donnée.")


def feed_wakes_a_long_poll(bench: Bench) -> None:
    record = bench.make("tiers", bench.firm())
    start = bench.altior.changes(None).cursor
    found: list[Change] = []

    def poll() -> None:
        found.extend(bench.altior.changes(start, wait=_POLL).changes)

    thread = threading.Thread(target=poll)
    began = time.monotonic()
    thread.start()
    bench.change("tiers", record, {"note": "Réveil"})
    thread.join(2 * _POLL)
    keep(any(one.id == record["id"] for one in found), "L'attente longue n'a pas rendu la modification attendue.")
    keep(
        time.monotonic() - began < _POLL * 0.75, "L'attente longue ne rend pas une modification dès qu'elle est faite."
    )


def feed_is_in_commit_order(bench: Bench) -> None:
    if bench.backstage is None:
        raise UntriedError("Deux transactions ouvertes ne peuvent pas être tenues ici : à vérifier par l'éditeur.")
    slow, quick = bench.make("tiers", bench.firm()), bench.make("tiers", bench.firm())
    start = bench.altior.changes(None).cursor
    commit_slow = bench.backstage.open_edit("tiers", slow["id"], {"note": "Ouverte la première"})
    commit_quick = bench.backstage.open_edit("tiers", quick["id"], {"note": "Validée la première"})
    commit_quick()
    first, cursor = _since(bench, start)
    keep(any(one.id == quick["id"] for one in first), "Le flux ne montre pas une transaction validée.")
    keep(all(one.id != slow["id"] for one in first), "Le flux montre une transaction qui n'est pas validée.")
    commit_slow()
    second, _ = _since(bench, cursor)
    keep(any(one.id == slow["id"] for one in second), "Une transaction validée après le curseur n'est jamais montrée.")


def versions_change_with_others(bench: Bench) -> None:
    if bench.backstage is None:
        raise UntriedError("Aucun autre utilisateur ne peut modifier une fiche ici : à vérifier par l'éditeur.")
    record = bench.make("tiers", bench.firm())
    bench.backstage.open_edit("tiers", record["id"], {"note": "Par un autre"})()
    shown = bench.altior.get("tiers", record["id"])
    keep(shown["note"] == "Par un autre", "La modification d'un autre utilisateur n'est pas lue.")
    keep(shown["version"] != record["version"], "La version n'a pas changé avec la modification d'un autre.")


def expired_cursors_are_told(bench: Bench) -> None:
    cursors = [f"jamais-donné-{bench.run}"]
    if bench.backstage is not None:
        cursors.append(bench.altior.changes(None).cursor)
        bench.make("tiers", bench.firm())
        bench.backstage.expire_cursors()
    for cursor in cursors:
        try:
            bench.altior.changes(cursor)
        except CursorExpired:
            continue
        raise NotKeptError("Un curseur que le flux n'atteint plus est accepté : des modifications seraient perdues.")


def _since(bench: Bench, cursor: str) -> tuple[list[Change], str]:
    """All entries after the cursor, page after page."""
    changes: list[Change] = []
    while True:
        page = bench.altior.changes(cursor)
        changes += page.changes
        if not page.changes:
            return changes, page.cursor
        cursor = page.cursor
