"""What GOFLAGS tells the linker is kept, with ours added: real Go is the judge of what that means."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from chaosmod.lab.linkflags import link_flags
from tests.support.files import write
from tests.support.projects import private_environment, release


@pytest.mark.parametrize(
    ("goflags", "expected"),
    [
        ("", []),
        ("-trimpath -buildvcs=false -gcflags=-N\n", []),
        ("-ldflags=-s", ["-w -s"]),
        ("--ldflags=-s", ["-w -s"]),
        ("-ldflags=", ["-w"]),
        ("-mod=mod '-ldflags=-s -X=m.A=b'\t-v", ["-w -s -X=m.A=b"]),
        ("\"-ldflags=-X 'm.A=b c'\"", ["-w -X 'm.A=b c'"]),
        ("-ldflags=all=-s -ldflags=-X=m.A=b", ["all=-w -s", "-w -X=m.A=b"]),
        ("-ldflags=all=", ["all=-w"]),
        ("-ldflags=-X", ["-w -X"]),
        ("-ldflags=nonsense", ["nonsense"]),
        ("-toolexec=x-ldflags=-s", []),
    ],
)
def test_each_is_said_again_with_ours_added(goflags: str, expected: list[str]) -> None:
    assert link_flags(goflags) == ["-ldflags=-w", *(f"-ldflags={value}" for value in expected)]


MAIN = 'package main\n\nvar Mode, Name = "plain", "x"\n\nfunc main() { print(Mode, " ", Name) }\n'


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program; its runtime is compiled once for all tests."""
    folder = tmp_path_factory.mktemp("linked") / "m"
    write(folder, {"go.mod": "module m.test\n\ngo 1.21\n", "main.go": MAIN})
    return folder


def built(project: Path, goflags: str, *flags: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [release().go, "build", *flags, "-o", "program", "."],
        cwd=project,
        env={**private_environment(project.parent / "home"), "GOFLAGS": goflags, "CGO_ENABLED": "0"},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("goflags", "prints"),
    [
        ("-v", "plain x"),
        ("-v -ldflags=-X=main.Mode=a", "a x"),
        ("'-ldflags=-X=main.Mode=a -X=main.Name=b'", "a b"),
        ("\"-ldflags=-X 'main.Mode=a b'\" --v", "a b x"),
        ("-ldflags=-X=main.Mode=a -ldflags=-X=main.Name=b", "plain b"),
        ("-ldflags=-X=main.Mode=a -ldflags=", "plain x"),
        ("-ldflags=-X=main.Mode=a -ldflags=all=-X=main.Mode=c", "c x"),
        ("-ldflags=-X=main.Mode=a -ldflags=no.such/...=-X=main.Mode=c", "a x"),
        ("-ldflags=./...=-X=main.Mode=a", "a x"),
    ],
)
def test_the_program_is_the_users_but_for_its_debugging_information(project: Path, goflags: str, prints: str) -> None:
    def made(*flags: str) -> tuple[str, bytes]:
        built(project, goflags, *flags).check_returncode()
        program = project / "program"
        done = subprocess.run([program], check=True, capture_output=True, text=True)
        return done.stderr, program.read_bytes()

    users, ours = made(), made(*link_flags(goflags))
    assert users[0] == ours[0] == prints
    assert b".debug_info" in users[1] or b".zdebug_info" in users[1]
    assert b"debug_info" not in ours[1]


@pytest.mark.parametrize("goflags", ["-ldflags=-X", "-ldflags=nonsense", "-ldflags='-X", "-ldflags"])
def test_what_go_refuses_stays_refused(project: Path, goflags: str) -> None:
    assert built(project, goflags).returncode != 0
    assert built(project, goflags, *link_flags(goflags)).returncode != 0
