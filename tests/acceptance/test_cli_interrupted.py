"""A command that is told to end says so, and how to go on."""

import os
import signal
from collections.abc import Iterator

import pytest
import typer

from altior_sellsy.cli import failing, first_sync


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_leaves_through_the_front_door_and_says_how_to_go_on(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    app, left = typer.Typer(), []

    @app.command()
    def work() -> None:
        try:
            with first_sync.resumable():
                os.kill(os.getpid(), number)
        finally:
            left.append("its database is stopped")

    assert failing.run(app, []) == failing.INTERRUPTED
    assert left
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "Ce qui est fait est gardé\u00a0: relancez la même commande, elle reprend où elle en était.",
        "Interrompu.",
    ]
