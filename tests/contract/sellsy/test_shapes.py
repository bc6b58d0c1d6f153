"""Our write shapes against Sellsy's: no property it has not, no null it refuses, no length it would not take."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from altior_sellsy.sellsy import writes
from tests.contract.sellsy.document import Document

BODIES = [
    ("POST", "/companies", writes.CompanyCreate),
    ("PUT", "/companies/1", writes.CompanyUpdate),
    ("POST", "/companies/1/convert", writes.Convert),
    ("POST", "/individuals", writes.IndividualCreate),
    ("PUT", "/individuals/1", writes.IndividualUpdate),
    ("POST", "/contacts", writes.ContactCreate),
    ("PUT", "/contacts/1", writes.ContactUpdate),
    ("POST", "/companies/1/addresses", writes.AddressCreate),
    ("PUT", "/companies/1/addresses/2", writes.AddressUpdate),
    ("POST", "/contacts/1/addresses", writes.AddressCreate),
    ("PUT", "/individuals/1/addresses/2", writes.AddressUpdate),
    ("PUT", "/opportunities/1", writes.OpportunityUpdate),
    ("PATCH", "/opportunities/1", writes.OpportunityPatch),
    ("POST", "/companies/1/contacts/2", writes.Roles),
    ("PUT", "/companies/1/contacts/2", writes.Roles),
]
FILTERS = [
    ("/companies/search", writes.CompanyFilters),
    ("/individuals/search", writes.IndividualFilters),
    ("/contacts/search", writes.ContactFilters),
    ("/opportunities/search", writes.OpportunityFilters),
]


def theirs(document: Document, node: Any) -> dict[str, Any]:
    """Sellsy's schema with its `allOf` folded: later parts win, as a server that applies all of them would have it."""
    node = document.follow(node)
    folded = {key: value for key, value in node.items() if key != "allOf"}
    for part in node.get("allOf", []):
        inner = theirs(document, part)
        properties = {**folded.get("properties", {}), **inner.get("properties", {})}
        required = [*folded.get("required", []), *inner.get("required", [])]
        folded = {**folded, **inner, "properties": properties, "required": required}
    return folded


def parts(schema: dict[str, Any], definitions: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """Our schema without null: its alternatives, and whether null is one of them."""
    if "$ref" in schema:
        return parts(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    alternatives = schema.get("anyOf", [schema])
    return [each for each in alternatives if each.get("type") != "null"], len(alternatives) > 1 and any(
        each.get("type") == "null" for each in alternatives
    )


def compare(document: Document, ours: dict[str, Any], definitions: dict[str, Any], node: Any, path: str) -> list[str]:
    found: list[str] = []
    other = theirs(document, node)
    if "oneOf" in other or "anyOf" in other:
        return found  # judged by whole requests
    if other.get("readOnly"):
        found.append(f"{path}: read-only there")
    alternatives, nullable = parts(ours, definitions)
    if nullable and not other.get("nullable"):
        found.append(f"{path}: null is refused there")
    for each in alternatives:
        if "$ref" in each:
            each = definitions[each["$ref"].rpartition("/")[2]]
        found += compare_one(document, each, definitions, other, path)
    return found


def compare_one(
    document: Document, ours: dict[str, Any], definitions: dict[str, Any], other: dict[str, Any], path: str
) -> list[str]:
    found = []
    for bound, worse in (("maxLength", lambda a, b: a is None or a > b), ("minLength", lambda a, b: (a or 0) < b)):
        if bound in other and worse(ours.get(bound), other[bound]) and "format" not in ours:
            found.append(f"{path}: {bound} {ours.get(bound)} against {other[bound]}")
    for bound in ("minimum", "minItems"):
        if bound in other and ours.get("type") != "string" and (ours.get(bound) is None or ours[bound] < other[bound]):
            found.append(f"{path}: {bound} {ours.get(bound)} against {other[bound]}")
    if "enum" in other and not set(ours.get("enum", [ours.get("const")])) <= set(other["enum"]):
        found.append(f"{path}: {ours.get('enum', ours.get('const'))} against {other['enum']}")
    if ours.get("properties") and "properties" in other:
        for name, schema in ours["properties"].items():
            if name not in other["properties"]:
                found.append(f"{path}.{name}: unknown there")
            else:
                found += compare(document, schema, definitions, other["properties"][name], f"{path}.{name}")
        missing = set(other.get("required") or []) - set(ours.get("required", []))
        found += [f"{path}.{name}: required there" for name in sorted(missing)]
    if "items" in ours and "items" in other:
        found += compare(document, ours["items"], definitions, other["items"], f"{path}[]")
    return found


def judge(document: Document, shape: Any, node: Any) -> list[str]:
    schema = TypeAdapter(shape).json_schema(mode="validation")
    return compare(document, schema, schema.get("$defs", {}), node, "")


@pytest.mark.parametrize(("method", "path", "shape"), BODIES)
def test_a_body_is_no_wider_than_sellsys(document: Document, method: str, path: str, shape: Any):
    node, _ = document.body_schema(document.operation(method, path))
    assert judge(document, shape, node) == []


@pytest.mark.parametrize(("path", "shape"), FILTERS)
def test_filters_are_no_wider_than_sellsys(document: Document, path: str, shape: Any):
    node, _ = document.body_schema(document.operation("POST", path))
    assert judge(document, shape, theirs(document, node)["properties"]["filters"]) == []


def test_the_comparison_can_fail(document: Document):
    node, _ = document.body_schema(document.operation("PUT", "/companies/1"))
    assert judge(document, writes.CompanyCreate, node) == [".type: unknown there", ".created: unknown there"]
    node, _ = document.body_schema(document.operation("POST", "/companies"))
    assert judge(document, writes.CompanyUpdate, node) == [".name: required there", ".type: required there"]
    node, _ = document.body_schema(document.operation("POST", "/contacts"))
    assert ".last_name: maxLength 250 against 200" in judge(document, dict_of("last_name", writes.Text250), node)


def dict_of(name: str, kind: Any) -> Any:
    from typing_extensions import TypedDict

    return TypedDict("Odd", {name: kind})  # type: ignore[operator]
