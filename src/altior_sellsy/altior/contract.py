"""Shapes of the stand-in contract's documents, as the connector reads and writes them (NOT the real Altior API).

tiers = {
  "id": "501", "version": "7", "nature": "moral" | "physique", "roles": ["client", "prospect", "fournisseur"],
  "raison_sociale": "…",                     # moral
  "civilite": "Madame" | null, "nom": "…", "prenom": "…",   # physique
  "siret": "…"|null, "siren": …, "tva": …, "naf": …, "forme_juridique": "Société par actions simplifiée"|null (title),
  "capital": "…"|null, "rcs": …, "reference": …, "note": "",
  "telephones": [{"id": "t1", "type": "Principale", "numero": "…"}],
  "emails":     [{"id": "m1", "type": "Principal", "adresse": "…"}],
  "urls":       [{"id": "u1", "type": "Site web", "url": "…"}],
  "adresses":   [{"id": "a1", "libelle": "…", "ligne1": "…", "ligne2": …, "ligne3": …, "ligne4": …, "code_postal": "…",
                  "ville": "…", "pays": "FR", "facturation": true, "livraison": false}],
  "collaborateurs": [{"id": "c1", "email": "…", "role": "Commercial"}],
  "contacts":   [{"contact": "c12", "roles": ["Comptable"]}],            # links, with the contacts' roles
  "etablissement": "<établissement id>", "archive": false, "bloque": false,
  "references_externes": ["sellsy:97417:company:123"],
  "cree_le": "2026-03-12T13:02:00Z", "modifie_le": "…", "modifie_par": "…"
}
contact = {"id", "version", "civilite", "nom", "prenom", "fonction", "telephones", "emails", "urls", "note",
  "tiers": ["501"] (links), "archive", "references_externes", "cree_le", "modifie_le", "modifie_par"}
affaire = {"id", "version", "numero", "nom", "tiers": "501", "etablissement", "etat":
  "en_cours"|"gagnee"|"perdue"|"annulee"|"terminee", "montant": "1200.00"|null, "devise": "EUR",
  "probabilite": 0-100|null,
  "echeance": "2026-12-31"|null, "charge_affaire": "<e-mail>"|null, "contacts": ["c12"], "note": "",
  "champs_personnalises": {"PIPE": "…", "ETAP": "…"}, "jalons": ["devis_envoye", "commande"…], "archive",
  "references_externes", "cree_le", "modifie_le", "modifie_par"}

Endpoints (`/api/v1`, Bearer token, `X-Altior-Utilisateur` = e-mail of the reference user on every write):
  GET  environnement                         {"nom": …}
  GET  utilisateurs                          [{"id","email","nom","actif","administrateur"}]
  GET  etablissements                        [{"id","nom"}]
  GET|POST parametres/{liste}                [{"id","titre","abreviation"}]
  GET|POST champs-personnalises              [{"id","section","nom","code","type","actif","recherchable"}]
  GET  exigences/{ressource}                 {"obligatoires": ["…"], "longueurs": {"raison_sociale": 250}}
  GET  {ressource}?apres=&limite=100         {"elements": [...], "apres": "…"|null, "total": n}
  GET  {ressource}?ids=1,2,3                 {"elements": [...], …}
  GET  {ressource}/{id}                      the document, ETag: "version"
  POST {ressource}/recherche                 {"cle": "siret", "valeurs": […]} → {"elements": [...]}
  POST {ressource}/lot                       {"elements": [{"id"?, "version"?, "corps": {…}}]} → 200
                                             {"resultats": [{"statut": 200|201|404|409|412|422, "document"?,
                                              "erreur"?}]}
  GET  devis?affaires=1,2 · commandes?affaires=1,2
  GET  modifications?curseur=&attente=20     {"modifications": [{"ressource","id","operation","auteur",
                                              "date"}], "curseur": "…"}
                                             410 {"erreur": {"code": "curseur_expire", …}}
devis = {"id", "version", "numero", "affaire", "etat": "brouillon"|"envoye"|"accepte"|"refuse", "montant", "envoye_le"}
commande = {"id", "version", "numero", "affaire", "etat": "en_cours"|"livree"|"annulee", "montant", "cree_le"}

Writing `corps` (only what changes):
- plain values replace (`null` empties); `roles` of a tiers and of a contact link are plain values, given whole;
- telephones, emails, urls, adresses, collaborateurs: an element with `id` is changed in place (only its keys named),
  one without is added, `{"id": "t1", "supprimer": true}` removes it;
- tiers.contacts: an element is known by `contact`: `{"contact": "c12", "roles": […]}` adds or changes the link,
  `{"contact": "c12", "supprimer": true}` removes it. It is the same link as in contact.tiers, seen from the other end:
  both records change;
- references_externes, contact.tiers, affaire.contacts: a text is added, `{"id": "<text>", "supprimer": true}` removes;
- champs_personnalises: only the codes named change.
Read only: id, version, bloque, jalons, cree_le, modifie_le, modifie_par. `nature` is given once, at creation.
`jalons` is derived: "devis_envoye" (a devis was sent), "commande" (a commande not cancelled), "terminee" (état).

Errors: {"erreur": {"code": "…", "message": "phrase en français", "champs": {"siret": "…"}, "porteur": "501"?}}.
Field paths name the place in `corps`: "siret", "telephones[0].type", "champs_personnalises.PIPE".
Codes: non_autorise 401 · utilisateur_refuse 403 · introuvable 404 · reference_prise 409 (`porteur`: who bears it) ·
siret_existant 409 (`porteur`) · tiers_bloque 409 · curseur_expire 410 · version_perimee 412 · invalide 422.
"""

API = "/api/v1"
USER_HEADER = "X-Altior-Utilisateur"
BULK = 100
