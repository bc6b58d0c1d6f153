"""The connector's processes, and what befalls them: killed at any instant, or suspended beyond their lease."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from tests.acceptance.commands import Commands


@dataclass
class Member:
    """A command that should be running. `restarted`: it is started again whenever it is found dead."""

    arguments: tuple[str, ...]
    process: "subprocess.Popen[bytes]"
    log: IO[bytes]
    restarted: bool = True
    wakes: float | None = None
    """Suspended until this instant (time.monotonic)."""

    @property
    def runs(self) -> bool:
        return self.process.poll() is None


class Patience:
    """Lasts as long as something moves forward: how much is left to do (`left`, the less the better) fell during the
    last `seconds`. A slow machine is given time, one that goes round in circles is not."""

    def __init__(self, left: Callable[[], int], seconds: float) -> None:
        self.left, self.seconds = left, seconds
        self.least, self.since = left(), time.monotonic()

    def lasts(self) -> bool:
        left, now = self.left(), time.monotonic()
        if left < self.least:
            self.least, self.since = left, now
        return now - self.since <= self.seconds


class Crew:
    def __init__(self, commands: Commands) -> None:
        self.commands = commands
        self.members: list[Member] = []
        self.killed = self.suspended = 0

    def start(self, *arguments: str, restarted: bool = True) -> Member:
        member = Member(arguments, *self._launch(arguments), restarted)
        self.members.append(member)
        return member

    def _launch(self, arguments: tuple[str, ...]) -> tuple["subprocess.Popen[bytes]", IO[bytes]]:
        log = (self.commands.folder / f"{arguments[0]}.log").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", "altior_sellsy", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self.commands.folder,
            env=self.commands.environ(),
        )
        return process, log

    def strike(self, rng: random.Random) -> None:
        """Something happens to one of them, now."""
        victims = [m for m in self.members if m.runs and m.wakes is None]
        if not victims:
            return
        victim = rng.choice(victims)
        if rng.random() < 0.5:
            victim.process.send_signal(signal.SIGKILL)
            victim.process.wait()
            self.killed += 1
        else:
            victim.process.send_signal(signal.SIGSTOP)
            victim.wakes = time.monotonic() + rng.choice((0.3, 1.5, 4.0))
            self.suspended += 1

    def tend(self) -> None:
        """Those whose time has come wake; those that died are started again."""
        for member in self.members:
            if member.wakes is not None and time.monotonic() >= member.wakes:
                self._wake(member)
            if member.restarted and not member.runs:
                self._again(member)

    def _again(self, member: Member) -> None:
        member.log.close()
        member.process, member.log = self._launch(member.arguments)
        member.wakes = None

    def run_to_the_end(self, member: Member, patience: Patience) -> None:
        """A command that must succeed, as often as its killing asks for."""
        while member.process.poll() != 0:
            assert patience.lasts(), f"{member.arguments[0]} never ends well: {self.said(member)}"
            if member.process.poll() is not None:
                self._again(member)
            self.tend()
            time.sleep(0.1)

    def said(self, member: Member) -> str:
        return (self.commands.folder / f"{member.arguments[0]}.log").read_text("utf-8", "replace")[-3000:]

    def all_awake(self) -> None:
        for member in self.members:
            if member.wakes is not None:
                self._wake(member)
        self.tend()

    @staticmethod
    def _wake(member: Member) -> None:
        if member.runs:
            os.kill(member.process.pid, signal.SIGCONT)
        member.wakes = None

    def dismiss(self) -> None:
        for member in self.members:
            member.restarted = False
            if member.runs:
                member.process.kill()
            member.process.wait()
            member.log.close()
