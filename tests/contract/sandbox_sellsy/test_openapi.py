"""The stand-in's answers against Sellsy's own OpenAPI document: valid by its schemas, and without undocumented keys."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs
import pytest
import yaml

from altior_sellsy.sandbox.sellsy.app import Options, serve
from tests.unit.sandbox_sellsy.conftest import Api

DOCUMENT = Path(__file__).parents[4] / "shared" / "sellsy" / "openapi-2.264.0.yaml"
BEYOND = {"rgpd_consent", "related_objects"}
"""Keys that recordings show and the document does not have (FACTS 5)."""
ALSO_OURS = {"name", "type"}
"""A favourite filter's label is `type` in the document and `name` too in ours; an embedded owner has a type."""

Schema = dict[str, Any]


class Document:
    def __init__(self, raw: Schema) -> None:
        self.raw = raw
        self.definitions: dict[str, Any] = {}
        """Plain schemas of the references met so far (they point into each other)."""
        self._names: dict[str, str] = {}

    def schema(self, method: str, path: str, status: int) -> Schema:
        answer = self.resolve(self.raw["paths"][path][method.lower()]["responses"][str(status)])
        media: Schema = answer["content"]["application/json"]["schema"]
        return media

    def resolve(self, schema: Any) -> Any:
        while isinstance(schema, dict) and "$ref" in schema:
            found: Any = self.raw
            for part in schema["$ref"].removeprefix("#/").split("/"):
                key = unquote(part).replace("~1", "/").replace("~0", "~")
                found = found[int(key)] if isinstance(found, list) else found[key]
            schema = found
        return schema

    def problems(self, schema: Schema, value: Any) -> list[str]:
        root = self.plain(schema)
        validator = jsonschema_rs.Draft4Validator({**root, "definitions": self.definitions})
        found = [f"{error.instance_path}: {error.message[:300]}" for error in validator.iter_errors(value)]
        return found + [f"undocumented: {path}" for path in self.undocumented(schema, value)]

    def undocumented(self, schema: Any, value: Any, path: str = "") -> list[str]:
        if isinstance(value, list):
            items = [inner for part in self.parts(schema) if (inner := part.get("items"))]
            return [p for item in value for inner in items for p in self.undocumented(inner, item, f"{path}[]")]
        if not isinstance(value, dict):
            return []
        known: dict[str, list[Any]] = {}
        free = False
        for part in self.parts(schema):
            free = free or isinstance(part.get("additionalProperties"), dict)
            for name, inner in part.get("properties", {}).items():
                known.setdefault(name, []).append(inner)
        if free or not known:
            return []
        unknown = [f"{path}.{name}" for name in value if name not in known and name not in BEYOND | ALSO_OURS]
        merged = {name: {"anyOf": inner} for name, inner in known.items()}
        return unknown + [
            p
            for name, item in value.items()
            if name in known
            for p in self.undocumented(merged[name], item, f"{path}.{name}")
        ]

    def plain(self, schema: Any) -> Any:
        """JSON Schema from OpenAPI 3.0: `nullable` becomes a type; `additionalProperties: false` goes, since the
        document puts it beside `allOf`, where nothing would be valid; `oneOf` is read as `anyOf`, its branches
        overlap."""
        if isinstance(schema, list):
            return [self.plain(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            return {"allOf": [{"$ref": f"#/definitions/{self._named(schema['$ref'])}"}]}
        plain = {
            ("anyOf" if name == "oneOf" else name): self.plain(value)
            for name, value in schema.items()
            if name not in ("nullable", "example", "discriminator", "format")
            and not (name == "additionalProperties" and value is False)
        }
        return {"anyOf": [plain, {"enum": [None]}]} if schema.get("nullable") is True else plain

    def _named(self, reference: str) -> str:
        if reference not in self._names:
            self._names[reference] = name = f"d{len(self._names)}"
            self.definitions[name] = self.plain(self.resolve({"$ref": reference}))
        return self._names[reference]

    def parts(self, schema: Any) -> Iterator[Schema]:
        """The schema and all that it is composed of."""
        schema = self.resolve(schema)
        yield schema
        for word in ("allOf", "anyOf", "oneOf"):
            for inner in schema.get(word, ()):
                yield from self.parts(inner)


@pytest.fixture(scope="module")
def document() -> Document:
    if not DOCUMENT.exists():
        pytest.skip("Sellsy's OpenAPI document is not beside this checkout")
    return Document(yaml.load(DOCUMENT.read_bytes(), Loader=yaml.CSafeLoader))


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with serve(Options(size=24, seed=5)) as sandbox:
        api = Api(sandbox.url)
        api.login()
        api.door("PUT", "/records/individuals/3001/contacts/5001", {})
        api.call("POST", "/webhooks", {"endpoint": "http://127.0.0.1:1/x", "sign_key": "k", "name": "n"})
        yield api


THIRD_EMBEDS = [
    "invoicing_address",
    "delivery_address",
    "main_contact",
    "dunning_contact",
    "invoicing_contact",
    "opportunities",
    "estimates",
    "invoices",
    "orders",
    "deliveries",
    "acl",
    "smart_tags",
    "owner",
    "cf.501",
]
CONTACT_EMBEDS = [name for name in THIRD_EMBEDS if not name.endswith("_contact") and name != "acl"]
"""`acl` may be asked for with a list of contacts, but the answer's schema forgets it."""
DEAL_EMBEDS = ["company", "contacts", "assigned_staffs", "currency", "acl", "smart_tags", "estimates", "proformas"]
ADDRESS = {"name": "Siège", "address_line_1": "1", "postal_code": "44000", "city": "Nantes", "country_code": "FR"}
RELATED = [{"type": "company", "id": 3001}]
CONVERT = {"target": "client", "also_enable_custom_fields_on_target": {"mode": "none"}}
HOOK = {"endpoint": "http://127.0.0.1:1/y", "configuration": [{"id": "client.updated"}]}
NO_FILTERS: dict[str, Any] = {"filters": {}}

CALLS: list[tuple[str, str, str, Any, list[str]]] = [
    ("GET", "/companies", "", None, THIRD_EMBEDS),
    ("GET", "/companies/{id}", "/companies/3001", None, THIRD_EMBEDS),
    ("POST", "/companies", "", {"type": "prospect", "name": "A", "business_segment": 1, "number_of_employees": 2}, []),
    ("PUT", "/companies/{id}", "/companies/3002", {"note": "x"}, []),
    ("POST", "/companies/search", "", NO_FILTERS, THIRD_EMBEDS),
    ("POST", "/companies/{id}/convert", "/companies/3025/convert", CONVERT, []),
    ("GET", "/companies/{companyId}/addresses", "/companies/3001/addresses", None, []),
    ("POST", "/companies/{companyId}/addresses", "/companies/3001/addresses", ADDRESS, []),
    ("GET", "/companies/{companyId}/addresses/{id}", "/companies/3001/addresses/20001", None, []),
    ("PUT", "/companies/{companyId}/addresses/{id}", "/companies/3001/addresses/20001", {"city": "Rezé"}, []),
    ("GET", "/companies/{id}/contacts", "/companies/3001/contacts", None, CONTACT_EMBEDS),
    ("GET", "/companies/{id}/custom-fields", "/companies/3001/custom-fields", None, []),
    ("GET", "/companies/favourite-filters", "", None, []),
    ("GET", "/individuals", "", None, THIRD_EMBEDS),
    ("GET", "/individuals/{id}", "/individuals/3001", None, THIRD_EMBEDS),
    ("POST", "/individuals", "", {"type": "client", "last_name": "A"}, []),
    ("PUT", "/individuals/{id}", "/individuals/3001", {"first_name": "B"}, []),
    ("POST", "/individuals/search", "", NO_FILTERS, THIRD_EMBEDS),
    ("GET", "/individuals/{individualId}/addresses", "/individuals/3001/addresses", None, []),
    ("GET", "/individuals/{id}/contacts", "/individuals/3001/contacts", None, []),
    ("GET", "/individuals/{id}/custom-fields", "/individuals/3001/custom-fields", None, []),
    ("GET", "/contacts", "", None, CONTACT_EMBEDS),
    ("GET", "/contacts/{id}", "/contacts/5001", None, CONTACT_EMBEDS),
    ("POST", "/contacts", "", {"last_name": "A"}, []),
    ("PUT", "/contacts/{id}", "/contacts/5001", {"position": "B"}, []),
    ("POST", "/contacts/search", "", NO_FILTERS, CONTACT_EMBEDS),
    ("GET", "/contacts/{id}/companies", "/contacts/5001/companies", None, THIRD_EMBEDS),
    ("GET", "/contacts/{contactId}/custom-fields", "/contacts/5001/custom-fields", None, []),
    ("POST", "/contacts/{contactId}/addresses", "/contacts/5001/addresses", ADDRESS, []),
    ("GET", "/opportunities", "", None, DEAL_EMBEDS),
    ("GET", "/opportunities/{id}", "/opportunities/101", None, DEAL_EMBEDS),
    ("POST", "/opportunities", "", {"name": "D", "pipeline": 11, "step": 1101, "related": RELATED}, []),
    ("PUT", "/opportunities/{id}", "/opportunities/101", {"status": "won"}, []),
    ("POST", "/opportunities/search", "", NO_FILTERS, DEAL_EMBEDS),
    ("GET", "/opportunities/pipelines", "", None, []),
    ("GET", "/opportunities/pipelines/{pipelineId}/steps", "/opportunities/pipelines/11/steps", None, []),
    ("POST", "/opportunities/steps/search", "", NO_FILTERS, ["opportunities_number"]),
    ("GET", "/opportunities/sources", "", None, []),
    ("GET", "/custom-fields", "", None, []),
    ("GET", "/custom-fields/{id}", "/custom-fields/501", None, []),
    ("POST", "/custom-fields/search", "", NO_FILTERS, []),
    ("GET", "/staffs", "", None, []),
    ("GET", "/staffs/{id}", "/staffs/101", None, ["profile", "account", "user"]),
    ("POST", "/staffs/search", "", {"filters": {"status": ["ok"]}}, []),
    ("GET", "/clients", "", None, []),
    ("GET", "/quotas", "", None, []),
    ("GET", "/scopes", "", None, []),
    ("GET", "/webhooks", "", None, []),
    ("GET", "/webhooks/{id}", "/webhooks/801", None, []),
    ("POST", "/webhooks", "", HOOK, []),
    ("PUT", "/webhooks/{id}", "/webhooks/801", {"is_enabled": False}, []),
    ("GET", "/webhooks/events", "", None, []),
]


@pytest.mark.parametrize(("method", "path", "real", "body", "embeds"), CALLS, ids=lambda value: str(value)[:40])
def test_an_answer_is_as_documented(
    document: Document, api: Api, method: str, path: str, real: str, body: Any, embeds: list[str]
) -> None:
    answer = api.call(method, real or path, body, **({"embed[]": embeds} if embeds else {}))
    assert answer.is_success, answer.text
    shown = answer.json()
    assert document.problems(document.schema(method, path, answer.status_code), shown) == []
    if isinstance(shown, Mapping) and "data" in shown:
        assert shown["data"], "an empty list proves nothing"


def test_the_check_itself_finds_faults(document: Document, api: Api) -> None:
    schema = document.schema("GET", "/companies/{id}", 200)
    shown = api.get("/companies/3001")
    assert document.problems(schema, {**shown, "name": 5})
    assert document.problems(schema, {**shown, "type": "customer"})
    assert document.problems(schema, {**shown, "legal_france": {**shown["legal_france"], "sirret": "1"}})
