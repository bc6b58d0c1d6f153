"""What the plan of a first synchronisation keeps of a record that it has read: all but its fields, in few bytes.

A hundred thousand records stand in memory until all of them are decided. What many have in common is kept once, and
texts are packed: a record then weighs about 400 bytes, where its snapshot without fields weighs 900.
"""

import marshal
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from altior_sellsy.kinds.port import Problem, Snapshot
from altior_sellsy.values.reference import Reference

_SIXTY_BITS = (1 << 60) - 1
_NOTHING: Mapping[str, Any] = {}


class Hints(NamedTuple):
    """What a record is compared by besides its name; empty where it has none. `email` and `vat`: their hash, since they
    are only compared. `siren`: of a record without a SIRET."""

    postcode: str = ""
    email: int = 0
    vat: int = 0
    siren: str = ""


NO_HINTS = Hints()


@dataclass(frozen=True, slots=True)
class _Form:
    """What many records have in common."""

    at: datetime
    gate: bool | None
    archived: bool
    listed: bool
    roles: frozenset[str]
    key_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rest:
    """What few records have."""

    stamps: frozenset[str]
    parents: tuple[Reference, ...]
    problems: Mapping[str, Problem]
    position: Mapping[str, Any]


_NO_REST = _Rest(frozenset(), (), _NOTHING, _NOTHING)


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """One record. Made by `Lights`."""

    reference: Reference
    _form: _Form
    _rest: _Rest
    _packed: bytes

    @property
    def label(self) -> str:
        return str(marshal.loads(self._packed)[0])  # noqa: S302 - packed by this very process

    @property
    def keys(self) -> Mapping[str, str]:
        if not self._form.key_names:
            return _NOTHING
        return dict(zip(self._form.key_names, marshal.loads(self._packed)[7:], strict=True))  # noqa: S302

    @property
    def gate(self) -> bool | None:
        return self._form.gate

    @property
    def archived(self) -> bool:
        return self._form.archived

    @property
    def roles(self) -> frozenset[str]:
        return self._form.roles

    @property
    def stamps(self) -> frozenset[str]:
        return self._rest.stamps

    @property
    def parents(self) -> tuple[Reference, ...]:
        return self._rest.parents

    @property
    def problems(self) -> Mapping[str, Problem]:
        return self._rest.problems

    @property
    def position(self) -> Mapping[str, Any]:
        return self._rest.position

    def told(self) -> tuple[str, Hints, Mapping[str, str]]:
        """Label, hints, keys: what twins are told by."""
        label, _, _, *rest = marshal.loads(self._packed)  # noqa: S302
        return label, Hints(*rest[:4]), dict(zip(self._form.key_names, rest[4:], strict=True))

    def snapshot(self) -> Snapshot:
        """As it was read, without fields, version, modification time and bindings."""
        label, hash, created, _, _, _, _, *keys = marshal.loads(self._packed)  # noqa: S302
        form, rest = self._form, self._rest
        return Snapshot(
            reference=self.reference,
            at=form.at,
            fields=_NOTHING,
            label=label,
            created=created,
            gate=form.gate,
            archived=form.archived,
            listed=form.listed,
            roles=form.roles,
            keys=dict(zip(form.key_names, keys, strict=True)),
            stamps=rest.stamps,
            parents=rest.parents,
            problems=rest.problems,
            hash=hash,
            position=rest.position,
        )

    def ticked(self) -> "Light":
        """As it will be once the connector has ticked it."""
        return Light(self.reference, replace(self._form, gate=True), self._rest, self._packed)


class Lights:
    """Makes lights of the records of one side. `compared`: twins are looked for by `Hints`."""

    def __init__(self, *, compared: bool = False) -> None:
        self._compared = compared
        self._forms: dict[_Form, _Form] = {}

    def of(self, snapshot: Snapshot) -> Light:
        form = _Form(
            snapshot.at, snapshot.gate, snapshot.archived, snapshot.listed, snapshot.roles, tuple(snapshot.keys)
        )
        rest = _NO_REST
        if snapshot.stamps or snapshot.parents or snapshot.problems or snapshot.position:
            rest = _Rest(snapshot.stamps, snapshot.parents, snapshot.problems, snapshot.position)
        hints = _hints(snapshot) if self._compared else NO_HINTS
        packed = marshal.dumps((snapshot.label, snapshot.hash, snapshot.created, *hints, *snapshot.keys.values()))
        return Light(snapshot.reference, self._forms.setdefault(form, form), rest, packed)


def _hints(snapshot: Snapshot) -> Hints:
    fields = snapshot.fields
    addresses: list[Any] = [fields.get("invoicing_address"), fields.get("delivery_address")]
    postcodes = (str(a.get("postal_code") or "") for a in addresses if isinstance(a, Mapping))
    return Hints(
        next((p for p in postcodes if p), ""),
        _hash(fields.get("email")),
        _hash(fields.get("vat")),
        "" if snapshot.keys.get("siret") else _text(fields.get("siren")),
    )


def _hash(value: Any) -> int:
    text = _text(value).casefold()
    return hash(text) & _SIXTY_BITS if text else 0


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
