"""Checks of reading and writing records."""

from altior_sellsy.altior.conformance.bench import Bench, UntriedError, done, keep, refused, refused_fields, stale
from altior_sellsy.altior.port import Item
from altior_sellsy.errors import NotFound

_NO_ID = "999999999999"


def created_safely(bench: Bench) -> None:
    reference = bench.reference()
    first = bench.make("tiers", bench.firm(reference))
    keep(reference in first["references_externes"], "La référence externe donnée n'est pas sur l'enregistrement créé.")
    (again,) = bench.send("tiers", bench.firm(reference, raison_sociale="Conformité, répétée"))
    record = done(again)
    keep(record["id"] == first["id"], "Une création répétée sous la même référence a créé un second enregistrement.")
    keep(not again.created, "Une création répétée est annoncée comme une création.")
    keep(record["raison_sociale"] == first["raison_sociale"], "Une création répétée a modifié l'enregistrement.")
    keep(record["version"] == first["version"], "Une création répétée a changé la version de l'enregistrement.")


def created_once_in_one_call(bench: Bench) -> None:
    reference = bench.reference()
    first, second = bench.send("tiers", bench.firm(reference), bench.firm(reference))
    same = done(first)["id"] == done(second)["id"]
    keep(same and not second.created, "Deux créations sous la même référence dans un même lot ont créé deux fiches.")


def create_needs_a_reference(bench: Bench) -> None:
    item = bench.firm()
    (answer,) = bench.send("tiers", Item({**item.body, "references_externes": []}))
    refused(answer, "Une création sans référence externe")


def references_are_unique(bench: Bench) -> None:
    reference = bench.reference()
    bench.make("tiers", bench.firm(reference))
    other = bench.make("tiers", bench.firm())
    (answer,) = bench.send("tiers", Item({"references_externes": [reference]}, other["id"], other["version"]))
    refused(answer, "Une référence déjà portée par une autre fiche")
    keep(
        len(bench.altior.find("tiers", "reference_externe", [reference])) == 1, "Deux fiches portent la même référence."
    )


def several_references(bench: Bench) -> None:
    first, second = bench.reference(), bench.reference()
    record = bench.make("tiers", bench.firm(first))
    bench.change("tiers", record, {"references_externes": [second]})
    for reference in (first, second):
        found = [one["id"] for one in bench.altior.find("tiers", "reference_externe", [reference])]
        keep(found == [record["id"]], f"La fiche n'est pas trouvée par sa référence « {reference} ».")


def versions_change(bench: Bench) -> None:
    record = bench.make("tiers", bench.firm())
    after = bench.change("tiers", record, {"note": "Conformité"})
    keep(after["version"] != record["version"], "La version n'a pas changé avec l'enregistrement.")
    shown = bench.altior.get("tiers", record["id"])
    keep(shown["version"] == after["version"], "La version lue n'est pas celle que l'écriture a rendue.")


def stale_writes_are_refused(bench: Bench) -> None:
    record = bench.make("tiers", bench.firm())
    bench.change("tiers", record, {"note": "Première"})
    (answer,) = bench.send("tiers", Item({"note": "Seconde"}, record["id"], record["version"]))
    stale(answer, "Une écriture partie d'une version ancienne")
    keep(bench.altior.get("tiers", record["id"])["note"] == "Première", "Une écriture périmée a écrasé la fiche.")


def updates_need_a_version(bench: Bench) -> None:
    record = bench.make("tiers", bench.firm())
    (answer,) = bench.send("tiers", Item({"note": "Sans version"}, record["id"], None))
    keep(answer.document is None, "Une modification sans version est acceptée.")


def only_what_is_named_changes(bench: Bench) -> None:
    record = bench.make("tiers", bench.firm(naf="4332A", reference="CONF"))
    after = bench.change("tiers", record, {"naf": None})
    keep(after["naf"] in (None, ""), "Un champ vidé (null) n'est pas vide après l'écriture.")
    keep(after["reference"] == "CONF", "Un champ qui n'était pas nommé a changé.")


def bulk_answers_item_by_item(bench: Bench) -> None:
    siret = bench.siret()
    wrong = bench.firm(siret=siret[:-1] + str((int(siret[-1]) + 1) % 10))
    good, last = bench.firm(), bench.firm()
    missing = Item({"note": ""}, _NO_ID, "1")
    answers = bench.send("tiers", good, wrong, missing, last)
    for item, answer in ((good, answers[0]), (last, answers[3])):
        named = item.body["references_externes"][0] in done(answer)["references_externes"]
        keep(named, "Les réponses du lot ne sont pas dans l'ordre des éléments.")
    refused_fields(answers[1], "siret", "Un SIRET dont la clé est fausse")
    keep(isinstance(answers[2].error, NotFound), "Un élément qui n'existe pas n'est pas répondu « introuvable ».")
    reference = wrong.body["references_externes"]
    keep(not bench.altior.find("tiers", "reference_externe", reference), "Un élément refusé a pourtant été créé.")


def bulk_takes_a_hundred(bench: Bench) -> None:
    items = [bench.firm() for _ in range(100)]
    for item, answer in zip(items, bench.send("tiers", *items), strict=True):
        named = item.body["references_externes"] == done(answer)["references_externes"]
        keep(named, "Les réponses d'un lot de cent ne sont pas dans l'ordre des éléments.")


def unknown_values_are_named(bench: Bench) -> None:
    phones = [{"type": "Type inconnu (conformité)", "numero": "01 99 00 00 00"}]
    form, phone = bench.send(
        "tiers", bench.firm(forme_juridique="Forme inconnue (conformité)"), bench.firm(telephones=phones)
    )
    refused_fields(form, "forme_juridique", "Une forme juridique inconnue")
    refused_fields(phone, "telephones[0].type", "Un type de téléphone inconnu")


def lengths_are_told(bench: Bench) -> None:
    most = bench.altior.requirements("tiers").lengths.get("raison_sociale")
    if most is None:
        raise UntriedError("Cet Altior n'annonce pas la longueur de la raison sociale.")
    (answer,) = bench.send("tiers", bench.firm(raison_sociale="x" * (most + 1)))
    refused_fields(answer, "raison_sociale", "Une raison sociale trop longue")


def elements_change_in_place(bench: Bench) -> None:
    types = [value.title for value in bench.altior.list_values("types-telephone")][:2]
    phones = [{"type": type, "numero": f"01 99 00 00 0{place}"} for place, type in enumerate(types)]
    address = {
        "libelle": "Siège",
        "ligne1": "1 rue de la Gare",
        "code_postal": "44000",
        "ville": "Nantes",
        "pays": "FR",
    }
    record = bench.make("tiers", bench.firm(telephones=phones, adresses=[address]))
    kept, changed = record["telephones"]
    place = record["adresses"][0]
    body = {
        "telephones": [{"id": changed["id"], "numero": "01 99 00 00 09"}],
        "adresses": [{"id": place["id"], "ligne1": "2 rue de la Gare"}],
    }
    after = bench.change("tiers", record, body)
    by_id = {one["id"]: one for one in after["telephones"]}
    keep(set(by_id) == {kept["id"], changed["id"]}, "Modifier un téléphone a changé les identifiants de la liste.")
    keep(by_id[changed["id"]]["numero"] != changed["numero"], "Le téléphone nommé par son identifiant n'a pas changé.")
    keep(by_id[kept["id"]] == kept, "Un téléphone qui n'était pas nommé a changé.")
    keep([one["id"] for one in after["adresses"]] == [place["id"]], "Modifier une adresse a changé son identifiant.")
    keep(after["adresses"][0]["ville"] == place["ville"], "Un champ d'adresse qui n'était pas nommé a changé.")
    gone = bench.change("tiers", after, {"telephones": [{"id": kept["id"], "supprimer": True}]})
    keep([one["id"] for one in gone["telephones"]] == [changed["id"]], "Le téléphone supprimé est encore là.")


def links_are_seen_from_both_ends(bench: Bench) -> None:
    tiers = bench.make("tiers", bench.firm())
    contact = bench.make("contacts", bench.person(tiers=[tiers["id"]]))
    shown = bench.altior.get("tiers", tiers["id"])
    linked = [one["contact"] for one in shown["contacts"]]
    keep(linked == [contact["id"]], "Un contact lié à un tiers n'apparaît pas sur le tiers.")
    keep(shown["version"] != tiers["version"], "La version du tiers n'a pas changé quand un contact lui a été lié.")
    bench.change("tiers", shown, {"contacts": [{"contact": contact["id"], "supprimer": True}]})
    keep(bench.altior.get("contacts", contact["id"])["tiers"] == [], "Un lien retiré du tiers reste sur le contact.")


def parents_must_exist(bench: Bench) -> None:
    (answer,) = bench.send("affaires", bench.deal(_NO_ID))
    refused_fields(answer, "tiers", "Une affaire sur un tiers qui n'existe pas")


def deals_and_custom_fields(bench: Bench) -> None:
    active = {one.code for one in bench.altior.custom_fields() if one.active}
    if not {"PIPE", "ETAP"} <= active:
        raise UntriedError("Les champs personnalisés PIPE et ETAP n'existent pas dans cet environnement.")
    tiers = bench.make("tiers", bench.firm())
    custom = {"PIPE": "Ventes", "ETAP": "Devis"}
    deal = bench.make("affaires", bench.deal(tiers["id"], montant="1200.00", champs_personnalises=custom))
    after = bench.change("affaires", deal, {"champs_personnalises": {"ETAP": "Gagné"}})
    kept = {"PIPE": "Ventes", "ETAP": "Gagné"}
    keep(after["champs_personnalises"] == kept, "Modifier un champ personnalisé en a changé un autre.")
    keep(after["montant"] == "1200.00", "Le montant d'une affaire n'est pas rendu tel quel.")
    keep(after["jalons"] == [], "Une affaire nouvelle a déjà un jalon.")
    for kind in ("devis", "commandes"):
        keep(not bench.altior.documents(kind, [deal["id"]]), f"Une affaire nouvelle a déjà des {kind}.")


def archived_records_are_read(bench: Bench) -> None:
    record = bench.make("tiers", bench.firm())
    bench.change("tiers", record, {"archive": True})
    read = bench.altior.read("tiers", [record["id"], _NO_ID])
    keep(
        [one["id"] for one in read] == [record["id"]], "Une fiche archivée manque, ou un identifiant inconnu est rendu."
    )
    found = bench.altior.find("tiers", "reference_externe", record["references_externes"])
    keep(len(found) == 1, "Une fiche archivée n'est pas trouvée par sa référence.")
    try:
        bench.altior.get("tiers", _NO_ID)
    except NotFound:
        return
    keep(False, "Lire une fiche qui n'existe pas ne donne pas « introuvable ».")


def scan_shows_all_in_order(bench: Bench) -> None:
    own = [bench.make("tiers", bench.firm())["id"] for _ in range(3)]
    seen: list[str] = []
    after, total = None, 0
    while True:
        page = bench.altior.scan("tiers", after, 100)
        keep(len(page.documents) <= 100, "Une page dépasse la taille demandée.")
        seen += [str(one["id"]) for one in page.documents]
        after, total = page.after, page.total
        if after is None:
            break
        keep(bool(page.documents), "Une page vide n'est pas la dernière.")
    keep(len(set(seen)) == len(seen), "Le parcours montre deux fois la même fiche.")
    keep(len(seen) == total, f"Le parcours montre {len(seen)} fiches, le total annoncé est {total}.")
    keep([id for id in seen if id in own] == own, "Le parcours n'est pas dans l'ordre des identifiants, ou en oublie.")


def keys_find(bench: Bench) -> None:
    mail = f"conformite.{bench.run}@example.test"
    kind = bench.altior.list_values("types-mail")[0].title
    siret = bench.siret()
    tiers = bench.make("tiers", bench.firm(siret=siret))
    person = bench.person(tiers=[tiers["id"]], emails=[{"type": kind, "adresse": mail}])
    contact = bench.make("contacts", person)
    by_siret = [one["id"] for one in bench.altior.find("tiers", "siret", [siret])]
    keep(tiers["id"] in by_siret, "Un tiers n'est pas trouvé par son SIRET.")
    for key, value in (("email", mail), ("tiers", tiers["id"])):
        found = [one["id"] for one in bench.altior.find("contacts", key, [value])]
        keep(found == [contact["id"]], f"Un contact n'est pas trouvé par « {key} ».")
