"""Links as the commands of a lab see them: below a root directory that is not the harness's."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from chaosmod.lab.links import resolve


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "root"
    (made / "home" / "m").mkdir(parents=True)
    (made / "go" / "pkg").mkdir(parents=True)
    return made


def test_a_path_without_links(root: Path) -> None:
    assert resolve(root, "/go/./pkg//x") == root / "go" / "pkg" / "x"
    assert resolve(root, "/") == root


@pytest.mark.parametrize(
    "target",
    ["/home/m", "../../home/m", "../../../../../home/m", "/../home/./m/", "/go/../home/m"],
)
def test_a_link_is_the_labs(root: Path, target: str) -> None:
    (root / "go" / "pkg" / "mod").symlink_to(target)
    assert resolve(root, "/go/pkg/mod") == root / "home" / "m"
    assert resolve(root, "/go/pkg/mod/cache/x") == root / "home" / "m" / "cache" / "x"


def test_a_chain_of_links(root: Path) -> None:
    (root / "go" / "pkg" / "mod").symlink_to("/home/first")
    (root / "home" / "first").symlink_to("second")
    (root / "home" / "second").symlink_to("/home/m")
    assert resolve(root, "/go/pkg/mod") == root / "home" / "m"


def test_a_link_in_the_middle(root: Path) -> None:
    (root / "home" / "pkg" / "mod").mkdir(parents=True)
    (root / "way").symlink_to("/home/pkg")
    assert resolve(root, "/way/mod/x") == root / "home" / "pkg" / "mod" / "x"
    assert resolve(root, "/way/../m") == root / "home" / "m"  # the folder above where the link leads


def test_no_link_leads_to_the_machine(root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (root / "out").symlink_to(tmp_path / "secret")
    (root / "up").symlink_to("../secret")
    assert resolve(root, "/out") == root / (tmp_path / "secret").relative_to("/")
    assert resolve(root, "/up") == root / "secret"


@pytest.mark.parametrize("target", ["/go/pkg/mod", "mod", "/home/back"])
def test_links_in_a_circle(root: Path, target: str) -> None:
    (root / "go" / "pkg" / "mod").symlink_to(target)
    (root / "home" / "back").symlink_to("/go/pkg/mod")
    with pytest.raises(OSError, match="symbolic links") as caught:
        resolve(root, "/go/pkg/mod/x")
    assert caught.value.errno == errno.ELOOP


def test_forty_links_are_followed_as_the_kernel_does_and_no_more(root: Path) -> None:
    (root / "0").mkdir()
    for n in range(41):
        (root / f"{n + 1}").symlink_to(str(n))
    assert resolve(root, "/40") == root / "0"
    assert (root / "40").is_dir()
    with pytest.raises(OSError, match="symbolic links"):
        resolve(root, "/41")
    with pytest.raises(OSError, match="symbolic links"):
        (root / "41").stat()
