"""The part of the demonstration that tells a deal: an affaire made, a devis sent, a card dragged back, an order."""

from typing import Any

from altior_sellsy.cli import show
from altior_sellsy.cli.demo_town import Town
from altior_sellsy.errors import Final
from altior_sellsy.ledger.model import Sighting
from altior_sellsy.service import full_sync
from altior_sellsy.service.runtime import Runtime

PIPELINE, FIRST, SENT = "Commercial", "Étude du besoin", "Proposition envoyée"
"""The sample request: event 1 and event 2 of this pipeline."""


def tell(runtime: Runtime, servers: Town) -> None:
    """Raises Final where the story does not go as told."""
    waiting = _before_the_affaire(runtime, servers)
    path = f"records/opportunities/{waiting.reference.id}"
    servers.act(servers.sellsy, "PATCH", path, {"step": FIRST})
    show.say(f"Dans Sellsy, un commercial fait avancer l'opportunité « {waiting.label} » à l'étape « {FIRST} ».")
    full_sync.run(runtime)
    affaire = _affaire(runtime, servers, waiting)
    custom = affaire["champs_personnalises"]
    _told(
        custom.get("ETAP") == FIRST,
        f"Dans Altior, l'affaire {affaire['numero']} est créée : PIPE « {custom.get('PIPE')} », "
        f"ETAP « {custom.get('ETAP')} », tiers {affaire['tiers']}.",
    )

    servers.act(servers.altior, "POST", "devis", {"affaire": affaire["id"], "etat": "envoye"})
    show.say("Dans Altior, le devis est envoyé.")
    full_sync.run(runtime)
    moved = _step(servers, path)
    _told(moved == SENT, f"Dans Sellsy, l'opportunité est passée à « {moved} ».")

    servers.act(servers.sellsy, "PATCH", path, {"step": FIRST})
    show.say(f"Dans Sellsy, un commercial ramène la carte à « {FIRST} ».")
    full_sync.run(runtime)
    full_sync.run(runtime)
    stays = _step(servers, path)
    _told(stays == FIRST, f"Elle y reste (« {stays} ») : le connecteur ne la repousse pas, l'affaire demeure.")

    servers.act(servers.altior, "POST", "commandes", {"affaire": affaire["id"], "etat": "en_cours"})
    show.say("Dans Altior, la commande arrive.")
    full_sync.run(runtime)
    status = servers.act(servers.sellsy, "GET", path)["status"]
    _told(status == "won", "Dans Sellsy, l'opportunité est gagnée.")


def _before_the_affaire(runtime: Runtime, servers: Town) -> Sighting:
    """An open opportunity of the pipeline that has not reached event 1."""
    for sighting in sorted(runtime.ledger.all_sightings("deal"), key=lambda s: s.reference):
        path = f"records/opportunities/{sighting.reference.id}"
        if sighting.code == "before_event_1" and _place(servers, path)[0] == PIPELINE:
            return sighting
    raise Final(f"Aucune opportunité du pipeline « {PIPELINE} » n'attend : la démonstration ne peut pas continuer.")


def _affaire(runtime: Runtime, servers: Town, deal: Sighting) -> dict[str, Any]:
    made = {pair.altior.id for pair in runtime.ledger.pairs([deal.reference])}
    every = servers.act(servers.altior, "GET", "affaires")["elements"]
    for one in every:
        if one["id"] in made:
            return dict(one)
    raise Final(f"L'affaire de « {deal.label} » n'a pas été créée : voyez « altior-sellsy explain ».")


def _place(servers: Town, path: str) -> tuple[str, str]:
    """Names of the pipeline and the step where the opportunity stands."""
    shown = servers.act(servers.sellsy, "GET", path)
    for pipeline in servers.act(servers.sellsy, "GET", "settings")["pipelines"]:
        for step in pipeline["steps"]:
            if (pipeline["id"], step["id"]) == (shown["pipeline_id"], shown["step_id"]):
                return str(pipeline["name"]), str(step["name"])
    return "", ""


def _step(servers: Town, path: str) -> str:
    return _place(servers, path)[1]


def _told(right: bool, sentence: str) -> None:
    if not right:
        raise Final(f"La démonstration ne se passe pas comme prévu. {sentence}")
    show.say(sentence)
