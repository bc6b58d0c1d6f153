"""Pipelines and steps by name, in the pipeline's order; the établissement of each row of event 1 (guide, «Pipelines et
étapes des opportunités»). Also gives the ids that the approved configuration keeps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

from altior_sellsy.errors import ConnectorError
from altior_sellsy.preflight.asked import Asked, Row
from altior_sellsy.preflight.catalogue import found
from altior_sellsy.preflight.checks_altior import resolve
from altior_sellsy.preflight.findings import Finding, Severity, count, meant, quoted
from altior_sellsy.preflight.readings import AltiorReadings, Fault, SellsyReadings
from altior_sellsy.request.finding import near
from altior_sellsy.sellsy.models import Pipeline, Step
from altior_sellsy.values.text import same_text

N = TypeVar("N", Pipeline, Step)
RENAME = "Dans Sellsy, donnez-leur des noms différents, puis reprenez le nom exact dans la demande."


@dataclass(slots=True)
class Resolution:
    """Names as the request writes them → ids. `order`: pipeline id → ids of all its steps, in order: the approved
    configuration holds it, so that a later change of the order is seen (rules R24)."""

    pipelines: dict[str, str] = field(default_factory=dict)
    steps: dict[str, dict[str, str]] = field(default_factory=dict)
    """Pipeline name → step name → step id: two pipelines may have steps of one name."""
    order: dict[str, list[str]] = field(default_factory=dict)
    establishments: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "pipelines": dict(self.pipelines),
            "steps": {name: dict(steps) for name, steps in self.steps.items()},
            "order": {key: list(steps) for key, steps in self.order.items()},
            "establishments": dict(self.establishments),
        }


def pipelines(
    asked: Asked, read: SellsyReadings, resolution: Resolution, approved: Mapping[str, Any]
) -> Iterator[Finding]:
    """Fills `resolution`. `approved`: the resolution as JSON of an environment already activated, else empty."""
    if not asked.uses_deals:
        return
    known = read.pipelines
    if isinstance(known, ConnectorError):
        yield _unread("Les pipelines de Sellsy n'ont pas pu être lus", known)
        return
    placer = _Placer(known, read.steps, resolution, approved)
    placed: dict[str, list[tuple[Row, int]]] = {}
    for row in asked.rows:
        pipeline = placer.pipeline(row)
        place = placer.step(row, pipeline) if pipeline else None
        if pipeline and place is not None:
            placed.setdefault(pipeline.id, []).append((row, place))
    found_here = list(dict.fromkeys(placer.findings))
    for rows in placed.values():
        found_here += _order(rows)
    found_here += _moved(resolution, approved)
    yield from found_here
    if not any(finding.severity is Severity.BLOCKING for finding in found_here):
        number = count(len(resolution.pipelines), "pipeline configuré", "pipelines configurés")
        steps = count(len(asked.rows), "étape", "étapes")
        yield found("pipelines_right", f"{number}, {steps} : tout existe dans Sellsy, dans le bon ordre.")
        unused = [each.name or "" for each in known if each.id not in resolution.pipelines.values()]
        if unused:
            yield found("pipelines_unused", f"Non configuré, donc non synchronisé : {quoted(unused)}.")


def _unread(what: str, fault: Fault) -> Finding:
    return found(
        "sellsy_unread_needed",
        f"{what}. {fault}",
        "Vérifiez l'autorisation opportunities.read de l'accès API, puis relancez les vérifications.",
    )


@dataclass(slots=True)
class _Placer:
    """Finds each row's pipeline and step: by the approved id if there is one, else by name."""

    known: Sequence[Pipeline]
    steps: Mapping[str, Sequence[Step] | Fault]
    resolution: Resolution
    approved: Mapping[str, Any]
    findings: list[Finding] = field(default_factory=list)

    def pipeline(self, row: Row) -> Pipeline | None:
        matches = _matches(row.pipeline, self.known, self.approved.get("pipelines", {}).get(row.pipeline))
        names = [each.name or "" for each in self.known]
        if len(matches) == 1:
            self.resolution.pipelines[row.pipeline] = matches[0].id
            self._follow("pipeline", row.pipeline, matches[0].name)
            return matches[0]
        if matches:
            sentence = (
                f"Plusieurs pipelines de Sellsy s'appellent « {row.pipeline} » : le connecteur ne peut pas choisir."
            )
            self._add("pipeline_twice", sentence, RENAME, row)
        else:
            sentence = f"Pipeline « {row.pipeline} » inconnu.{meant(near(row.pipeline, names))}"
            exact = f"Reprenez le nom exact du pipeline dans Sellsy : {quoted(names, 'ou')}."
            self._add("pipeline_unknown", sentence, exact if names else "Créez d'abord le pipeline dans Sellsy.", row)
        return None

    def step(self, row: Row, pipeline: Pipeline) -> int | None:
        """The place of the row's step in its pipeline, from 0."""
        steps = self.steps.get(pipeline.id, ())
        if isinstance(steps, ConnectorError):
            self.findings.append(_unread(f"Les étapes du pipeline « {row.pipeline} » n'ont pas pu être lues", steps))
            return None
        self.resolution.order[pipeline.id] = [step.id for step in steps]
        matches = _matches(row.step, steps, self.approved.get("steps", {}).get(row.pipeline, {}).get(row.step))
        names = [each.name or "" for each in steps]
        if len(matches) == 1:
            self.resolution.steps.setdefault(row.pipeline, {})[row.step] = matches[0].id
            self._follow("étape", row.step, matches[0].name)
            return steps.index(matches[0])
        if matches:
            sentence = f"Plusieurs étapes du pipeline « {row.pipeline} » s'appellent « {row.step} »."
            self._add("step_twice", sentence, RENAME, row)
        else:
            where = f"dans le pipeline « {row.pipeline} » (événement {row.event})"
            sentence = f"Étape « {row.step} » inconnue {where}.{meant(near(row.step, names))}"
            exact = f"Reprenez le nom exact de l'étape dans Sellsy : {quoted(names, 'ou')}."
            self._add("step_unknown", sentence, exact if names else "Créez d'abord les étapes dans Sellsy.", row)
        return None

    def _follow(self, what: str, asked: str, now: str | None) -> None:
        if not same_text(asked, now):
            sentence = (
                f"« {asked} » ({what}) s'appelle maintenant « {now or ''} » dans Sellsy : le connecteur continue de le "
                "suivre."
            )
            self.findings.append(
                found("name_changed", sentence, "Reprenez ce nom dans la prochaine version de la demande.")
            )

    def _add(self, code: str, sentence: str, remedy: str, row: Row) -> None:
        self.findings.append(found(code, sentence, remedy, cell=row.cell))


def _matches(name: str, known: Sequence[N], approved: str | None) -> list[N]:
    """By id; else those of exactly that name; else those that people would take for it."""
    return (
        [each for each in known if each.id == approved]
        or [each for each in known if each.name == name]
        or [each for each in known if same_text(each.name, name)]
    )


def _order(rows: list[tuple[Row, int]]) -> Iterator[Finding]:
    """Strictly in the pipeline's order over the events that are present."""
    for (earlier, place), (later, next_place) in pairwise(rows):
        if earlier.event == later.event or place < next_place:
            continue
        named = f"l'événement {earlier.event} (« {earlier.step} »)", f"l'événement {later.event} (« {later.step} »)"
        if place == next_place:
            yield found(
                "steps_same",
                f"Pipeline « {later.pipeline} » : {named[0]} et {named[1]} sont liés à la même étape.",
                "Liez chaque événement à une étape qui vient après celle de l'événement précédent.",
                cell=later.cell,
            )
        else:
            yield found(
                "steps_order",
                f"Pipeline « {later.pipeline} » : l'étape de {named[1]} vient avant celle de {named[0]} dans Sellsy.",
                "Choisissez des étapes qui se suivent dans l'ordre du pipeline, ou remettez-les en ordre dans Sellsy.",
                cell=later.cell,
            )


def _moved(resolution: Resolution, approved: Mapping[str, Any]) -> Iterator[Finding]:
    """Steps deleted, added or reordered since the configuration was approved; a mere new name is no change."""
    names = {id: name for name, id in resolution.pipelines.items()}
    for id, order in approved.get("order", {}).items():
        if id in resolution.order and resolution.order[id] != list(order):
            yield found(
                "steps_moved",
                f"Les étapes du pipeline « {names[id]} » ont changé dans Sellsy depuis la validation de la demande.",
                "Vérifiez les événements de ce pipeline, puis validez de nouveau la configuration. Il reste en pause "
                "d'ici là ; rien n'est perdu.",
            )


def row_establishments(asked: Asked, read: AltiorReadings) -> Iterator[Finding]:
    """Each row of event 1 names an établissement that exists; with several, none may be left blank (n° 13)."""
    known = read.establishments
    if isinstance(known, ConnectorError):
        return
    main = str(asked.settings["establishment"])
    names = [each.name for each in known]
    for row in asked.rows:
        if row.event != 1 or not known:
            continue
        if row.defaulted and len(known) > 1:
            yield found(
                "row_establishment_blank",
                f"Pipeline « {row.pipeline} » : l'établissement de rattachement est vide, alors qu'Altior en compte "
                f"{len(known)}.",
                f"Choisissez l'établissement de ce pipeline : {quoted(names, 'ou')}.",
                cell=row.cell,
            )
            continue
        match = resolve(row.establishment, known)
        if isinstance(match, list):
            yield found(
                "establishment_twice",
                f"Plusieurs établissements d'Altior s'appellent « {row.establishment} » : le connecteur ne peut pas "
                "choisir.",
                "Dans Altior, donnez-leur des noms différents.",
                cell=row.cell,
            )
        elif match is None and row.establishment != main:
            yield found(
                "row_establishment_unknown",
                f"Pipeline « {row.pipeline} » : l'établissement « {row.establishment} » n'existe pas dans Altior."
                f"{meant(near(row.establishment, names))}",
                f"Choisissez un établissement existant : {quoted(names, 'ou')}.",
                cell=row.cell,
            )
