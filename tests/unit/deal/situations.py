"""The situations of a deal, as data: the tests execute them and `docs/reference/situations.fr.md` is made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

STEPS = {
    "contact": "Prise de contact",
    "proposition": "Proposition envoyée",
    "negociation": "Négociation",
    "relance": "Relance",
    "commande": "Commande signée",
    "livraison": "Livraison",
}
COMMERCIAL, MAJOR, OTHER = "Commercial", "Grands comptes", "Marchés publics"
ALL = {1: "proposition", 2: "negociation", 3: "commande", 4: "livraison"}


@dataclass(frozen=True, slots=True)
class Configuration:
    """`events`: of the pipeline «Commercial». «Grands comptes» is configured too, in another établissement."""

    title: str = "Les quatre événements"
    events: Mapping[int, str] = field(default_factory=lambda: dict(ALL))
    takes: bool = True
    directions: Mapping[int, str] = field(default_factory=dict)


FOUR = Configuration()
NO_IMPORT = Configuration("Import des opportunités : Non", takes=False)
ONE = Configuration("Événement 1 seul", {1: "proposition"})
ONE_AND_THREE = Configuration("Événements 1 et 3", {1: "proposition", 3: "commande"})
ONE_AND_FOUR = Configuration("Événements 1 et 4", {1: "proposition", 4: "livraison"})
TWO_BOTH = Configuration("Événement 2 dans les deux sens", directions={2: "both"})
THREE_DOWN = Configuration("Événement 3 vers Altior seulement", directions={3: "to_altior"})
THREE_UP = Configuration("Événement 3 vers Sellsy seulement", directions={3: "to_sellsy"})


@dataclass(frozen=True, slots=True)
class Deal:
    """An opportunity. `steps`: as Sellsy shows them: «as approved», «reordered», «one more». `moved`: the step is one
    that was added since. `sa`: of its third party: «Oui», «vide», «Non», «retirée» (once at Oui, then unticked)."""

    step: str = "proposition"
    status: str = "open"
    pipeline: str = COMMERCIAL
    steps: str = "as approved"
    old: bool = False
    third_party: bool = True
    paired: bool = True
    sa: str = "Oui"
    let_in: bool = False
    unlinked: bool = False
    other_client: bool = False


@dataclass(frozen=True, slots=True)
class Affaire:
    etat: str = "en_cours"
    devis: str = ""
    """«brouillon» or «envoye»; empty: none."""
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """What the pair remembers. `fired`: the latest event fired on both sides. `status`: last agreed."""

    fired: int = 1
    status: str = "open"
    won: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """`action`: create, exclude, ask, wait; empty for a pair. `sellsy`, `altior`: what is written. `cards`: codes."""

    action: str = ""
    code: str = ""
    sellsy: Mapping[str, str | bool] = field(default_factory=dict)
    altior: Mapping[str, str] = field(default_factory=dict)
    cards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """`affaire` None: there is none yet. `typed`: name of an affaire of the same tiers typed by hand in Altior."""

    title: str
    deal: Deal
    outcome: Outcome
    affaire: Affaire | None = None
    before: Before = Before()
    configuration: Configuration = FOUR
    typed: str = ""


def out(code: str) -> Outcome:
    return Outcome("exclude", code)


CREATE, WAIT, NOTHING = Outcome("create"), Outcome("wait", "deal_third_party"), Outcome()

WITHOUT: tuple[Situation, ...] = (
    Situation("Avant l'étape de l'événement 1", Deal("contact"), out("before_event_1")),
    Situation("À l'étape de l'événement 1", Deal(), CREATE),
    Situation("Au-delà, entre deux événements", Deal("relance"), CREATE),
    Situation("À l'étape de la commande", Deal("commande"), CREATE),
    Situation("Gagnée sans avoir avancé", Deal("contact", "won"), CREATE),
    Situation("En retard : lue comme en cours", Deal(status="late"), CREATE),
    Situation("Perdue avant toute affaire", Deal(status="lost"), out("lost_before_affaire")),
    Situation("Annulée avant toute affaire", Deal("contact", "cancelled"), out("lost_before_affaire")),
    Situation("Statut « closed », de sens inconnu", Deal(status="closed"), out("status_before_affaire")),
    Situation("Pipeline non configuré", Deal(pipeline=OTHER), out("pipeline_not_configured")),
    Situation("Étapes du pipeline réordonnées", Deal(steps="reordered"), out("pipeline_paused")),
    Situation("Étape ajoutée au pipeline depuis la validation", Deal(steps="one more"), out("pipeline_paused")),
    Situation("Existait avant, import Oui", Deal(old=True), CREATE),
    Situation("Existait avant, import Non", Deal(old=True), out("deal_out_of_scope"), configuration=NO_IMPORT),
    Situation("Nouvelle, import Non", Deal(), CREATE, configuration=NO_IMPORT),
    Situation(
        "Existait avant, import Non, admise par une personne",
        Deal(old=True, let_in=True),
        CREATE,
        configuration=NO_IMPORT,
    ),
    Situation("Sans société ni particulier", Deal(third_party=False), out("deal_without_third_party")),
    Situation("Tiers absent d'Altior, « Synchronisation Altior » vide", Deal(paired=False, sa="vide"), WAIT),
    Situation("Tiers absent d'Altior, « Synchronisation Altior » à Non", Deal(paired=False, sa="Non"), WAIT),
    Situation("Tiers absent d'Altior, déjà à Oui", Deal(paired=False), WAIT),
    Situation("Tiers lié mais figé, jamais passé à Oui", Deal(sa="vide"), WAIT),
    Situation(
        "Tiers retiré de la synchronisation par une personne",
        Deal(sa="retirée"),
        Outcome("ask", "third_party_taken_back"),
    ),
    Situation(
        "Tiers retiré, et absent d'Altior",
        Deal(paired=False, sa="retirée"),
        Outcome("ask", "third_party_taken_back"),
    ),
    Situation(
        "Premier import : une affaire du même tiers au nom proche",
        Deal(old=True),
        Outcome("ask", "affaire_alike"),
        typed="Renovation bureaux",
    ),
    Situation("Premier import : une affaire du même tiers, tout autre", Deal(old=True), CREATE, typed="Toiture"),
    Situation("Après l'activation : aucune affaire n'est suggérée", Deal(), CREATE, typed="Rénovation des bureaux"),
    Situation("Déliée par une personne", Deal(unlinked=True), out("unlinked")),
)

WITH: tuple[Situation, ...] = (
    Situation("Rien de nouveau", Deal(), NOTHING, Affaire()),
    Situation("Étape du devis : ce sens n'est pas permis, personne n'invente un devis", Deal("negociation"), NOTHING,
              Affaire()),
    Situation("Étape de la commande : l'événement 2, sauté, ne bloque pas", Deal("commande"),
              Outcome(altior={"etat": "gagnee"}), Affaire()),
    Situation("Gagnée sans changer d'étape", Deal(status="won"), Outcome(altior={"etat": "gagnee"}), Affaire()),
    Situation("Gagnée depuis la première étape", Deal("contact", "won"), Outcome(altior={"etat": "gagnee"}), Affaire()),
    Situation("Étape de clôture", Deal("livraison"), Outcome(altior={"etat": "terminee"}), Affaire()),
    Situation("Étape de clôture, affaire déjà gagnée", Deal("livraison"), Outcome(altior={"etat": "terminee"}),
              Affaire("gagnee"), Before(3)),
    Situation("Devis en brouillon", Deal(), NOTHING, Affaire(devis="brouillon")),
    Situation("Devis envoyé", Deal(), Outcome(sellsy={"step": "negociation"}), Affaire(devis="envoye")),
    Situation("Devis envoyé, l'opportunité y est déjà", Deal("negociation"), NOTHING, Affaire(devis="envoye")),
    Situation("Devis envoyé, l'opportunité est plus loin", Deal("relance"), NOTHING, Affaire(devis="envoye")),
    Situation("Commande dans Altior", Deal(), Outcome(sellsy={"step": "commande", "won": True}), Affaire(ordered=True)),
    Situation("Commande après un devis", Deal("negociation"), Outcome(sellsy={"step": "commande", "won": True}),
              Affaire("gagnee", "envoye", True), Before(2)),
    Situation("Affaire gagnée à la main, sans commande", Deal(), Outcome(sellsy={"step": "commande", "won": True}),
              Affaire("gagnee")),
    Situation("Commande qui arrive quand l'opportunité est déjà à cette étape", Deal("commande"),
              Outcome(sellsy={"won": True}), Affaire("gagnee", ordered=True), Before(3)),
    Situation("La même, rouverte ensuite par une personne", Deal("commande"), NOTHING,
              Affaire("gagnee", ordered=True), Before(3, won=True)),
    Situation("Gagnée des deux côtés", Deal("commande", "won"), NOTHING, Affaire("gagnee", ordered=True)),
    Situation("Affaire terminée sans commande", Deal(), Outcome(sellsy={"step": "livraison"}), Affaire("terminee")),
    Situation("Affaire terminée avec sa commande", Deal(), Outcome(sellsy={"step": "livraison", "won": True}),
              Affaire("terminee", ordered=True)),
    Situation("Carte ramenée avant le devis", Deal("contact"), Outcome(code="recul"), Affaire(devis="envoye"),
              Before(2)),
    Situation("Carte ramenée après la commande", Deal(), Outcome(code="recul"), Affaire("gagnee"), Before(3, won=True)),
    Situation("Affaire remise en cours après la commande", Deal("commande"), Outcome(code="recul"), Affaire(),
              Before(3, won=True)),
    Situation("Carte ramenée après le devis, puis une commande arrive", Deal(),
              Outcome(sellsy={"step": "commande", "won": True}), Affaire("gagnee", "envoye", True), Before(2)),
    Situation("Carte ramenée avant l'événement 1 : l'affaire reste", Deal("contact"), Outcome(code="recul"), Affaire()),
    Situation("Perdue dans Sellsy", Deal(status="lost"), Outcome(altior={"status": "lost"}), Affaire()),
    Situation("Annulée dans Sellsy", Deal(status="cancelled"), Outcome(altior={"status": "cancelled"}), Affaire()),
    Situation("Perdue dans Altior", Deal(), Outcome(sellsy={"status": "lost"}), Affaire("perdue")),
    Situation("Annulée dans Altior", Deal(), Outcome(sellsy={"status": "cancelled"}), Affaire("annulee")),
    Situation("Perdue dans Sellsy contre une commande", Deal(status="lost"), Outcome(cards=("order_against_lost",)),
              Affaire("gagnee", ordered=True)),
    Situation("Perdue dans Sellsy contre une affaire gagnée", Deal("commande", "lost"),
              Outcome(cards=("order_against_lost",)), Affaire("gagnee"), Before(3)),
    Situation("Gagnée dans Sellsy pendant que l'affaire est perdue dans Altior", Deal(status="won"),
              Outcome(cards=("won_against_lost",)), Affaire("perdue")),
    Situation("Perdue dans Altior après avoir été gagnée des deux côtés", Deal("commande", "won"),
              Outcome(sellsy={"status": "lost"}), Affaire("perdue"), Before(3, won=True)),
    Situation("Rouverte et gagnée dans Sellsy : l'affaire reprend, la commande suit au regard suivant",
              Deal(status="won"), Outcome(altior={"status": "open"}), Affaire("perdue"), Before(status="lost")),
    Situation("Perdue des deux côtés : un devis n'y change rien", Deal(status="lost"), NOTHING,
              Affaire("perdue", "envoye"), Before(status="lost")),
    Situation("Perdue à l'étape de la commande : rien n'est gagné", Deal("commande", "lost"),
              Outcome(altior={"status": "lost"}), Affaire()),
    Situation("Rouverte dans Sellsy", Deal(), Outcome(altior={"status": "open"}), Affaire("perdue"),
              Before(status="lost")),
    Situation("Rouverte dans Altior", Deal(status="lost"), Outcome(sellsy={"status": "open"}), Affaire(),
              Before(status="lost")),
    Situation("En retard : lue comme en cours", Deal(status="late"), NOTHING, Affaire()),
    Situation("Statut « closed », de sens inconnu", Deal(status="closed"), Outcome(cards=("deal_status",)), Affaire()),
    Situation("Passée dans un pipeline d'un autre établissement", Deal(pipeline=MAJOR),
              Outcome(cards=("other_establishment",)), Affaire()),
    Situation("Passée dans un pipeline non configuré", Deal(pipeline=OTHER),
              Outcome(code="pipeline_not_configured"), Affaire(devis="envoye")),
    Situation("Étapes du pipeline réordonnées : rien ne se déclenche", Deal("commande", steps="reordered"),
              Outcome(code="pipeline_paused"), Affaire()),
    Situation("Étape ajoutée au pipeline", Deal("commande", steps="one more"), Outcome(code="pipeline_paused"),
              Affaire()),
    Situation("Client changé, sans devis", Deal(other_client=True), Outcome(altior={"third_party": "other"}),
              Affaire()),
    Situation("Client changé alors qu'un devis existe", Deal(other_client=True), Outcome(cards=("client_changed",)),
              Affaire(devis="brouillon")),
    Situation("Événement 2 non configuré", Deal(), NOTHING, Affaire(devis="envoye"), configuration=ONE_AND_THREE),
    Situation("Événement 3 non configuré, gagnée dans Sellsy", Deal(status="won"), NOTHING, Affaire(),
              configuration=ONE),
    Situation("Événement 3 non configuré, commande dans Altior", Deal(), NOTHING, Affaire("gagnee", ordered=True),
              configuration=ONE_AND_FOUR),
    Situation("Événement 2 permis vers Altior : il n'y a rien à y écrire", Deal("negociation"), NOTHING, Affaire(),
              configuration=TWO_BOTH),
    Situation("Commande, vers Altior seulement : l'étape du devis est atteinte", Deal(),
              Outcome(sellsy={"step": "negociation"}), Affaire("gagnee", ordered=True), configuration=THREE_DOWN),
    Situation("Étape de la commande, vers Sellsy seulement", Deal("commande"), NOTHING, Affaire(),
              configuration=THREE_UP),
)  # fmt: skip
