"""What a lab sees of the file system."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaosmod.lab.base import Tree
from chaosmod.lab.sandbox.mounts import Layout, Overlay
from chaosmod.lab.sandbox.sandbox import Sandbox, Spawner
from tests.support.shell import sh

pytestmark = pytest.mark.namespaces


def test_mode_bits_hold(lab: Sandbox) -> None:
    assert sh(lab, "echo x > f; chmod 0 f; cat f").outcome == "failed"


@pytest.mark.parametrize("place", ["/usr", "/etc", "/", "/var", "$OUTSIDE", "/proc/sys/kernel"])
def test_nothing_of_the_machine_can_be_written(lab: Sandbox, place: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o777)
    ended = sh(lab, f"OUTSIDE={outside}; touch {place}/chaosmod-was-here")
    assert ended.outcome == "failed"
    assert not list(outside.iterdir())


@pytest.mark.parametrize(
    "place", ["/lab/home", "/lab/work", "/lab/gopath", "/lab/cache", "/lab/tmp", "/tmp", "/dev/null"]
)
def test_the_labs_own_places_can_be_written(lab: Sandbox, place: str) -> None:
    target = place if place == "/dev/null" else f"{place}/file"
    assert sh(lab, f"echo x > {target}").outcome == "ok"


def test_the_base_is_copied_on_write(lab: Sandbox, tmp_path: Path) -> None:
    assert sh(lab, "cat given; echo changed > given; rm -f nothing; mkdir new; rm given").stdout == "from the base\n"
    assert (tmp_path / "lower" / "given").read_text() == "from the base\n"
    assert not lab.path("/lab/work/given").exists()


def test_sockets_of_the_machines_services_are_out_of_reach(lab: Sandbox) -> None:
    """Path-based Unix sockets cross network namespaces: /run and /tmp must hide them."""
    assert sh(lab, "find /run /tmp -type s").stdout == ""
    assert sh(lab, "ls -A /run").stdout == ""


def test_odd_names_of_lower_directories(spawner: Spawner, directory: Path, tmp_path: Path) -> None:
    odd = tmp_path / "a:b,c\\d e"
    odd.mkdir()
    (odd / "f").write_text("x")
    lab = Sandbox(spawner, directory, [Tree("work", (odd,))])
    try:
        assert lab.path("/lab/work/f").read_text() == "x"
    finally:
        lab.close()


def test_a_small_disk_fills_up(spawner: Spawner, directory: Path) -> None:
    lab = Sandbox(spawner, directory, [Tree("work", limit="size=1m")])
    try:
        said = sh(lab, "head -c 4m /dev/zero > big").stderr
        assert "No space left on device" in said
    finally:
        lab.close()


def test_a_layout_survives_the_wire() -> None:
    import dataclasses

    layout = Layout("/d", (Overlay("a", ("/x", "/y")), Overlay("b", (), "size=1m")), "/etc2", ("/v",))
    assert Layout.from_json(dataclasses.asdict(layout)) == layout
