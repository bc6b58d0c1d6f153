"""What an administrator of the account has set up: people, API access, custom fields, pipelines. All can be changed at
`/_sandbox/settings`, whole lists at a time."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from altior_sellsy.sandbox.sellsy.scopes import ALL_SCOPES

Resource = Literal["companies", "individuals", "contacts", "opportunities"]
RESOURCES: tuple[Resource, ...] = ("companies", "individuals", "contacts", "opportunities")

CLIENT_ID = "670fadef-576e-47a1-9358-62784605c024"
CLIENT_SECRET = "sandbox-secret-Menuiserie-Leo"  # noqa: S105 - public on purpose: it opens a stand-in
SA = "SA"
"""Code of the custom field «Synchronisation Altior» (guide, «Champs personnalisés»)."""


class _Setting(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Account(_Setting):
    id: int = 97417
    uuid: str = "600b851b-e5c9-44f0-a66b-9b8391eff153"
    name: str = "Menuiserie Léo"
    country_code: str = "FR"
    created: str = "2020-01-01T00:00:00+01:00"


class Staff(_Setting):
    id: int
    firstname: str
    lastname: str
    email: str
    civility: Literal["mr", "mrs", "ms"] | None = None
    position: str | None = None
    status: Literal["ok", "blocked", "deleted"] = "ok"
    is_administrator: bool = False


class ApiClient(_Setting):
    """The access of the guide's «Créer un accès API»."""

    id: str = CLIENT_ID
    secret: str = CLIENT_SECRET
    name: str = "Accès Altior"
    type: Literal["public", "private", "personal", "personal_access_token"] = "personal"
    staff_id: int = 101
    delegated: bool = False
    single_login: bool = False
    scopes: list[str] = []


class CustomField(_Setting):
    id: int
    name: str
    code: str
    type: str = "boolean"
    description: str = ""
    mandatory: bool = False
    rank: int = 1
    related_objects: list[str] = []
    show_on_pdf: bool = False
    parameters: dict[str, Any] = {}


class Step(_Setting):
    id: int
    name: str
    probability: int
    rank: int


class Pipeline(_Setting):
    id: int
    name: str
    is_default: bool = False
    rank: int = 1
    steps: list[Step]

    def step(self, id: int) -> Step | None:
        return next((step for step in self.steps if step.id == id), None)


class Source(_Setting):
    id: int
    name: str
    is_default: bool = False
    is_hidden: bool = False
    category_id: int = 1
    rank: int = 1


class FavouriteFilter(_Setting):
    """A saved filter «custom field = value» of one resource: the only way to filter on a custom field."""

    id: int
    resource: Resource
    name: str
    code: str
    value: Any = True


class Settings(_Setting):
    account: Account = Account()
    client: ApiClient = ApiClient()
    staffs: list[Staff] = []
    custom_fields: list[CustomField] = []
    pipelines: list[Pipeline] = []
    sources: list[Source] = []
    favourite_filters: list[FavouriteFilter] = []

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        """Pages walk through these lists by id."""
        for known in (self.staffs, self.custom_fields, self.pipelines, self.sources, self.favourite_filters):
            known.sort(key=lambda setting: setting.id)
        return self

    def staff(self, id: int) -> Staff | None:
        return next((staff for staff in self.staffs if staff.id == id), None)

    def custom_field(self, id: int) -> CustomField | None:
        return next((field for field in self.custom_fields if field.id == id), None)

    def custom_field_by_code(self, code: str) -> CustomField | None:
        return next((field for field in self.custom_fields if field.code == code), None)

    def pipeline(self, id: int) -> Pipeline | None:
        return next((pipeline for pipeline in self.pipelines if pipeline.id == id), None)

    def default_pipeline(self) -> Pipeline:
        return next((pipeline for pipeline in self.pipelines if pipeline.is_default), self.pipelines[0])

    def source(self, id: int) -> Source | None:
        return next((source for source in self.sources if source.id == id), None)

    def default_source(self) -> Source:
        return next((source for source in self.sources if source.is_default), self.sources[0])


def default_settings() -> Settings:
    """The account «Menuiserie Léo», set up as the guide says."""
    return Settings(
        client=ApiClient(scopes=list(ALL_SCOPES)),
        staffs=[
            Staff(
                id=101,
                firstname="Claire",
                lastname="Martin",
                email="claire.martin@example.test",
                civility="mrs",
                position="Gérante",
                is_administrator=True,
            ),
            Staff(
                id=102,
                firstname="Julien",
                lastname="Petit",
                email="julien.petit@example.test",
                civility="mr",
                position="Commercial",
            ),
            Staff(
                id=103,
                firstname="Nadia",
                lastname="Ferhat",
                email="nadia.ferhat@example.test",
                civility="mrs",
                position="Chargée d'affaires",
            ),
        ],
        custom_fields=[
            CustomField(
                id=501,
                name="Synchronisation Altior",
                code=SA,
                description="Oui : cette fiche est envoyée dans Altior et reste synchronisée.",
                related_objects=["client", "prospect", "supplier", "contact"],
                parameters={"default_value": None},
            )
        ],
        pipelines=[
            Pipeline(id=11, name="Commercial", is_default=True, rank=1, steps=_steps(1101, _COMMERCIAL)),
            Pipeline(id=12, name="Grands comptes", rank=2, steps=_steps(1201, _MAJOR)),
        ],
        sources=[Source(id=1, name="Interne", is_default=True), Source(id=2, name="Site web", rank=2)],
        favourite_filters=[
            FavouriteFilter(id=number, resource=resource, name="Synchronisation Altior = Oui", code=SA)
            for number, resource in ((1, "companies"), (2, "individuals"), (3, "contacts"))
        ],
    )


_COMMERCIAL = (
    ("Prise de contact", 10),
    ("Étude du besoin", 30),
    ("Proposition envoyée", 50),
    ("Négociation", 75),
    ("Commande signée", 95),
)
_MAJOR = (
    ("Qualification", 10),
    ("Appel d'offres", 25),
    ("Soutenance", 50),
    ("Contractualisation", 80),
    ("Livraison", 100),
)


def _steps(first_id: int, steps: tuple[tuple[str, int], ...]) -> list[Step]:
    return [
        Step(id=first_id + rank, name=name, probability=probability, rank=rank)
        for rank, (name, probability) in enumerate(steps)
    ]
