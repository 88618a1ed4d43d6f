from __future__ import annotations

import multiprocessing
import os
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from chaosmod.lab import trees
from tests.support.users import as_ordinary_user


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file and a directory that no helper may ever touch."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("kept")
    return outside


class TestRemove:
    def test_nothing_there(self, tmp_path: Path) -> None:
        trees.remove_tree(tmp_path / "absent")
        trees.remove_tree(tmp_path / "absent" / "deeper")

    def test_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        trees.remove_tree(tmp_path / "file")
        assert os.listdir(tmp_path) == []

    def test_read_only_and_closed_directories_as_an_ordinary_user(self, ordinary_dir: Path) -> None:
        def check() -> None:
            module = ordinary_dir / "lab" / "pkg" / "mod" / "example.com@v1.0.0"
            module.mkdir(parents=True)
            (module / "go.mod").write_text("module example.com\n")
            (module / "go.mod").chmod(0o444)
            work = ordinary_dir / "lab" / "overlay" / "work"
            (work / "inner").mkdir(parents=True)
            for path, mode in ((module, 0o555), (work / "inner", 0o000), (work, 0o000), (ordinary_dir / "lab", 0o500)):
                path.chmod(mode)
            trees.remove_tree(ordinary_dir / "lab")
            assert os.listdir(ordinary_dir) == []

        as_ordinary_user(check)

    def test_links_are_removed_and_not_followed(self, tmp_path: Path, outside: Path) -> None:
        lab = tmp_path / "lab"
        lab.mkdir()
        (lab / "dir").symlink_to(outside)
        (lab / "file").symlink_to(outside / "precious")
        (lab / "dangling").symlink_to("nowhere")
        trees.remove_tree(lab)
        assert (outside / "precious").read_text() == "kept"
        assert not lab.exists()

    def test_a_link_as_the_path_itself(self, tmp_path: Path, outside: Path) -> None:
        (tmp_path / "lab").symlink_to(outside)
        trees.remove_tree(tmp_path / "lab")
        assert not os.path.lexists(tmp_path / "lab")
        assert (outside / "precious").read_text() == "kept"

    def test_a_closed_directory_that_became_a_link_is_not_opened(self, ordinary_dir: Path) -> None:
        """The mode of what a link points to stays as it is, also on the way through O_PATH."""

        def check() -> None:
            (ordinary_dir / "closed").mkdir(mode=0o000)
            (ordinary_dir / "lab").mkdir()
            (ordinary_dir / "lab" / "link").symlink_to(ordinary_dir / "closed")
            trees.remove_tree(ordinary_dir / "lab")
            assert stat.S_IMODE((ordinary_dir / "closed").stat().st_mode) == 0

        as_ordinary_user(check)

    def test_a_directory_swapped_for_a_link_all_the_time(self, tmp_path: Path, outside: Path) -> None:
        """The classic attack: while we descend, the directory becomes a link to somewhere else."""
        stop = multiprocessing.get_context("fork").Event()
        swapper = multiprocessing.get_context("fork").Process(target=_swap, args=(tmp_path / "lab", outside, stop))
        swapper.start()
        try:
            until = time.monotonic() + 1
            while time.monotonic() < until:
                (tmp_path / "lab" / "victim").mkdir(parents=True, exist_ok=True)
                for i in range(20):
                    (tmp_path / "lab" / f"{i}").touch()
                trees.remove_tree(tmp_path / "lab")
        finally:
            stop.set()
            swapper.join()
        assert (outside / "precious").read_text() == "kept"

    def test_deeper_than_open_files_and_the_stack_allow(self, tmp_path: Path) -> None:
        lab = tmp_path / "lab"
        lab.mkdir()
        here = os.open(lab, os.O_RDONLY)
        for _ in range(1500):
            os.mkdir("d", dir_fd=here)
            deeper = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = deeper
        os.close(here)
        trees.remove_tree(lab)
        assert not lab.exists()

    def test_while_others_remove_the_same(self, tmp_path: Path) -> None:
        for folder in range(20):
            for name in range(20):
                path = tmp_path / "lab" / str(folder) / str(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
        failures: list[BaseException] = []

        def remove() -> None:
            try:
                trees.remove_tree(tmp_path / "lab")
            except BaseException as e:
                failures.append(e)

        threads = [threading.Thread(target=remove) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert not (tmp_path / "lab").exists()

    def test_something_that_is_never_done_writing_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lab = tmp_path / "lab"
        lab.mkdir()

        def refill(name: str, *, dir_fd: int) -> None:
            raise OSError(39, "Directory not empty")

        monkeypatch.setattr(os, "rmdir", refill)
        with pytest.raises(OSError, match=r"still being written to.*lab"):
            trees.remove_tree(lab)

    @pytest.mark.namespaces
    def test_a_mounted_file_system_is_not_entered(self, tmp_path: Path) -> None:
        (tmp_path / "lab" / "mnt").mkdir(parents=True)
        code = (
            "import sys, pathlib\nfrom chaosmod.lab.trees import remove_tree\n"
            "try: remove_tree(pathlib.Path(sys.argv[1]))\nexcept OSError as e: print(e)\n"
        )
        script = 'mount -t tmpfs none "$1/mnt" && touch "$1/mnt/kept" && "$2" -c "$3" "$1" && ls "$1/mnt"'
        run = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script, "sh", tmp_path / "lab", sys.executable, code],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "another file system is mounted" in run.stdout
        assert run.stdout.endswith("kept\n")


def _swap(lab: Path, outside: Path, stop: object) -> None:
    victim, aside = lab / "victim", lab / "aside"
    while not stop.is_set():  # type: ignore[attr-defined]
        try:
            victim.rename(aside)
            victim.symlink_to(outside)
            victim.unlink()
            aside.rename(victim)
        except OSError:
            pass


class TestCopy:
    def test_modes_links_times_and_contents(self, tmp_path: Path) -> None:
        source = tmp_path / "source"
        (source / "dir").mkdir(parents=True)
        script = source / "dir" / "run.sh"
        script.write_bytes(b"x" * 3_000_000)
        script.chmod(0o755)
        os.utime(script, (1_000_000_000, 1_000_000_000))
        (source / "link").symlink_to("dir/run.sh")
        (source / "dangling").symlink_to("/nowhere")
        (source / "dir").chmod(0o555)
        trees.copy_tree(source, tmp_path / "copy")
        copy = tmp_path / "copy"
        assert (copy / "dir" / "run.sh").read_bytes() == script.read_bytes()
        assert stat.S_IMODE((copy / "dir" / "run.sh").stat().st_mode) == 0o755
        assert (copy / "dir" / "run.sh").stat().st_mtime == 1_000_000_000
        assert stat.S_IMODE((copy / "dir").stat().st_mode) == 0o555
        assert os.readlink(copy / "link") == "dir/run.sh"
        assert os.readlink(copy / "dangling") == "/nowhere"
        trees.remove_tree(source)

    def test_a_copy_is_its_own_file(self, tmp_path: Path) -> None:
        (tmp_path / "source").mkdir()
        (tmp_path / "source" / "file").write_text("good")
        trees.copy_tree(tmp_path / "source", tmp_path / "copy")
        (tmp_path / "copy" / "file").write_text("damaged")
        assert (tmp_path / "source" / "file").read_text() == "good"

    def test_across_file_systems(self, tmp_path: Path) -> None:
        """From /proc, where neither reflink nor copy_file_range works."""
        trees.copy_file(Path("/proc/self/status"), tmp_path / "status")
        assert (tmp_path / "status").read_text().startswith("Name:")

    def test_sockets_and_pipes_are_left_out(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        source = tmp_path / "source"
        source.mkdir()
        os.mkfifo(source / "pipe")
        monkeypatch.chdir(source)
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind("socket")
            trees.copy_tree(source, tmp_path / "copy")
        assert os.listdir(tmp_path / "copy") == []

    @pytest.mark.parametrize("copy", [trees.copy_tree, trees.copy_file])
    def test_what_exists_is_never_written_over(self, tmp_path: Path, copy: Callable[[Path, Path], None]) -> None:
        source, dest = tmp_path / "source", tmp_path / "dest"
        if copy is trees.copy_tree:
            source.mkdir()
        else:
            source.touch()
        dest.write_text("kept")
        with pytest.raises(FileExistsError):
            copy(source, dest)
        assert dest.read_text() == "kept"


def test_freeze_reaches_everything_but_what_links_point_to(tmp_path: Path, outside: Path) -> None:
    before = outside.stat().st_mtime
    base = tmp_path / "base"
    (base / "00").mkdir(parents=True)
    (base / "00" / "entry-d").touch()
    (base / "link").symlink_to(outside)
    trees.freeze(base)
    for path in (base, base / "00", base / "00" / "entry-d", base / "link"):
        assert path.lstat().st_mtime == trees.FROZEN
    assert outside.stat().st_mtime == before


def test_hash_file(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1
    assert trees.hash_file(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


class TestPublish:
    def test_the_first_wins(self, tmp_path: Path) -> None:
        for name in ("first", "second"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "who").write_text(name)
        assert trees.publish(tmp_path / "first", tmp_path / "final") is True
        assert trees.publish(tmp_path / "second", tmp_path / "final") is False
        assert (tmp_path / "final" / "who").read_text() == "first"
        assert os.listdir(tmp_path) == ["final"]

    @pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="no second file system at hand")
    def test_from_another_file_system_it_is_copied(self, tmp_path: Path) -> None:
        with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
            made = Path(elsewhere) / "made"
            assert made.parent.stat().st_dev != tmp_path.stat().st_dev
            made.mkdir()
            (made / "who").write_text("first")
            trees.freeze(made)
            assert trees.publish(made, tmp_path / "final") is True
            assert not made.exists()
            assert (tmp_path / "final" / "who").stat().st_mtime == trees.FROZEN
            made.mkdir()
            (made / "who").write_text("second")
            assert trees.publish(made, tmp_path / "final") is False
        assert (tmp_path / "final" / "who").read_text() == "first"
        assert os.listdir(tmp_path) == ["final"]

    def test_a_file_in_the_way_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "made").mkdir()
        (tmp_path / "final").write_text("a file")
        with pytest.raises(NotADirectoryError):
            trees.publish(tmp_path / "made", tmp_path / "final")
