"""The embedded PostgreSQL: the wheel's binaries, our own start and stop.

Any number of processes may use one data folder. A shared lock on `users.lock` means «I use the server» (the kernel
drops it, even after kill -9); `start.lock` lets one process at a time start or stop; the last one out stops it.
"""

import atexit
import fcntl
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

from altior_sellsy.refusals import why
from altior_sellsy.web.places import DatabaseTrouble, choose_places, make_private

START_SECONDS = 100
"""Crash recovery of a busy cluster may take long; pg_ctl's own default gives up after 60 s."""
SETTINGS = """\
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
"""
# Prints the processes that work in the cluster's folder. A shell run as PostgreSQL's account may read their `cwd`;
# root itself may not, in a container without CAP_SYS_PTRACE.
LIVING = 'for p in /proc/[0-9]*; do [ "$p/cwd" -ef "$1" ] && echo "${p#/proc/}"; done; true'


class EmbeddedPostgres:
    def __init__(self, data: Path, *, binaries: Path | None = None, durable: bool = True) -> None:
        """Makes the data folder where it is missing. Raises DatabaseTrouble, a French sentence.

        Not `durable`: a new cluster waits for no disk and does not survive a power cut; for throw-away ones.
        """
        self.places = choose_places(data, binaries)
        self._durable = durable
        self._users: IO[str] | None = None
        self._pid = os.getpid()

    @property
    def url(self) -> str:
        host = quote(str(self.places.socket), safe="")
        return f"postgresql://postgres@/postgres?host={host}"

    def start(self) -> str:
        """Start the server, or join the one that runs. Returns its URL. Raises DatabaseTrouble."""
        if self._users:
            return self.url
        with self._gate():
            users = self._open("users.lock")
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                self._ensure_running()
            except BaseException:
                users.close()
                raise
            self._users = users
        atexit.register(self.release)
        return self.url

    def release(self) -> None:
        """Leave; the last one out stops the server. Harmless when called again, or in a forked child."""
        if not self._users or os.getpid() != self._pid:
            return
        users, self._users = self._users, None
        atexit.unregister(self.release)
        with users, self._gate():
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._run("pg_ctl", "-w", "-m", "fast", "-t", "60", "-D", ".", "stop", cwd=self.places.cluster)
            if self.places.socket.parent != self.places.home:
                with suppress(OSError):
                    self.places.socket.rmdir()

    def _ensure_running(self) -> None:
        make_private(self.places.socket, self.places.account)  # the last one out may have removed it since
        self._make_cluster()
        deadline = time.monotonic() + START_SECONDS
        while not self._ready():
            # Processes that still work in the folder: a server starting, recovering or stopping, or the orphans of a
            # killed one. A second server beside them would destroy data.
            if not self._living():
                return self._start_server()
            if time.monotonic() > deadline:
                raise DatabaseTrouble(
                    f"Un PostgreSQL travaille dans « {self.places.cluster} » mais ne répond pas : "
                    f"arrêtez ses processus ({', '.join(self._living())}), puis relancez."
                )
            time.sleep(0.05)
        return None

    def _make_cluster(self) -> None:
        cluster = self.places.cluster
        version = cluster / "PG_VERSION"
        if version.exists():
            ours = self._output("postgres", "--version").rsplit(" ", 1)[-1].split(".")[0]
            if version.read_text().strip() != ours:
                raise DatabaseTrouble(
                    f"La base de « {cluster} » est au format de PostgreSQL {version.read_text().strip()} et cette "
                    f"installation contient PostgreSQL {ours} : restaurez une sauvegarde dans un dossier neuf."
                )
            return
        if cluster.exists() and any(cluster.iterdir()):
            raise DatabaseTrouble(
                f"« {cluster} » n'est pas une base PostgreSQL : videz ce dossier, "
                "ou choisissez-en un autre avec ALTIOR_SELLSY_DATA."
            )
        # An initdb cut off leaves `pg.new` behind, never a half-made `pg`: the rename comes last.
        new = self.places.home / "pg.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        self._give(new)
        # The C locale's lower() is ASCII only; the builtin C.UTF-8 makes ILIKE fold accented capitals.
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        code, text = self._run(
            "initdb", "--auth=trust", "--encoding=UTF8", *locale, "-U", "postgres", "-D", ".", cwd=new
        )
        if code:
            raise DatabaseTrouble(f"La base n'a pas pu être créée dans « {self.places.home} » : {_last_line(text)}")
        with (new / "postgresql.auto.conf").open("a") as conf:
            conf.write(SETTINGS if self._durable else f"{SETTINGS}fsync = off\n")
        new.rename(cluster)

    def _start_server(self) -> None:
        cluster, socket = self.places.cluster, self.places.socket
        self._forget_dead()
        # pg_ctl hands its arguments to a shell: relative names keep any character of the data folder out of it.
        where = "../socket" if socket.parent == self.places.home else str(socket)
        options = shlex.join(["-c", f"unix_socket_directories={where}"])
        command = ("-w", "-t", str(START_SECONDS), "-D", ".", "-l", "server.log", "-o", options, "start")
        code, text = self._run("pg_ctl", *command, cwd=cluster)
        if code and not self._ready():
            log = cluster / "server.log"
            cause = _last_line(log.read_text(errors="replace") if log.exists() else text)
            raise DatabaseTrouble(f"PostgreSQL n'a pas démarré ({cause}) : voyez son journal « {log} ».")

    def _forget_dead(self) -> None:
        """Nobody works in the folder: whatever pid these files name is dead, a zombie, or somebody else's process."""
        if not Path("/proc/self").exists():
            return  # without /proc nothing is known about the pid: PostgreSQL's own check decides
        for name in (self.places.cluster / "postmaster.pid", self.places.socket / ".s.PGSQL.5432.lock"):
            name.unlink(missing_ok=True)

    def _living(self) -> list[str]:
        command = ["/bin/sh", "-c", LIVING, "sh", str(self.places.cluster)]
        return self._spawn(command, Path("/"))[1].split()

    def _ready(self) -> bool:
        return self._run("pg_isready", "-q", "-h", str(self.places.socket), cwd=self.places.home)[0] == 0

    def _output(self, *command: str) -> str:
        return self._run(*command, cwd=self.places.home)[1].strip()

    def _run(self, program: str, *arguments: str, cwd: Path) -> tuple[int, str]:
        return self._spawn([str(self.places.binaries / "bin" / program), *arguments], cwd)

    def _spawn(self, command: list[str], cwd: Path) -> tuple[int, str]:
        env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        account = self.places.account
        # A file, not a pipe: the server inherits its output and would keep a pipe open for ever.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env=env,
                timeout=START_SECONDS + 60,
                check=False,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )
            output.seek(0)
            return done.returncode, output.read().decode(errors="replace")

    @contextmanager
    def _gate(self) -> Iterator[None]:
        with self._open("start.lock") as gate:
            deadline = time.monotonic() + START_SECONDS + 60
            while True:
                try:
                    fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise DatabaseTrouble(
                            f"Un autre processus démarre ou arrête la base de « {self.places.home} » sans finir : "
                            "arrêtez-le, puis relancez."
                        ) from None
                time.sleep(0.02)
            yield

    def _open(self, name: str) -> IO[str]:
        path = self.places.home / name
        try:
            file = path.open("a")
        except OSError as error:
            raise DatabaseTrouble(
                f"Le fichier « {path} » ne peut pas être ouvert ({why(error)}) : vérifiez les droits de ce dossier."
            ) from error
        self._give(path)
        return file

    def _give(self, path: Path) -> None:
        account = self.places.account
        if account and path.stat().st_uid != account.pw_uid:
            os.chown(path, account.pw_uid, account.pw_gid)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    return (fatal or lines or ["aucun détail"])[-1]
