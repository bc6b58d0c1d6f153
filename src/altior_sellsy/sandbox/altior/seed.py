"""What an environment holds at first: its directory, and sample tiers that are certainly nobody's."""

from typing import Any

from altior_sellsy.sandbox.altior.lists import INITIAL, MISSING
from altior_sellsy.sandbox.altior.options import Options
from altior_sellsy.sandbox.altior.records import put_document, write
from altior_sellsy.sandbox.altior.shapes import MAIN, Record
from altior_sellsy.sandbox.altior.store import Contents, Store
from altior_sellsy.sandbox.companies import SampleCompany, sample_companies

ADMINISTRATOR = "claire.martin@example.test"
_ROLES = {"client": "client", "prospect": "prospect", "supplier": "fournisseur"}


def directory(options: Options) -> dict[str, Any]:
    """Users (one inactive, one without the rights of an administrator), établissements, lists, custom fields."""
    people = (
        (ADMINISTRATOR, "Claire Martin", True, True),
        ("julien.petit@example.test", "Julien Petit", True, False),
        ("paul.ancien@example.test", "Paul Ancien", False, True),
    )
    lists = {}
    for name, values in INITIAL.items():
        chosen = values + (MISSING.get(name, ()) if options.all_values else ())
        lists[name] = [
            {"id": f"{name}-{number}", "titre": title, "abreviation": short}
            for number, (title, short) in enumerate(sorted(chosen), 1)
        ]
    fields = (("Pipeline", "PIPE"), ("Etape", "ETAP")) if options.custom_fields else ()
    return {
        "environnement": options.environment,
        "utilisateurs": [
            {"id": str(number), "email": email, "nom": name, "actif": active, "administrateur": administrator}
            for number, (email, name, active, administrator) in enumerate(people, 1)
        ],
        "etablissements": [{"id": str(number), "nom": name} for number, name in enumerate(options.establishments, 1)],
        "listes": lists,
        "champs": [custom_field(str(number), name, code) for number, (name, code) in enumerate(fields, 1)],
    }


def custom_field(id: str, name: str, code: str) -> Record:
    return {
        "id": id, "section": "Sellsy", "nom": name, "code": code, "type": "Texte", "actif": True, "recherchable": False,
    }  # fmt: skip


def reset(store: Store, scenario: Record | None = None) -> None:
    """A fresh environment of the store's options, then the scenario's records in order (each a `corps`, with `id` where
    the scenario wants one) and documents (`{"affaire", "etat"}`). Raises RefusedError for a bad record."""
    contents = Contents()
    contents.directory = directory(store.options)
    store.replace(contents)
    for company in sample_companies(store.options.offset + store.options.size, store.options.seed)[
        store.options.offset :
    ]:
        _company(store, company)
    scenario = scenario or {}
    for user in scenario.get("utilisateurs", ()):
        others = [each for each in store.directory["utilisateurs"] if each["email"] != user["email"]]
        number = str(len(store.directory["utilisateurs"]) + 1)
        defaults = {"id": number, "nom": user["email"], "actif": True, "administrateur": False}
        store.directory["utilisateurs"] = [*others, {**defaults, **user}]
    for resource in ("contacts", "tiers", "affaires"):
        for document in scenario.get(resource, ()):
            body = {key: value for key, value in document.items() if key != "id"}
            write(store, resource, None, body, ADMINISTRATOR, people=True, new_id=document.get("id"))
    for kind in ("devis", "commandes"):
        for document in scenario.get(kind, ()):
            put_document(store, kind, document["affaire"], document["etat"], ADMINISTRATOR)
    for resource in MAIN:
        highest = max((store.position(id) for id in store.of(resource)), default=0)
        store.contents.sequences[resource] = max(store.contents.sequences.get(resource, highest), highest)
    store.before.clear()
    store.touch_directory()
    store.flush()


def _company(store: Store, company: SampleCompany) -> None:
    titles = {value["titre"] for value in store.directory["listes"]["formes-juridiques"]}
    person = company.contact
    contact = write(store, "contacts", None, {
        "civilite": person.civility_title, "nom": person.last_name, "prenom": person.first_name,
        "fonction": person.function,
        "telephones": [{"type": "Fixe", "numero": person.phone}, {"type": "Portable", "numero": person.mobile}],
        "emails": [{"type": "Principal", "adresse": person.email}],
    }, ADMINISTRATOR, people=True)  # fmt: skip
    phones = [{"type": "Principale", "numero": company.phone}]
    if company.mobile:
        phones.append({"type": "Portable", "numero": company.mobile})
    address = company.address
    write(store, "tiers", None, {
        "nature": "moral", "roles": [_ROLES[company.role]], "raison_sociale": company.name, "siret": company.siret,
        "siren": company.siren, "tva": company.vat, "naf": company.naf, "capital": company.capital,
        "forme_juridique": company.legal_form_title if company.legal_form_title in titles else None,
        "etablissement": store.directory["etablissements"][0]["id"],
        "telephones": phones, "emails": [{"type": "Principal", "adresse": company.email}],
        "urls": [{"type": "Site web", "url": company.website}],
        "adresses": [{
            "libelle": "Siège", "ligne1": address.line1, "ligne2": address.line2 or None,
            "code_postal": address.postal_code, "ville": address.city, "pays": address.country,
            "facturation": True, "livraison": True,
        }],
        "contacts": [{"contact": contact.record["id"], "roles": ["Commercial"]}],
    }, ADMINISTRATOR, people=True)  # fmt: skip
