"""The web pages of the demonstration server: tiers and affaires, to look at and to change as an Altior user would."""

from html import escape
from importlib.resources import files
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from altior_sellsy.sandbox.altior import html
from altior_sellsy.sandbox.altior.answers import Handler, by_method, refusing
from altior_sellsy.sandbox.altior.checks import RefusedError
from altior_sellsy.sandbox.altior.forms import deal_body, deal_form, tiers_body, tiers_form
from altior_sellsy.sandbox.altior.log import Log
from altior_sellsy.sandbox.altior.people import PERSON
from altior_sellsy.sandbox.altior.records import correct_later, delete, existing, put_document, write
from altior_sellsy.sandbox.altior.shapes import Record
from altior_sellsy.sandbox.altior.store import Store

_SHOWN = 100
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def page_routes(store: Store, log: Log) -> list[BaseRoute]:
    pages = Pages(store, log)

    def route(path: str, **handlers: Handler) -> Route:
        return by_method(path, {method: refusing(handler) for method, handler in handlers.items()})

    return [
        route("/pages.css", GET=pages.style),
        route("/", GET=pages.all_tiers),
        route("/tiers/nouveau", GET=pages.new_tiers, POST=pages.create_tiers),
        route("/tiers/{id}", GET=pages.tiers, POST=pages.change_tiers),
        route("/tiers/{id}/suppression", POST=pages.remove_tiers),
        route("/affaires", GET=pages.deals),
        route("/affaires/{id}", GET=pages.deal, POST=pages.change_deal),
        route("/affaires/{id}/documents", POST=pages.document),
        route("/ecritures", GET=pages.writes),
    ]


class Pages:
    def __init__(self, store: Store, log: Log) -> None:
        self._store, self._log = store, log

    async def style(self, request: Request) -> Response:
        text = (files("altior_sellsy") / "sandbox" / "altior" / "pages.css").read_text("utf-8")
        return Response(text, media_type="text/css", headers=_HEADERS)

    # -- tiers

    async def all_tiers(self, request: Request) -> Response:
        wanted = request.query_params.get("q", "").strip()
        found = [each for each in self._store.of("tiers").values() if wanted.casefold() in _name(each).casefold()]
        search = (
            '<form class="actions" method="get" action="/">'
            + html.text("q", "Nom contenant", wanted)
            + f"<button>Chercher</button></form><p>{html.link('/tiers/nouveau', 'Nouveau tiers')}</p>"
            + f'<p class="soft">{len(found)} tiers, les {min(len(found), _SHOWN)} derniers sont montrés.</p>'
        )
        rows = [
            (
                html.link(f"/tiers/{each['id']}", each["id"]),
                html.link(f"/tiers/{each['id']}", _name(each)),
                escape(", ".join(each["roles"])),
                escape(each["siret"] or ""),
                escape(", ".join(each["references_externes"])),
                escape(_state(each)),
            )
            for each in list(reversed(found))[:_SHOWN]
        ]
        heads = ("N°", "Nom", "Rôles", "SIRET", "Références externes", "État")
        return _show("Tiers", search + html.table(heads, rows))

    async def new_tiers(self, request: Request) -> Response:
        return self._new_tiers()

    async def create_tiers(self, request: Request) -> Response:
        form = await _form(request)
        try:
            body = {"nature": str(form.get("nature", "moral")), **tiers_body(form, None)}
            saved = write(self._store, "tiers", None, body, _author(form), people=True)
        except RefusedError as refusal:
            return self._new_tiers(refusal)
        return self._saved("tiers", saved.record["id"], f"/tiers/{saved.record['id']}")

    async def tiers(self, request: Request) -> Response:
        return self._tiers(request.path_params["id"])

    async def change_tiers(self, request: Request) -> Response:
        id, form = request.path_params["id"], await _form(request)
        try:
            record = existing(self._store, "tiers", id)
            write(self._store, "tiers", id, tiers_body(form, record), _author(form), people=True)
        except RefusedError as refusal:
            return self._tiers(id, refusal)
        return self._saved("tiers", id, f"/tiers/{id}")

    async def remove_tiers(self, request: Request) -> Response:
        id, form = request.path_params["id"], await _form(request)
        try:
            delete(self._store, "tiers", id, _author(form))
        except RefusedError as refusal:
            return self._tiers(id, refusal)
        return self._saved("", id, "/")

    def _new_tiers(self, refusal: RefusedError | None = None) -> Response:
        return _show("Nouveau tiers", tiers_form(self._store, None, PERSON), refusal)

    def _tiers(self, id: str, refusal: RefusedError | None = None) -> Response:
        record = self._store.of("tiers").get(id)
        if record is None:
            return _show("Tiers introuvable", "<p>Ce tiers n'existe pas ou a été supprimé.</p>", refusal, 404)
        deals = [each for each in self._store.of("affaires").values() if each["tiers"] == id]
        contacts = [self._store.of("contacts")[each["contact"]] for each in record["contacts"]]
        body = (
            _facts(record)
            + tiers_form(self._store, record, PERSON)
            + f"<h2>Contacts</h2><ul>{''.join(f'<li>{escape(_name(each))}</li>' for each in contacts)}</ul>"
            + f"<h2>Affaires</h2><ul>{''.join(f'<li>{_deal_link(each)}</li>' for each in deals)}</ul>"
            + html.button(f"/tiers/{id}/suppression", "Supprimer ce tiers")
        )
        return _show(_name(record), body, refusal)

    # -- affaires

    async def deals(self, request: Request) -> Response:
        every = list(reversed(self._store.of("affaires").values()))
        rows = [
            (
                _deal_link(each),
                html.link(f"/tiers/{each['tiers']}", _name(self._store.of("tiers")[each["tiers"]])),
                escape(each["etat"]),
                escape(each["montant"] or ""),
                escape(", ".join(each["jalons"])),
                escape(" / ".join(each["champs_personnalises"].get(code, "") for code in ("PIPE", "ETAP"))),
            )
            for each in every[:_SHOWN]
        ]
        heads = ("Affaire", "Tiers", "État", "Montant", "Jalons", "Pipeline / étape")
        return _show("Affaires", f'<p class="soft">{len(every)} affaires.</p>' + html.table(heads, rows))

    async def deal(self, request: Request) -> Response:
        return self._deal(request.path_params["id"])

    async def change_deal(self, request: Request) -> Response:
        id, form = request.path_params["id"], await _form(request)
        try:
            write(self._store, "affaires", id, deal_body(form), _author(form), people=True)
        except RefusedError as refusal:
            return self._deal(id, refusal)
        return self._saved("affaires", id, f"/affaires/{id}")

    async def document(self, request: Request) -> Response:
        id, form = request.path_params["id"], await _form(request)
        try:
            put_document(self._store, str(form.get("genre")), id, str(form.get("etat")), _author(form))
        except (RefusedError, KeyError) as problem:
            return self._deal(id, problem if isinstance(problem, RefusedError) else None)
        return self._saved("", id, f"/affaires/{id}")

    def _deal(self, id: str, refusal: RefusedError | None = None) -> Response:
        record = self._store.of("affaires").get(id)
        if record is None:
            return _show("Affaire introuvable", "<p>Cette affaire n'existe pas ou a été supprimée.</p>", refusal, 404)
        documents = [
            (escape(each["numero"]), escape(each["etat"]), escape(each["montant"] or ""))
            for kind in ("devis", "commandes")
            for each in self._store.of(kind).values()
            if each["affaire"] == id
        ]
        action = f"/affaires/{id}/documents"
        body = (
            _facts(record)
            + f"<p>Tiers : {html.link('/tiers/' + record['tiers'], record['tiers'])}, "
            + f"jalons : {escape(', '.join(record['jalons']) or 'aucun')}</p>"
            + deal_form(self._store, record, PERSON)
            + "<h2>Devis et commandes</h2>"
            + html.table(("Numéro", "État", "Montant"), documents)
            + '<div class="actions">'
            + html.button(action, "Envoyer un devis", ("genre", "devis"), ("etat", "envoye"))
            + html.button(action, "Prendre la commande", ("genre", "commandes"), ("etat", "en_cours"))
            + "</div>"
        )
        return _show(f"{record['numero']} {record['nom']}", body, refusal)

    async def writes(self, request: Request) -> Response:
        rows = [
            tuple(escape(str(each[name] or "")) for name in ("at", "resource", "id", "operation", "status", "body"))
            for each in reversed(self._log.writes[-_SHOWN:])
        ]
        total = f'<p class="soft">{len(self._log.writes)} écritures reçues depuis le démarrage.</p>'
        heads = ("Reçue", "Ressource", "N°", "Opération", "Statut", "Corps")
        return _show("Écritures reçues par l'API", total + html.table(heads, rows))

    def _saved(self, resource: str, id: str, where: str) -> Response:
        if resource:
            correct_later(self._store, resource, id)
        self._store.flush()
        return RedirectResponse(where, 303, _HEADERS)


def _show(title: str, body: str, refusal: RefusedError | None = None, status: int = 200) -> Response:
    above = html.problems(refusal.message, refusal.fields) if refusal else ""
    return HTMLResponse(html.page(title, above + body), refusal.status if refusal else status, _HEADERS)


async def _form(request: Request) -> FormData:
    """Forms of our own pages only: another site's may not change anything here."""
    origin = request.headers.get("origin")
    if origin not in (None, "null") and origin.partition("//")[2] != request.headers.get("host"):
        raise RefusedError(403, "origine_refusee", "Ce formulaire vient d'un autre site.")
    return await request.form()


def _author(form: FormData) -> str:
    return str(form.get("auteur") or PERSON)


def _name(record: Record) -> str:
    return str(record.get("raison_sociale") or f"{record.get('prenom') or ''} {record.get('nom') or ''}".strip() or "—")


def _state(record: Record) -> str:
    states = (("archive", "archivé"), ("bloque", "bloqué en comptabilité"))
    return ", ".join(word for name, word in states if record.get(name))


def _deal_link(deal: Record) -> str:
    return html.link(f"/affaires/{deal['id']}", f"{deal['numero']} {deal['nom']}")


def _facts(record: dict[str, Any]) -> str:
    references = ", ".join(record["references_externes"]) or "aucune"
    return (
        f'<p class="soft">N° {escape(record["id"])}, version {escape(record["version"])}, modifié le '
        f"{escape(record['modifie_le'])} par {escape(record['modifie_par'])}. "
        f"Références externes : {escape(references)}.</p>"
    )
