"""The sample request: the company that the stand-ins hold. Its document is made again by
`form.write("examples/demande-exemple.xlsx", example.REQUEST)`."""

from altior_sellsy.request.model import EventRow, Request

REQUEST = Request(
    client="Menuiserie Léo",
    environment="Menuiserie Léo",
    referent="Bernard Sophie",
    reference_user="claire.martin@example.test",
    establishment="Menuiserie Léo",
    account_id="97417",
    client_id="670fadef-576e-47a1-9358-62784605c024",
    tiers_export=True,
    tiers_import=True,
    siret=True,
    deals_import=True,
    events={
        1: (
            EventRow(pipeline="Commercial", step="Étude du besoin", establishment="Menuiserie Léo"),
            EventRow(pipeline="Grands comptes", step="Appel d'offres", establishment="Menuiserie Léo"),
        ),
        2: (
            EventRow(pipeline="Commercial", step="Proposition envoyée"),
            EventRow(pipeline="Grands comptes", step="Soutenance"),
        ),
        3: (
            EventRow(pipeline="Commercial", step="Commande signée"),
            EventRow(pipeline="Grands comptes", step="Contractualisation"),
        ),
        4: (EventRow(pipeline="Grands comptes", step="Livraison"),),
    },
)
