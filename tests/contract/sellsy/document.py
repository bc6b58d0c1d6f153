"""Sellsy's own OpenAPI document as a judge of requests. Stricter than the letter of it where a client must be:

a property that the document does not name is refused, and so is one that it calls read-only.
"""

import os
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs
import yaml

ROOT = Path(__file__).parents[3]
PATH = Path(os.environ.get("SELLSY_OPENAPI", ROOT.parent / "shared" / "sellsy" / "openapi-2.264.0.yaml"))

_NOT_SCHEMA = {
    "example",
    "examples",
    "description",
    "title",
    "readOnly",
    "nullable",
    "deprecated",
    "discriminator",
    "xml",
}
_INTEGER = re.compile(r"-?\d+")


class Document:
    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self._routes = [
            (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), path.count("{"), item)
            for path, item in data["paths"].items()
        ]
        self._validators: dict[int, Any] = {}

    @classmethod
    def load(cls) -> "Document":
        with PATH.open(encoding="utf-8") as file:
            return cls(yaml.load(file, Loader=yaml.CSafeLoader))

    def follow(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            target: Any = self._data
            for part in node["$ref"].removeprefix("#/").split("/"):
                key = unquote(part).replace("~1", "/").replace("~0", "~")
                target = target[int(key)] if isinstance(target, list) else target[key]
            node = target
        return node

    def operation(self, method: str, path: str) -> dict[str, Any]:
        """Literal segments win over templated ones, as on the server."""
        found = [(holes, item) for route, holes, item in self._routes if route.fullmatch(path)]
        for _, item in sorted(found, key=lambda each: each[0]):
            if method.lower() in item:
                own = item[method.lower()]
                return {**own, "parameters": [*own.get("parameters", []), *item.get("parameters", [])]}
        raise AssertionError(f"Sellsy's document has no {method} {path}")

    def parameters(self, operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
        followed = (self.follow(parameter) for parameter in operation["parameters"])
        return {parameter["name"]: parameter for parameter in followed if parameter["in"] == "query"}

    def body_schema(self, operation: dict[str, Any]) -> tuple[Any, bool]:
        """(schema of the JSON body or None, required)."""
        body = self.follow(operation.get("requestBody", {}))
        media = body.get("content", {}).get("application/json")
        return (media["schema"] if media else None), bool(body.get("required"))

    def json_schema(self, node: Any, *, inside: bool = False, depth: int = 0) -> Any:
        """OpenAPI 3.0 → JSON Schema 2020-12; objects are closed."""
        node = self.follow(node)
        if not isinstance(node, dict) or depth > 12:
            return True
        if node.get("readOnly"):
            return False
        out: dict[str, Any] = {}
        for key, value in node.items():
            if key in _NOT_SCHEMA or key.startswith("x-"):
                continue
            if key == "properties":
                out[key] = {name: self.json_schema(item, depth=depth + 1) for name, item in value.items()}
            elif key in ("allOf", "anyOf", "oneOf"):
                nested = inside or key == "allOf"
                out[key] = [self.json_schema(item, inside=nested, depth=depth + 1) for item in value]
            elif key in ("items", "not"):
                out[key] = self.json_schema(value, depth=depth + 1)
            elif key == "additionalProperties":
                if inside and value is False:
                    continue  # closed as a whole, by the object that holds the parts
                out[key] = self.json_schema(value, depth=depth + 1) if isinstance(value, dict) else value
            elif key == "required" and not isinstance(value, list):
                continue
            else:
                out[key] = value
        if ("properties" in out or "allOf" in out) and not inside and "additionalProperties" not in out:
            out["unevaluatedProperties"] = False
        return {"anyOf": [{"type": "null"}, out]} if node.get("nullable") else out

    def complaints(self, schema: Any, value: Any) -> list[str]:
        validator = self._validators.get(id(schema))
        if validator is None:
            validator = jsonschema_rs.Draft202012Validator(self.json_schema(schema), validate_formats=True)
            self._validators[id(schema)] = validator
        return [f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(value)]

    def check_request(self, method: str, path: str, query: Iterable[tuple[str, str]], body: Any) -> list[str]:
        """What Sellsy's document has against this request; empty when nothing."""
        operation = self.operation(method, path)
        found = self._check_query(operation, list(query))
        schema, required = self.body_schema(operation)
        if body is None:
            return [*found, "body: required"] if required else found
        if schema is None:
            return [*found, "body: none is documented"]
        return [*found, *(f"body {complaint}" for complaint in self.complaints(schema, body))]

    def _check_query(self, operation: dict[str, Any], query: list[tuple[str, str]]) -> list[str]:
        known = self.parameters(operation)
        found = []
        values: dict[str, Any] = {}
        for key, text in query:
            name = key.removesuffix("[]")
            if name not in known:
                found.append(f"query {key}: unknown here")
                continue
            is_list = self.follow(known[name]["schema"]).get("type") == "array"
            if is_list != key.endswith("[]"):
                found.append(f"query {key}: brackets are for lists, and lists need them")
            elif is_list:
                values.setdefault(name, []).append(text)
            elif name in values:
                found.append(f"query {key}: given twice")
            else:
                values[name] = int(text) if self._is_number(known[name]["schema"], text) else text
        for name, value in values.items():
            found += [f"query {name} {complaint}" for complaint in self.complaints(known[name]["schema"], value)]
        return found

    def _is_number(self, schema: Any, text: str) -> bool:
        return self.follow(schema).get("type") == "integer" and _INTEGER.fullmatch(text) is not None

    @cached_property
    def version(self) -> str:
        return str(self._data["info"]["version"])
