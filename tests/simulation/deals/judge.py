"""The judge of deals: people's own log, both systems' final state and what the connector was seen to write. Of the
connector it reads only what people are shown: journal, cards, where each record stands. Empty: survived."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from altior_sellsy.kinds.deal.milestones import DIRECTIONS, ETATS, STATUSES
from altior_sellsy.values.reference import Reference, Side
from tests.simulation.deals.people import OWN, Deeds
from tests.simulation.deals.sellsy import Deal, Written
from tests.simulation.deals.world import ESTABLISHMENTS, EVENTS, STAFF, DealWorld
from tests.simulation.people import Edit

RANKS = {"en_cours": 0, "gagnee": 1, "terminee": 2}
FIRED = {"gagnee": 3, "terminee": 4}


class Judge:
    def __init__(self, world: DealWorld, deeds: Deeds, overwritten: Iterable[Edit]) -> None:
        assert world.deals is not None
        self.world, self.deeds, self.overwritten = world, deeds, list(overwritten)
        self.deals, self.affaires = world.deals, world.affaires
        self.affaire_of: dict[str, dict[str, Any]] = {}
        self.deal_of = {
            row["id"]: Reference.parse(stamp).id
            for states in self.affaires.history.values()
            for _, row in states
            for stamp in row["references_externes"]
        }

    def verdict(self) -> str:
        return (
            self._a_further_pass()
            or self._ticks()
            or self._one_each()
            or first(self._ahead(one) for one in self.deals.written)
            or first(self._forward(one) for one in self.affaires.written)
            or self._once()
            or first(self._deal(row) for row in self.deals.rows.values())
            or first(self._affaire(row) for row in self.affaires.rows.values())
        )

    def _a_further_pass(self) -> str:
        world = self.world
        logs: tuple[list[Any], ...] = (
            world.sellsy.writes, world.altior.writes, self.deals.written, self.affaires.written,
        )  # fmt: skip
        before = [len(log) for log in logs]
        world.clock.advance(700)
        world.sync()
        news = [log[place:] for log, place in zip(logs, before, strict=True)]
        return f"a further pass writes: {news}" if any(news) else ""

    def _ticks(self) -> str:
        """A deal ticks its company (R28), in time, and never what a person has taken back."""
        sellsy = self.world.sellsy
        if sellsy.left_late:
            return f"ticked from an old reading: {sellsy.left_late}"
        for id, wanted in self.deeds.ticks.items():
            if id not in sellsy.gates.excused and sellsy.records[id].gate is not wanted:
                return f"company {id} was set to {wanted} by a person and shows {sellsy.records[id].gate}"
        return ""

    def _one_each(self) -> str:
        """At most one affaire per opportunity, ever made and now; one that a person deleted before the connector had
        any answer was never known to it."""
        made = Counter(
            stamp
            for one in self.affaires.written
            if not one.before and one.remembered
            for stamp in one.after["references_externes"]
        )
        for stamp, number in made.items():
            if number > 1 and not self._wished(stamp):
                return f"{number} affaires were made of {stamp}"
        for row in self.affaires.rows.values():
            for stamp in row["references_externes"]:
                id = Reference.parse(stamp).id
                if id in self.affaire_of:
                    return f"two affaires bear {stamp}"
                self.affaire_of[id] = row
        return ""

    def _wished(self, stamp: str) -> bool:
        return any(reference == stamp for _, reference in self.deeds.wishes)

    # -- what the connector wrote
    def _ahead(self, one: Written) -> str:
        """A step is only ever moved forward, from where the connector had read it, and nothing open is lost again."""
        before, after = one.before, one.after
        if one.hurried:
            return ""  # a person acted between our reading and our write: the one class of loss
        order = self.deals.approved.get(before["pipeline"], ())
        if before["step"] != after["step"]:
            if one.paused:
                return f"moved in a paused pipeline: deal {one.id}"
            if before["pipeline"] != after["pipeline"] or order.index(after["step"]) <= order.index(before["step"]):
                return f"moved back by us: deal {one.id} {before['step']} -> {after['step']}"
            if STATUSES[before["status"]] != "open":
                return f"moved although closed: deal {one.id} {before['status']}"
        if before["status"] == "won" != after["status"] and not self._meant(one.id, after["status"]):
            return f"won taken back by us: deal {one.id} -> {after['status']}"
        return ""

    def _meant(self, deal: str, status: str) -> bool:
        """Somebody gave the affaire that state."""
        mine = {id for id, other in self.deal_of.items() if other == deal}
        etats = [e.value for e in self.deeds.edits if e.side is Side.ALTIOR and e.id in mine and e.field == "etat"]
        return any(ETATS[etat] == status for etat in etats)

    def _forward(self, one: Written) -> str:
        before, after = one.before, one.after
        if one.paused and (not before or before["etat"] != after["etat"]):
            return f"fired in a paused pipeline: affaire {one.id}"
        if not before or before["etat"] == after["etat"]:
            return ""
        won = before["etat"] in FIRED or (before["etat"] == "en_cours" and "commande" in before["jalons"])
        if won and RANKS.get(after["etat"], -1) < RANKS.get(before["etat"], 1):
            return f"moved back by us: affaire {one.id} {before['etat']} -> {after['etat']}"
        return ""

    def _once(self) -> str:
        """An event fires once per side, as far as the connector could know."""
        fired: Counter[tuple[Side, str, Any]] = Counter()
        for one in (w for w in self.deals.written if w.remembered and not w.hurried):
            if one.before["step"] != one.after["step"]:
                fired[one.side, one.id, one.after["step"]] += 1
            if one.after["status"] == "won" != one.before["status"]:
                fired[one.side, one.id, "won"] += 1
        for one in (w for w in self.affaires.written if w.remembered and w.before):
            if one.before["etat"] != one.after["etat"] and one.after["etat"] in FIRED:
                fired[one.side, one.id, one.after["etat"]] += 1
        twice = {key: number for key, number in fired.items() if number > 1 and not self._wished_of(*key[:2])}
        return f"fired twice: {twice}" if twice else ""

    def _wished_of(self, side: Side, id: str) -> bool:
        deal = id if side is Side.SELLSY else self.deal_of.get(id, "")
        return self._wished(str(self.deals.reference(deal)))

    # -- each opportunity, with its affaire or without
    def _deal(self, row: Deal) -> str:
        affaire = self.affaire_of.get(row.id)
        if affaire is not None:
            return self._pair(row, affaire)
        return self._without(row)

    def _code(self, reference: Reference) -> str | None:
        """Why it stands where it stands, as people are told; None: not known at all."""
        sighting = self.world.ledger.sightings([reference]).get(reference)
        return sighting.code if sighting else None

    def _standing(self, row: Deal) -> str:
        if row.pipeline not in EVENTS:
            return "pipeline_not_configured"
        return "pipeline_paused" if self._changed(row.pipeline) else ""

    def _changed(self, pipeline: str) -> bool:
        return tuple(self.deals.boards[pipeline].steps) != self.deals.approved[pipeline]

    def _reached(self, row: Deal) -> int:
        return reached(row.pipeline, row.step, row.status, self.deals.approved[row.pipeline])

    def _without(self, row: Deal) -> str:
        """No affaire, and the reason that people are told is the true one."""
        code, where = self._code(self.deals.reference(row.id)), f"deal {row.id} ({row.pipeline}/{row.step})"
        standing = self._standing(row)
        if code == "unlinked" or (code == "left_out" and self._wished(str(self.deals.reference(row.id)))):
            ever = self.affaires.made[str(self.deals.reference(row.id))]
            return "" if ever or code == "left_out" else f"{where} was never linked and is told so"
        if standing:
            # A pipeline that is not configured is in no list: an opportunity born there may never be seen.
            fine = code == standing or (code is None and standing == "pipeline_not_configured")
            return "" if fine else f"{where} stands as {standing}, told as {code!r}"
        lost = STATUSES[row.status] != "open"
        expected = {"lost_before_affaire"} if lost else set[str]()
        if not lost and self._reached(row) < 1:
            expected = {"before_event_1"}
        if expected:
            return "" if code in expected else f"{where} should be told as {expected}, is {code!r}"
        if code == "third_party_taken_back":
            company = self.world.sellsy.records[row.company]
            return "" if company.gate is not True else f"{where}: its company is not taken back"
        if code == "deal_third_party":
            told = self._code(self.world.ref(Side.SELLSY, row.company))
            return "" if told else f"{where} waits for company {row.company}, which waits for nothing"
        return f"{where} has no affaire, told as {code!r}"

    def _affaire(self, row: dict[str, Any]) -> str:
        alone = not row["references_externes"]
        if alone and not self._code(self.affaires.reference(row["id"])):
            return f"affaire {row['id']} has no opportunity and no reason"
        return ""

    def _pair(self, row: Deal, affaire: dict[str, Any]) -> str:
        reference, where = self.deals.reference(row.id), f"{row.id}/{affaire['id']}"
        code, standing = self._code(reference), self._standing(row)
        if code is None or code == "unlinked":
            # An affaire that a late call made after a person had deleted its twin is nobody's, and told so.
            told = self._code(self.affaires.reference(affaire["id"]))
            return "" if told == "stamp_taken" else f"pair {where} is not known"
        if affaire["archive"]:
            return "" if code == "archived_altior" else f"pair {where} is archived, told as {code!r}"
        if standing:
            return "" if code == standing else f"pair {where} stands as {standing}, told as {code!r}"
        cards = {c.code for c in self.world.ledger.cards(reference=reference)}
        held = {c.field_name for c in self.world.ledger.cards(reference=reference)}
        return (
            first(self._field(row, affaire, name) for name in OWN if name not in held)
            or self._names(row, affaire)
            or self._third_party(row, affaire, cards)
            or self._status(row, affaire, cards)
            or self._events(row, affaire, cards, code)
        )

    def _field(self, row: Deal, affaire: dict[str, Any], name: str) -> str:
        shown = {Side.SELLSY: of_deal(row, name), Side.ALTIOR: of_affaire(affaire, name)}
        where = f"{row.id}/{affaire['id']} {name}"
        rewrite = self.affaires.rewrite if name == "name" else (lambda value: value)
        s, a = shown[Side.SELLSY], shown[Side.ALTIOR]
        if a != s and a != rewrite(s):
            return f"not in step: {where}: {s!r} / {a!r}"
        given = {self._normal(name, value) for value in self.deeds.given[name]}
        if s not in given or a not in given | {rewrite(value) for value in given}:
            return f"invented: {where}: {s!r} / {a!r}"
        told = self._told(row, affaire, name)
        for side, id in ((Side.SELLSY, row.id), (Side.ALTIOR, affaire["id"])):
            mine = self.deeds.last(side, id, name if side is Side.SELLSY else OWN[name])
            values = [self._normal(name, e.value, side) for e in mine]
            if not values or shown[side] == values[-1] or {values[-1], rewrite(values[-1])} & told:
                continue
            if any((o.id, o.field) == (id, name) and self._normal(name, o.value, side) == values[-1]
                   for o in self.overwritten if side is Side.SELLSY):  # fmt: skip
                continue
            if values[-1] in values[:-1]:
                continue
            return f"lost edit: {side.value} {where} = {values[-1]!r}, shows {shown[side]!r}"
        return ""

    def _normal(self, name: str, value: Any, side: Side | None = None) -> Any:
        if name in ("amount", "note"):
            return None if value in (None, "", "0.00") else value
        if name == "owner":
            return STAFF.get(value, value)
        return value

    def _told(self, row: Deal, affaire: dict[str, Any], name: str) -> set[Any]:
        entries = [
            e
            for reference in (self.deals.reference(row.id), self.affaires.reference(affaire["id"]))
            for e in self.world.ledger.journal(reference=reference, limit=10**6)
            if e.field_name == name
        ]
        made = [one.after[OWN[name]] for one in self.affaires.written if one.id == affaire["id"] and not one.before]
        # A step sets the probability, whoever moves the card.
        set_over = [
            one.before[name]
            for one in self.deals.written
            if name == "probability" and one.id == row.id and one.before["step"] != one.after["step"]
        ]
        return {self._normal(name, value) for value in (*made, *set_over)} | {
            self._normal(name, v) for e in entries for v in (e.before, e.after, e.other) if not isinstance(v, list)
        }

    def _names(self, row: Deal, affaire: dict[str, Any]) -> str:
        """PIPE and ETAP are Sellsy's, as far as Altior has room for them."""
        board = self.deals.boards[row.pipeline]
        for code, wanted in (("PIPE", board.name), ("ETAP", board.steps[row.step])):
            shown = affaire["champs_personnalises"].get(code)
            if shown != wanted and not (str(shown).endswith("…") and wanted.startswith(str(shown)[:-1])):
                return f"{code} of {row.id}/{affaire['id']}: {shown!r}, not {wanted!r}"
        return ""

    def _third_party(self, row: Deal, affaire: dict[str, Any], cards: set[str]) -> str:
        mine = str(self.world.ref(Side.SELLSY, row.company))
        tiers = next((t.id for t in self.world.altior.records.values() if mine in t.stamps), None)
        if tiers is None or affaire["tiers"] == tiers or "client_changed" in cards:
            return ""
        return f"client of {row.id}/{affaire['id']}: {affaire['tiers']}, not {tiers}"

    def _status(self, row: Deal, affaire: dict[str, Any], cards: set[str]) -> str:
        merged = STATUSES[row.status], ETATS[affaire["etat"]]
        if merged[0] == merged[1] or cards & {"order_against_lost", "won_against_lost"}:
            return ""
        return f"status not in step: {row.id}/{affaire['id']} {row.status} / {affaire['etat']}"

    def _events(self, row: Deal, affaire: dict[str, Any], cards: set[str], code: str) -> str:
        if STATUSES[row.status] != "open" or ETATS[affaire["etat"]] != "open" or "deal_status" in cards:
            return ""
        now = {Side.SELLSY: self._reached(row), Side.ALTIOR: reached_there(affaire)}
        ever = {
            Side.SELLSY: max(
                reached(then.pipeline, then.step, then.status, self.deals.approved[then.pipeline])
                for _, then in row.history
            ),
            Side.ALTIOR: max(reached_there(then) for _, then in self.affaires.history[affaire["id"]]),
        }
        for number in EVENTS[row.pipeline]:
            for target in Side:
                if now[target] >= number or now[target.other] < number or not DIRECTIONS[number].allows(target):
                    continue
                if target is Side.ALTIOR and number not in FIRED.values():
                    continue
                if ever[target] < number:
                    return f"event {number} never fired: {row.id}/{affaire['id']} towards {target.value}"
                if code != "recul" and not self._held(row):
                    return f"event {number} behind and not told: {row.id}/{affaire['id']} {target.value} ({code!r})"
        other = ESTABLISHMENTS[row.pipeline] != affaire["etablissement"]
        if other != ("other_establishment" in cards):
            return f"establishment of {row.id}/{affaire['id']}: {affaire['etablissement']}, cards {cards}"
        return ""

    def _held(self, row: Deal) -> bool:
        return any(c.field_name for c in self.world.ledger.cards(reference=self.deals.reference(row.id)))


def first(faults: Iterable[str]) -> str:
    return next(filter(None, faults), "")


def reached(pipeline: str, step: str, status: str, order: tuple[str, ...]) -> int:
    """The latest event whose step stands at or before this one; won counts as the order."""
    events = EVENTS.get(pipeline, {})
    place = order.index(step)
    by_step = max((n for n, at in events.items() if order.index(at) <= place), default=0)
    return max(by_step, 3) if status == "won" and events else by_step


def reached_there(row: dict[str, Any]) -> int:
    if row["etat"] == "terminee":
        return 4
    if row["etat"] == "gagnee" or "commande" in row["jalons"]:
        return 3
    return 2 if "devis_envoye" in row["jalons"] else 1


def of_deal(row: Deal, name: str) -> Any:
    value = getattr(row, name)
    return STAFF[value] if name == "owner" else None if value in ("", "0.00") else value


def of_affaire(row: dict[str, Any], name: str) -> Any:
    return row[OWN[name]] or None if name == "note" else row[OWN[name]]
