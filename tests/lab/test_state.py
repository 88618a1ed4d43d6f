from __future__ import annotations

import dataclasses
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from chaosmod.errors import LabError
from chaosmod.lab import state
from chaosmod.lab.holder import Holder
from chaosmod.lab.state import StateDir
from tests.support.users import as_ordinary_user


@pytest.fixture
def here(tmp_path: Path) -> StateDir:
    return StateDir(tmp_path / "state")


def a_lab(here: StateDir, **of: object) -> Path:
    """A lab directory of another holder."""
    path = here.labs() / dataclasses.replace(Holder.me(), **of).name()  # type: ignore[arg-type]
    path.mkdir()
    return path


class TestPlace:
    def test_the_variable_names_it(self, tmp_path: Path) -> None:
        assert StateDir.default({"CHAOSMOD_CACHE_DIR": str(tmp_path)}).root == tmp_path

    def test_else_the_users_cache_directory(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert StateDir.default({}).root == tmp_path / "chaosmod"

    def test_folders_are_private(self, here: StateDir) -> None:
        assert here.folder("std") == here.root / "std"
        assert [stat.S_IMODE(p.stat().st_mode) for p in (here.root, here.root / "std")] == [0o700, 0o700]

    def test_what_others_could_enter_is_closed(self, here: StateDir) -> None:
        here.root.mkdir(mode=0o755)
        here.root.chmod(0o777)
        here.folder("std")
        assert stat.S_IMODE(here.root.stat().st_mode) == 0o700

    def test_a_link_is_refused(self, here: StateDir, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        here.root.mkdir()
        (here.root / "std").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(LabError, match=r"std is a link: set CHAOSMOD_CACHE_DIR"):
            here.folder("std")

    def test_a_file_in_the_way(self, here: StateDir) -> None:
        here.root.write_text("")
        with pytest.raises(LabError, match="cannot be used"):
            here.folder("std")

    def test_another_users_directory_is_refused(self) -> None:
        def check() -> None:
            with pytest.raises(LabError, match=r"/usr belongs to user 0, not to you"):
                StateDir(Path("/usr")).folder("std")

        as_ordinary_user(check)

    def test_where_an_ordinary_user_may_not_write(self, ordinary_dir: Path) -> None:
        def check() -> None:
            (ordinary_dir / "closed").mkdir(mode=0o500)
            with pytest.raises(LabError, match="Permission denied; set CHAOSMOD_CACHE_DIR"):
                StateDir(ordinary_dir / "closed" / "state").folder("std")

        as_ordinary_user(check)


class TestLabs:
    def test_beside_the_caches(self, here: StateDir, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(state, "file_system", lambda path: "ext4")
        assert here.labs() == here.root / "labs"

    @pytest.mark.parametrize("kind", ["overlay", "nfs4", "fuse.sshfs", "9p"])
    def test_in_the_temporary_directory_where_overlays_are_not_to_be_had(
        self, here: StateDir, kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "tmp").mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
        monkeypatch.setattr(state, "file_system", lambda path: kind if path == here.root else "tmpfs")
        assert here.labs() == tmp_path / "tmp" / f"chaosmod-{os.geteuid()}" / "labs"

    def test_beside_the_caches_where_no_place_will_do(self, here: StateDir, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(state, "file_system", lambda path: "overlay")
        assert here.labs() == here.root / "labs"

    def test_the_leftovers_of_the_dead_and_of_nobody(self, here: StateDir) -> None:
        mine = here.new_lab()
        dead = a_lab(here, start=1)
        (here.labs() / "stray").mkdir()
        elsewhere, long_ago = a_lab(here, namespace=1), a_lab(here, namespace=1)
        os.utime(long_ago, (1, 1))
        assert set(here.leftovers()) == {dead, here.labs() / "stray", long_ago}
        assert here.leftovers()[0] == long_ago
        assert mine.is_dir()
        assert elsewhere.is_dir()

    def test_the_dead_are_reaped_and_nobody_else(self, here: StateDir, monkeypatch: pytest.MonkeyPatch) -> None:
        dead, alive, unknown = a_lab(here, start=1), here.new_lab(), a_lab(here, namespace=1)
        kept = here.keep(a_lab(here, start=1))
        here.reap()
        assert [p.exists() for p in (dead, alive, unknown, kept)] == [False, True, True, True]
        stuck = a_lab(here, start=1)
        monkeypatch.setattr(state, "remove_tree", lambda path: os.rmdir(path / "missing"))
        here.reap()
        assert stuck.exists(), "left for `chaosmod clean` to report"

    def test_what_is_kept_is_held_by_nobody(self, here: StateDir) -> None:
        lab = here.new_lab()
        (lab / "file").touch()
        assert str(lab).startswith(str(here.held()))
        kept = here.keep(lab)
        assert (kept / "file").exists()
        assert not str(kept).startswith(str(here.held()))
        assert here.leftovers() == [kept]
        here.clean(["labs"])
        assert not kept.exists()

    def test_a_disk_that_is_full_is_the_labs_trouble(self, here: StateDir, monkeypatch: pytest.MonkeyPatch) -> None:
        here.labs()

        def full(self: Path, **_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(StateDir, "labs", lambda self: self.root / "labs")
        monkeypatch.setattr(Path, "mkdir", full)
        with pytest.raises(LabError, match="No space left"):
            here.new_lab()


class TestLock:
    def test_against_other_processes(self, here: StateDir) -> None:
        """Four processes count up in one file, reading and writing in two steps."""
        counter = here.folder("std") / "counter"
        counter.write_text("0")
        code = (
            "import sys, pathlib\nfrom chaosmod.lab.state import StateDir\n"
            "root = pathlib.Path(sys.argv[1]); counter = root / 'std' / 'counter'\n"
            "for _ in range(200):\n"
            "    with StateDir(root).lock('count'):\n"
            "        counter.write_text(str(int(counter.read_text()) + 1))\n"
        )
        running = [subprocess.Popen([sys.executable, "-c", code, here.root]) for _ in range(4)]
        assert [p.wait() for p in running] == [0] * 4
        assert counter.read_text() == "800"

    def test_against_other_threads(self, here: StateDir) -> None:
        order: list[str] = []

        def second() -> None:
            with here.lock("x"):
                order.append("second")

        with here.lock("x"):
            thread = threading.Thread(target=second)
            thread.start()
            time.sleep(0.1)
            order.append("first")
        thread.join()
        assert order == ["first", "second"]

    def test_several_share_it_and_keep_all_others_out(self, here: StateDir) -> None:
        with (
            here.lock("x", shared=True),
            here.lock("x", timeout=0, shared=True),
            pytest.raises(LabError, match="has held"),
            here.lock("x", timeout=0),
        ):
            pass
        with here.lock("x", timeout=0), pytest.raises(LabError, match="has held"):
            here.lock("x", timeout=0, shared=True).__enter__()

    def test_it_ends_with_a_holder_that_was_killed(self, here: StateDir) -> None:
        code = (
            "import sys, pathlib, time\nfrom chaosmod.lab.state import StateDir\n"
            "with StateDir(pathlib.Path(sys.argv[1])).lock('x'):\n    print('held', flush=True)\n    time.sleep(60)\n"
        )
        with subprocess.Popen([sys.executable, "-c", code, here.root], stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            with pytest.raises(LabError, match="has held"), here.lock("x", timeout=0.05):
                pass
            holder.kill()
        with here.lock("x", timeout=5):
            pass

    def test_a_child_forked_meanwhile_does_not_keep_it(self, here: StateDir) -> None:
        with here.lock("x"):
            child = os.fork()
            if child == 0:
                time.sleep(30)
                os._exit(0)
        try:
            with here.lock("x", timeout=0):
                pass
        finally:
            os.kill(child, 9)
            os.waitpid(child, 0)

    def test_locks_of_other_names_do_not_meet(self, here: StateDir) -> None:
        with here.lock("a", timeout=0), here.lock("b", timeout=0):
            pass

    @pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 201, "a\n"])
    def test_names_that_are_none(self, here: StateDir, name: str) -> None:
        with pytest.raises(ValueError, match="not a name"), here.lock(name):
            pass


class TestClean:
    def test_entries_have_a_size(self, here: StateDir) -> None:
        (here.folder("std") / "go1.26").mkdir()
        (here.folder("std") / "go1.26" / "archive").write_bytes(b"x" * 1000)
        (here.folder("live") / "file").write_bytes(b"x" * 10)
        here.new_lab()
        assert [(e.kind, e.path.name[:6], e.size) for e in here.entries()] == [
            ("std", "go1.26", 1000),
            ("live", "file", 10),
            ("labs", Holder.me().name()[:6], 0),
        ]

    def test_everything_goes_when_nobody_is_at_work(self, here: StateDir) -> None:
        (here.folder("std") / "go1.26").mkdir(mode=0o500)
        (here.folder("live") / "file").touch()
        a_lab(here, start=1)
        done = here.clean()
        assert [e.kind for e in done.removed] == ["std", "live", "labs"]
        assert done.kept == ()
        assert here.entries() == []

    def test_what_a_running_lab_may_be_using_stays(self, here: StateDir) -> None:
        (here.folder("std") / "go1.26").mkdir()
        dead, mine = a_lab(here, start=1), here.new_lab()
        done = here.clean()
        assert [e.path for e in done.removed] == [dead]
        assert [e.path for e in done.kept] == [here.root / "std" / "go1.26", mine]

    def test_only_what_was_asked_for(self, here: StateDir) -> None:
        (here.folder("std") / "go1.26").mkdir()
        (here.folder("live") / "file").touch()
        assert [e.kind for e in here.clean(["live"]).removed] == ["live"]
        assert (here.root / "std" / "go1.26").is_dir()

    def test_nothing_there_yet(self, here: StateDir) -> None:
        assert here.clean() == state.Cleaned((), ())


class TestFileSystem:
    def test_of_known_places(self) -> None:
        assert state.file_system(Path("/proc/self")) == "proc"
        assert state.file_system(Path("/proc/sys/no/such/thing")) == "proc"

    def test_the_longest_mount_point_counts_and_its_escapes_are_undone(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        spaced = tmp_path / "a b"
        text = f"1 0 8:1 / / rw - ext4 /dev/x rw\n2 1 0:5 / {str(spaced).replace(' ', chr(92) + '040')} rw - tmpfs none rw\n"
        monkeypatch.setattr(Path, "read_text", lambda self, **_: text)
        assert state.file_system(spaced / "x") == "tmpfs"
        assert state.file_system(tmp_path / "a bc") == "ext4"

    def test_where_there_is_no_proc(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        def absent(self: Path, **_: object) -> str:
            raise FileNotFoundError

        monkeypatch.setattr(Path, "read_text", absent)
        assert state.file_system(tmp_path) == ""
