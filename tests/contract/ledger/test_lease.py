"""One drainer per environment, and nothing kept from one that lost its lease (histories 20)."""

import pytest

from altior_sellsy.ledger.model import EnvironmentStatus, State, Tombstone
from altior_sellsy.ledger.port import Changes, Lease, LeaseLost, Ledger, Ledgers, Taken
from altior_sellsy.values.reference import Volet
from tests.contract.ledger.records import NOON, at, card, create, entry, environment, look, pair, sellsy, sighting


def test_a_lease_is_refused_while_another_runs(ledger: Ledger, lease: Lease) -> None:
    assert ledger.lease("worker-2", at(7.9), 8) is None
    assert ledger.environment().epoch == lease.epoch


def test_renewing_keeps_the_epoch_and_moves_the_end(ledger: Ledger, lease: Lease) -> None:
    assert ledger.lease("worker-1", at(6), 8) == lease
    assert ledger.lease("worker-2", at(13.9), 8) is None
    assert ledger.lease("worker-2", at(14), 8) is not None


def test_taking_over_raises_the_epoch(ledger: Ledger, lease: Lease) -> None:
    second = ledger.lease("worker-2", at(8), 8)
    assert second is not None
    assert second.epoch == lease.epoch + 1
    assert ledger.environment().epoch == second.epoch
    assert ledger.lease("worker-1", at(9), 8) is None


def test_a_released_lease_is_free_at_once_and_fences_the_one_before(ledger: Ledger, lease: Lease) -> None:
    ledger.release(lease)
    second = ledger.lease("worker-2", at(1), 8)
    assert second is not None
    with pytest.raises(LeaseLost):
        ledger.commit(Changes(pairs=[pair(1)]), lease)


def test_releasing_late_does_not_free_another_holders_lease(ledger: Ledger, lease: Lease) -> None:
    assert ledger.lease("worker-2", at(8), 8) is not None
    ledger.release(lease)
    assert ledger.lease("worker-3", at(9), 8) is None


def test_a_fenced_commit_keeps_nothing(ledger: Ledger, lease: Lease) -> None:
    ledger.mark([look(sellsy(1))])
    [claimed] = ledger.claim(NOON, 10)
    ledger.lease("worker-2", at(8), 8)
    everything = Changes(
        pairs=[pair(1)],
        announce=[create(1)],
        tombstones=[Tombstone(sellsy(1), Volet.NONE, "supprimée", NOON)],
        sightings=[sighting(sellsy(1))],
        cards=[card(sellsy(1))],
        journal=[entry(0)],
        done=[claimed],
        mark=[look(sellsy(2))],
        cursors={"feed": "12"},
        environment={"status": "paused"},
    )
    with pytest.raises(LeaseLost, match="Un autre processus"):
        ledger.commit(everything, lease)
    assert ledger.all_pairs() == []
    assert ledger.announcements(creates_of="third_party") == []
    assert ledger.tombstones([sellsy(1)]) == []
    assert list(ledger.all_sightings()) == []
    assert ledger.cards() == []
    assert ledger.journal() == []
    assert ledger.looks() == [claimed]
    assert ledger.environment().cursors == {}
    assert ledger.environment().status is EnvironmentStatus.ACTIVE


def test_a_fenced_holder_reserves_no_second(ledger: Ledger, lease: Lease) -> None:
    ledger.lease("worker-2", at(8), 8)
    with pytest.raises(LeaseLost):
        ledger.reserve_second("third_party", NOON, lease)


def test_without_a_lease_no_pairs_announcements_or_settlements(ledger: Ledger) -> None:
    for changes in (Changes(pairs=[pair(1)]), Changes(announce=[create(1)]), Changes(settle=["create-1"])):
        with pytest.raises(ValueError, match="lease"):
            ledger.commit(changes, None)


def test_a_commit_merges_cursors_and_replaces_fields_of_the_environment(ledger: Ledger, lease: Lease) -> None:
    ledger.commit(Changes(cursors={"feed": "12", "sweep": {"start": "10:00"}}), lease)
    ledger.commit(
        Changes(
            cursors={"feed": "13"},
            environment={"status": EnvironmentStatus.PAUSED, "paused_reason": "panne", "paused_at": at(5)},
        ),
        None,
    )
    now = ledger.environment()
    assert now.cursors == {"feed": "13", "sweep": {"start": "10:00"}}
    assert (now.status, now.paused_reason, now.paused_at) == (EnvironmentStatus.PAUSED, "panne", at(5))
    assert (now.client, now.epoch) == ("Menuiserie Léo", lease.epoch)


@pytest.mark.parametrize("name", ["name", "epoch", "cursors", "colour"])
def test_a_commit_replaces_only_what_may_be_replaced(ledger: Ledger, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        ledger.commit(Changes(environment={name: "x"}), None)


def test_resuming_beside_another_environment_of_the_account_is_refused_and_keeps_nothing(ledgers: Ledgers) -> None:
    stopped = ledgers.add(environment("ancien", account_id="97417", status=EnvironmentStatus.STOPPED))
    ledgers.add(environment("nouveau", account_id="97417"))
    with pytest.raises(Taken, match="compte Sellsy"):
        stopped.commit(Changes(environment={"status": "active"}, cards=[card(None)]), None)
    assert stopped.environment().status is EnvironmentStatus.STOPPED
    assert stopped.cards() == []


def test_a_taken_pair_keeps_nothing_of_its_commit(ledger: Ledger, lease: Lease) -> None:
    ledger.commit(Changes(pairs=[pair(1)]), lease)
    with pytest.raises(Taken):
        ledger.commit(
            Changes(
                pairs=[pair(1, state=State.FROZEN), pair(2), pair(3, sellsy=sellsy(1))],
                journal=[entry(0)],
                mark=[look(sellsy(2))],
            ),
            lease,
        )
    assert ledger.all_pairs() == [pair(1)]
    assert ledger.journal() == []
    assert ledger.looks() == []
