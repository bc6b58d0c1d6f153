"""What a person's command waits for, on a clock that nobody waits for."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from altior_sellsy.clock import ManualClock
from altior_sellsy.errors import ConnectorError, NotFound, NotSent, Retryable
from altior_sellsy.patience import Patience
from altior_sellsy.sync.patience import patiently
from altior_sellsy.timing import Timing

NOW = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)


class Waiting:
    """A command with two minutes for an outage and ten for the quota."""

    def __init__(self) -> None:
        self.clock, self.said = ManualClock(NOW), list[str]()
        self.patience = Patience("Sellsy", self.clock, quota=600, outage=120, first=5, say=self.said.append)

    @property
    def waited(self) -> float:
        return (self.clock.now() - NOW).total_seconds()


def failing(*faults: ConnectorError) -> Callable[[], str]:
    left: Iterator[ConnectorError] = iter(faults)

    def call() -> str:
        fault = next(left, None)
        if fault is not None:
            raise fault
        return "page"

    return call


def test_what_fails_is_asked_for_again_and_said() -> None:
    waiting = Waiting()
    assert waiting.patience.read(failing(Retryable("503"), Retryable("503"))) == "page"
    assert waiting.waited == 15
    assert waiting.said == [
        "Sellsy ne répond pas, nouvel essai dans 5 s.",
        "Sellsy ne répond pas, nouvel essai dans 10 s.",
    ]


def test_each_call_that_is_answered_begins_the_patience_anew() -> None:
    waiting = Waiting()
    for _ in range(30):
        assert waiting.patience.read(failing(Retryable("503"))) == "page"
    assert waiting.waited == 30 * 5


def test_an_outage_ends_it_for_every_call_until_one_is_answered() -> None:
    waiting = Waiting()
    fault = Retryable("Sellsy a répondu 503.")
    with pytest.raises(Retryable) as caught:
        waiting.patience.read(failing(*[fault] * 100))
    assert caught.value is fault
    assert 60 < waiting.waited <= 120
    gave_up = waiting.waited
    with pytest.raises(Retryable):
        patiently(waiting.clock, Timing(), lambda: waiting.patience.read(failing(*[Retryable("503")] * 100)))
    assert waiting.waited <= max(gave_up, 120)
    waiting.patience.read(failing())
    waiting.patience.read(failing(Retryable("503")))


def test_a_final_answer_is_an_answer() -> None:
    waiting = Waiting()
    with pytest.raises(NotFound):
        waiting.patience.read(failing(Retryable("503"), NotFound("404")))
    waiting.clock.sleep(1000)
    assert waiting.patience.read(failing(Retryable("503"))) == "page"


def test_what_the_server_asks_for_is_waited_for() -> None:
    waiting = Waiting()
    assert waiting.patience.read(failing(NotSent("429", retry_after=200))) == "page"
    assert waiting.waited == 200
    assert waiting.said == ["La limite d'appels de Sellsy est atteinte, reprise dans 3 min 20 s."]


def test_who_says_at_once_for_ever_is_not_asked_for_ever() -> None:
    waiting = Waiting()
    asked = 0

    def call() -> str:
        nonlocal asked
        asked += 1
        raise NotSent("429", retry_after=0)

    with pytest.raises(NotSent):
        waiting.patience.read(call)
    assert asked < 20
    assert 500 < waiting.waited <= 600


def test_under_the_lease_nothing_is_repeated_and_afterwards_it_is() -> None:
    waiting = Waiting()
    with waiting.patience.hurried(1.5), pytest.raises(Retryable) as caught:
        waiting.patience.read(failing(Retryable("503")))
    assert (waiting.waited, waiting.said, caught.value.in_vain) == (0, [], False)
    assert waiting.patience.quota == 600
    waiting.clock.sleep(1000)
    assert waiting.patience.read(failing(Retryable("503"))) == "page"


def test_a_short_pause_is_the_ordinary_pace() -> None:
    waiting = Waiting()
    waiting.patience.paused(0.4)
    assert (waiting.waited, waiting.said) == (0.4, [])
    waiting.patience.paused(12)
    assert waiting.said == ["La limite d'appels de Sellsy est atteinte, reprise dans 12 s."]
    assert waiting.clock.now() == NOW + timedelta(seconds=12.4)
