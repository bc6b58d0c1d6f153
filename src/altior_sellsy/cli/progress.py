"""Progress of long work: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from altior_sellsy.cli.french import duration, french, number

Told = Callable[[str, int, int | None], None]


@contextmanager
def progress(*, quiet: bool) -> Iterator[Told]:
    """Yields what to call with (what, done, total or None). `quiet`: nothing, stdout is for JSON."""
    if quiet:
        yield lambda what, done, total: None
    elif sys.stdout.isatty():
        with _bar() as told:
            yield told
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Told]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def told(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(french(what), total=total)
            bar.update(tasks[what], completed=done, total=_at_least(done, total))

        yield told


def _lines() -> Told:
    """One line when something else begins, and one per tenth, with what remains at the pace so far (which Sellsy's
    quota sets)."""
    last: tuple[str, int] | None = None
    began = 0.0

    def told(what: str, done: int, total: int | None) -> None:
        nonlocal last, began
        if last is None or last[0] != what:
            began = time.monotonic()
        total = _at_least(done, total)
        tenth = done * 10 // total if total else 0
        if last == (what, tenth):
            return
        last = (what, tenth)
        of = f" sur {number(total)}" if total else ""
        left = (time.monotonic() - began) / done * (total - done) if total and done else 0
        print(french(f"{what} : {number(done)}{of}{f', encore {duration(left)}' if left >= 60 else ''}"), flush=True)

    return told


def _at_least(done: int, total: int | None) -> int | None:
    """Companies and individuals are one kind read as two lists: the second total is not the whole."""
    return total if total is None or total >= done else None
