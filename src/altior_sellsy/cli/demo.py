"""`demo`: the whole product on this machine, against two stand-ins, told step by step."""

import fcntl
import logging
import os
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from altior_sellsy.cli import demo_deals, opening, show, show_first_sync
from altior_sellsy.cli.demo_town import Town, town
from altior_sellsy.cli.french import number
from altior_sellsy.cli.progress import progress
from altior_sellsy.cli.synchronise import refusal, repair_all
from altior_sellsy.clock import SystemClock
from altior_sellsy.errors import Final
from altior_sellsy.ledger.model import Pair, State
from altior_sellsy.ledger.port import Ledgers
from altior_sellsy.request import example
from altior_sellsy.request.form import write
from altior_sellsy.sandbox.altior.options import TOKEN
from altior_sellsy.sandbox.sellsy.settings import CLIENT_SECRET
from altior_sellsy.service import environments, first_sync, full_sync, reading, subscription, verifying
from altior_sellsy.service.runtime import Runtime
from altior_sellsy.values.reference import Side

FOLDER = Path("data/demo")
BY = "Claire Martin (démonstration)"
LOCAL = "http://127.0.0.1:"
PHONE = "02 61 91 12 34"
"""In the range that is kept for fiction."""
NAME = example.REQUEST.slug
MANY = 100_000


def run(port: int, *, once: bool) -> int:
    """Exit status. Without `once` it serves on `port` until it is interrupted."""
    signal.signal(signal.SIGTERM, _leave)
    os.environ.pop("ALTIOR_SELLSY_DATABASE_URL", None)  # never the installation's own database
    os.environ.setdefault("ALTIOR_SELLSY_DATA", str(FOLDER))
    if not once:
        _check_free(port)
        os.environ["ALTIOR_SELLSY_PUBLIC_URL"] = f"{LOCAL}{port}"
    data = Path(os.environ["ALTIOR_SELLSY_DATA"])
    with _alone(data), town(data) as servers:
        _title("Deux serveurs d'essai, sur cette machine")
        show.say(
            f"Sellsy d'essai : {servers.sellsy} — Altior d'essai : {servers.altior} (ni l'un ni l'autre n'est réel)"
        )
        _story(opening.ledgers(), servers, data)
        if once:
            return 0
        return _stay(servers, port)


def _check_free(port: int) -> None:
    """Told before the story, not after it."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        raise Final(f"Le port {port} est déjà pris : choisissez-en un autre avec « --port ».") from None


def _story(ledgers: Ledgers, servers: Town, data: Path) -> None:
    _add(ledgers, servers, data)
    with opening.runtime(NAME) as runtime:
        _check(runtime)
        _title("Aperçu de la première synchronisation")
        first_sync.preview(runtime)
        show_first_sync.print_plan((runtime.ledger.plan() or {})["summary"])
        _title(f"Première synchronisation, approuvée par {BY}")
        with progress(quiet=False) as told:
            done = first_sync.run(runtime, BY, told)
        show_first_sync.print_first_sync(done.as_json())
        _round(runtime, servers)
        _title("Une opportunité et son affaire")
        demo_deals.tell(runtime, servers)
        _quiet(runtime, servers)
        _report(ledgers, runtime, done)


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """One demonstration at a time in a folder. Raises Final."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Final(
                f"Une démonstration tourne déjà dans « {data} » : arrêtez-la, ou donnez un autre dossier avec "
                "ALTIOR_SELLSY_DATA."
            ) from None
        yield


def _add(ledgers: Ledgers, servers: Town, data: Path) -> None:
    _title("La demande de configuration")
    for known in ledgers.environments():
        if not known.urls.get("altior", "").startswith(LOCAL):
            raise Final(
                f"Le dossier « {data} » contient l'environnement « {known.name} », qui n'est pas de "
                "démonstration : donnez un autre dossier avec ALTIOR_SELLSY_DATA. Rien n'a été modifié."
            )
        ledgers.remove(known.name)
    document = data / "demande-demonstration.xlsx"
    write(document, example.REQUEST)
    access = environments.Access(
        servers.altior, TOKEN, CLIENT_SECRET, sellsy_url=f"{servers.sellsy}/v2", sellsy_login_url=servers.sellsy
    )
    environments.add(ledgers, document, access, SystemClock(), who=BY)
    show.say(
        f"Demande remplie : « {document} » (compte Sellsy {example.REQUEST.account_id}) ; environnement « {NAME} »."
    )


def _check(runtime: Runtime) -> None:
    _title("Vérifications des deux systèmes")
    report = verifying.verify(runtime)
    show.say(next(iter(report.lines())))
    if repair_all(runtime, report):
        report = verifying.verify(runtime)
    if report.blocking:
        raise Final(refusal(NAME, report, "La mise en service"))
    show.print_lines(report.lines())


def _round(runtime: Runtime, servers: Town) -> None:
    """A name changed in Sellsy and a telephone changed in Altior, on one pair: both arrive."""
    _title("Un échange, dans les deux sens")
    pair = _in_step(runtime)
    company = servers.act(servers.sellsy, "GET", f"records/companies/{pair.sellsy.id}")
    name = f"{company['name']} & Fils"
    servers.act(servers.sellsy, "PATCH", f"records/companies/{pair.sellsy.id}", {"name": name})
    show.say(f"Dans Sellsy, un commercial renomme « {company['name']} » en « {name} ».")
    tiers = _tiers(servers, pair)
    known = _digits(str(company["phone_number"]))
    phones = [one | {"numero": PHONE} if _digits(one["numero"]) == known else one for one in tiers["telephones"]]
    servers.act(servers.altior, "PATCH", f"tiers/{pair.altior.id}", {"corps": {"telephones": phones}})
    show.say(f"Dans Altior, la comptabilité change son téléphone en {PHONE}.")
    show.print_sync(full_sync.run(runtime).as_json())
    arrived = _tiers(servers, pair)["raison_sociale"] == name
    phone = str(servers.act(servers.sellsy, "GET", f"records/companies/{pair.sellsy.id}")["phone_number"])
    if not arrived or _digits(phone) != _digits(PHONE):
        raise Final("L'échange n'est pas arrivé des deux côtés : voyez « altior-sellsy journal menuiserie-leo ».")
    show.say(f"Altior montre « {name} », Sellsy montre {phone}. Le journal le dit :")
    entries = reading.journal(runtime.ledger, reference=pair.sellsy, limit=2)
    show.print_journal(entries, reading.labels(runtime.ledger, entries))


def _in_step(runtime: Runtime) -> Pair:
    pairs = [p for p in runtime.ledger.all_pairs("third_party") if p.state is State.IN_STEP and not p.held]
    companies = sorted((p for p in pairs if p.sellsy.thing == "company"), key=lambda p: int(p.sellsy.id))
    if not companies:
        raise Final("Aucune fiche n'est liée et à jour : la démonstration ne peut pas continuer.")
    return companies[0]


def _tiers(servers: Town, pair: Pair) -> dict[str, Any]:
    every = servers.act(servers.altior, "GET", "tiers")["elements"]
    return next(dict(tiers) for tiers in every if tiers["id"] == pair.altior.id)


def _digits(phone: str) -> str:
    return "".join(c for c in phone if c.isdigit())[-9:]


def _quiet(runtime: Runtime, servers: Town) -> None:
    _title("Une synchronisation de plus")
    servers.forget_writes()
    report = full_sync.run(runtime)
    show.print_sync(report.as_json())
    sellsy, altior = servers.writes()
    show.say(f"Écritures comptées par les serveurs eux-mêmes : {sellsy} dans Sellsy, {altior} dans Altior.")
    if sellsy or altior:
        raise Final("Cette synchronisation aurait dû ne rien écrire : voyez « altior-sellsy journal menuiserie-leo ».")


def _report(ledgers: Ledgers, runtime: Runtime, done: first_sync.FirstSyncReport) -> None:
    _title("Bilan")
    made = Counter((e.kind, e.action, e.side) for e in runtime.ledger.journal(limit=MANY))
    by_siret = Counter(pair.kind for pair in runtime.ledger.all_pairs() if pair.made_by == "siret")
    status = reading.status(ledgers, runtime.ledger, runtime.clock.now())
    kinds = [kind for kind in reading.KIND_LABELS if kind in status["counters"]]
    counted: dict[str, Counter[str]] = {
        "Importées de Sellsy dans Altior": Counter({kind: made[kind, "created", Side.ALTIOR] for kind in kinds}),
        "Exportées d'Altior dans Sellsy": Counter({kind: made[kind, "created", Side.SELLSY] for kind in kinds}),
        "Rapprochées sur le SIRET": by_siret,
    }
    for reason in status["reasons"]:
        label = _why(State(reason["state"]), reason["label"])
        counted.setdefault(label, Counter())[reason["kind"]] += reason["number"]
    show.table(
        "",
        ("Fiches", *(reading.KIND_LABELS[kind] for kind in kinds)),
        [(label, *(number(numbers[kind]) for kind in kinds)) for label, numbers in counted.items()],
        right=range(1, len(kinds) + 1),
    )
    show.say(f"Cas à traiter : {number(status['cards'])}.")
    cards = reading.causes(reading.cards(runtime.ledger))
    if cards:
        show.print_causes(cards)


def _why(state: State, label: str) -> str:
    named = reading.STATE_LABELS[state]
    return label if label.startswith(named) else f"{named} : {label}"


def _stay(servers: Town, port: int) -> int:
    from altior_sellsy.web.serve import serve

    with opening.runtime(NAME) as runtime:
        subscription.ensure(runtime, f"{LOCAL}{port}")
    _title("À vous")
    command = f"ALTIOR_SELLSY_DATA={os.environ['ALTIOR_SELLSY_DATA']} altior-sellsy"
    show.print_lines(
        (
            f"Pages d'Altior (essai)\N{NO-BREAK SPACE}: {servers.altior}/ — changez un tiers, il arrive dans Sellsy.",
            f"Fiches de Sellsy (essai)\N{NO-BREAK SPACE}: {servers.sellsy}/_sandbox/records/companies",
            "Pour changer une fiche de Sellsy\N{NO-BREAK SPACE}:",
            f'  curl -X PATCH {servers.sellsy}/_sandbox/records/companies/3001 -d \'{{"name": "Nouveau nom"}}\'',
            "Dans un autre terminal\N{NO-BREAK SPACE}:",
            f"  {command} status {NAME}",
            f"  {command} journal {NAME}",
            f"  {command} explain {NAME} Menuiserie",
            "Ctrl-C pour arrêter.",
            "",
        )
    )
    logging.disable(logging.NOTSET)
    return serve("127.0.0.1", port, worker=True)


def _title(text: str) -> None:
    show.say(f"\n── {text} " + "─" * max(0, 90 - len(text)))


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
