from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaosmod.cli import main
from chaosmod.lab.trees import remove_tree
from tests.support.processes import pytest_in, write

GONE = """
    scenario: gone
    posture: {GOPROXY: "{primary}"}
    faults:
      - {id: gone, http: 410, match: {host: primary, file: zip}}
    provoke: "echo left > mark; go build {packages}"
    expect: {outcome: failed, verdict: restored}
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The directory that the failure text names, of a case that was wrong about its verdict."""
    folder = tmp_path_factory.mktemp("kept")
    write(folder, gone=GONE)
    done = pytest_in(folder, "gone.yml", "--chaos-keep", columns=200)
    (line,) = [line for line in done.stdout.splitlines() if "to enter it: chaosmod enter " in line]
    lab = Path(line.rpartition(" ")[2])
    yield lab
    remove_tree(lab)


def enter(kept: Path, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "chaosmod", "enter", str(kept), *command]
    return subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=120)


@pytest.mark.namespaces
class TestInside:
    def test_it_is_the_world_of_the_case(self, kept: Path) -> None:
        done = enter(
            kept, "sh", "-c", "cat mark; pwd; go env GOMODCACHE GOPROXY; ls /lab/gopath/pkg/mod/cache/download"
        )
        assert done.stderr == ""
        mark, here, cache, proxy, *modules = done.stdout.splitlines()
        assert (mark, here, cache) == ("left", "/lab/work", "/lab/gopath/pkg/mod")
        assert proxy.startswith("https://")
        assert "corpus.example" in modules

    def test_there_is_no_network(self, kept: Path) -> None:
        done = enter(kept, "go", "mod", "download")
        assert done.returncode == 1
        assert "dial" in done.stderr

    def test_what_is_changed_stays(self, kept: Path) -> None:
        assert enter(kept, stdin="echo more >> mark; exit 7\n").returncode == 7
        assert (kept / "upper" / "work" / "mark").read_text() == "left\nmore\n"
        assert enter(kept, "cat", "mark").stdout == "left\nmore\n"
        (kept / "upper" / "work" / "mark").write_text("left\n")

    def test_the_machine_is_read_only(self, kept: Path) -> None:
        assert "Read-only file system" in enter(kept, "touch", "/etc/mine").stderr

    def test_a_command_that_is_not_there(self, kept: Path) -> None:
        done = enter(kept, "no-such-command")
        assert (done.returncode, done.stdout) == (2, "")
        assert "no-such-command" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_directory_that_is_no_lab(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["enter", str(tmp_path)]) == 2
    assert "--chaos-keep" in capsys.readouterr().err
