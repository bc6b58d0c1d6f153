"""The web pages: an Altior user looks at tiers and affaires, and changes them."""

import re
from html import unescape

from tests.unit.sandbox_altior.conftest import Server

LABEL = "Altior — serveur de démonstration (ce n'est pas l'API réelle)"


def _form(server: Server, path: str) -> dict[str, str]:
    """The fields of the page's form, as a browser would send them."""
    page = server.http.get(path).text
    form = page[page.index('<form class="fiche"') :]
    fields = {name: unescape(value) for name, value in re.findall(r'<input name="([^"]+)" value="([^"]*)"', form)}
    for name, options in re.findall(r'<select name="([^"]+)">(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    fields |= dict(re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)<', form))
    return fields | dict(re.findall(r'name="(\w+)" value="(\w+)" checked', form))


def test_every_page_says_that_it_is_a_demonstration(server: Server) -> None:
    for path in ("/", "/tiers/nouveau", "/tiers/501", "/affaires", "/ecritures"):
        page = server.http.get(path)
        assert page.status_code == 200
        assert LABEL in page.text
    assert "Ce tiers n'existe pas" in server.http.get("/tiers/1").text
    assert server.http.get("/pages.css").headers["content-type"].startswith("text/css")


def test_a_person_changes_a_tiers_and_only_that_moves(server: Server) -> None:
    before = server.tiers()
    cursor = server.api("GET", "modifications")["curseur"]
    fields = _form(server, "/tiers/501")
    unchanged = server.http.post("/tiers/501", data=fields)
    assert unchanged.status_code == 303
    assert server.tiers() == before
    phone = before["telephones"][0]
    fields |= {"note": "Rappeler lundi", f"telephones.{phone['id']}.numero": "02 61 91 00 00"}
    fields |= {"urls.nouveau.type": "Site externe", "urls.nouveau.url": "https://forum.example"}
    assert server.http.post("/tiers/501", data=fields).status_code == 303
    after = server.tiers()
    assert after["note"] == "Rappeler lundi"
    assert after["telephones"][0] == {**phone, "numero": "02 61 91 00 00"}
    assert after["telephones"][1:] == before["telephones"][1:]
    assert [each["url"] for each in after["urls"]] == [before["urls"][0]["url"], "https://forum.example"]
    (change,) = server.api("GET", "modifications", curseur=cursor)["modifications"]
    assert change["auteur"] == "julien.petit@example.test"


def test_a_person_makes_blocks_and_deletes_a_tiers(server: Server) -> None:
    fields = {
        "nature": "moral",
        "roles": "prospect",
        "raison_sociale": "<b>Neuf</b>",
        "auteur": "claire.martin@example.test",
    }
    made = server.http.post("/tiers/nouveau", data=fields)
    path = made.headers["location"]
    page = server.http.get(path).text
    assert "&lt;b&gt;Neuf&lt;/b&gt;" in page
    assert "<b>Neuf" not in page
    server.http.post(path, data=_form(server, path) | {"bloque": "oui"})
    assert server.tiers(path.rpartition("/")[2])["bloque"] is True
    assert server.http.post(f"{path}/suppression").headers["location"] == "/"
    assert server.http.get(path).status_code == 404


def test_a_refused_value_is_told_on_the_page(server: Server) -> None:
    answered = server.http.post("/tiers/501", data=_form(server, "/tiers/501") | {"siret": "123"})
    assert answered.status_code == 422
    assert "Numéro SIRET invalide" in answered.text


def test_an_affaire_takes_a_quote_and_an_order(server: Server) -> None:
    body = {"nom": "Escalier", "tiers": "501", "references_externes": ["sellsy:1:opportunity:1"]}
    (made,) = server.write({"corps": body}, resource="affaires")
    path = f"/affaires/{made['document']['id']}"
    assert "Escalier" in server.http.get("/affaires").text
    server.http.post(path, data=_form(server, path) | {"montant": "1200", "probabilite": "60"})
    server.http.post(f"{path}/documents", data={"genre": "devis", "etat": "envoye"})
    server.http.post(f"{path}/documents", data={"genre": "commandes", "etat": "en_cours"})
    deal = server.api("GET", path.lstrip("/"))
    assert (deal["montant"], deal["probabilite"], deal["etat"]) == ("1200.00", 60, "gagnee")
    assert deal["jalons"] == ["devis_envoye", "commande"]
    assert "Escalier" in server.http.get("/ecritures").text


def test_another_sites_form_changes_nothing(server: Server) -> None:
    before = server.tiers()
    fields = _form(server, "/tiers/501") | {"note": "Piège"}
    answered = server.http.post("/tiers/501", data=fields, headers={"Origin": "https://other.example"})
    assert answered.status_code == 403
    assert server.tiers() == before
