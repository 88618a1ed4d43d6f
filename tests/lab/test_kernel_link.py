"""The kernel's engine: the very commands, when it is wanted, and what it cannot do."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chaosmod.errors import LabError, NotHere, UsageError
from chaosmod.faults.armed import ArmedFault
from chaosmod.faults.base import FAULTS
from chaosmod.faults.match import Match
from chaosmod.faults.netem import parse
from chaosmod.faults.schedule import Schedule
from chaosmod.lab import kernel_link
from chaosmod.lab.base import Job
from chaosmod.lab.kernel_link import KernelLink, by_iptables, by_netem, missing
from chaosmod.lab.sandbox.sandbox import Sandbox
from tests.lab.sandbox.conftest import directory, lab, spawner

__all__ = ["directory", "lab", "spawner"]


def test_netem_on_the_packets_of_a_host_in_both_directions() -> None:
    plan = by_netem(1, parse("delay 10ms duplicate 1%"), ["primary"], "both")
    assert plan.do == (
        "tc class add dev lo parent 1: classid 1:10 htb rate 100gbit quantum 60000",
        "tc qdisc add dev lo parent 1:10 handle 10: netem delay 10ms duplicate 1%",
        "tc filter add dev lo parent 1: protocol ip prio 1 u32 match ip src 127.0.1.1/32 flowid 1:10",
        "tc class add dev lo parent 1: classid 1:11 htb rate 100gbit quantum 60000",
        "tc qdisc add dev lo parent 1:11 handle 11: netem delay 10ms duplicate 1%",
        "tc filter add dev lo parent 1: protocol ip prio 1 u32 match ip dst 127.0.1.1/32 flowid 1:11",
    )
    assert plan.undo == ("tc filter del dev lo parent 1: prio 1",)


def test_netem_in_one_direction_for_several_hosts() -> None:
    plan = by_netem(2, parse("loss 1%"), ["primary", "mirror"], "server")
    assert plan.do == (
        "tc class add dev lo parent 1: classid 1:21 htb rate 100gbit quantum 60000",
        "tc qdisc add dev lo parent 1:21 handle 21: netem loss 1%",
        "tc filter add dev lo parent 1: protocol ip prio 2 u32 match ip dst 127.0.1.1/32 flowid 1:21",
        "tc filter add dev lo parent 1: protocol ip prio 2 u32 match ip dst 127.0.1.2/32 flowid 1:21",
    )


def test_plain_loss_by_iptables() -> None:
    plan = by_iptables(parse("loss 2.5%"), ["sumdb"], "both")
    assert plan is not None
    rest = "-m statistic --mode random --probability 0.025 -j DROP"
    assert plan.do == (
        f"iptables -A INPUT -i lo -p tcp -s 127.0.1.3 {rest}",
        f"iptables -A INPUT -i lo -p tcp -d 127.0.1.3 {rest}",
    )
    assert plan.undo == tuple(c.replace(" -A ", " -D ") for c in plan.do)


@pytest.mark.parametrize("line", ["delay 1ms", "loss 1% delay 1ms", "loss 1% 25%", "loss 1% ecn", "loss state 1%"])
def test_anything_more_than_plain_loss_is_not_for_iptables(line: str) -> None:
    assert by_iptables(parse(line), ["primary"], "both") is None


# -- in a lab -------------------------------------------------------------------------------------------------------


def armed(engine: str = "kernel", schedule: Schedule | None = None) -> ArmedFault:
    fault = FAULTS["tc"].model_validate({"netem": "delay 10ms", "engine": engine})
    return ArmedFault("line", fault, Match(host=("primary",)), schedule or Schedule())


def here(monkeypatch: pytest.MonkeyPatch, why: str | None) -> None:
    monkeypatch.setattr(kernel_link, "missing", lambda line="": why)


@pytest.mark.namespaces
def test_nothing_is_run_for_faults_of_user_space(lab: Sandbox) -> None:
    link = KernelLink(lab, [armed("user")])
    link.begin()
    link.heal()
    assert "noqueue" in told(lab, ["ip", "link", "show", "lo"])


def test_a_schedule_cannot_be_kept(lab: Sandbox) -> None:
    with pytest.raises(UsageError, match="takes no schedule"):
        KernelLink(lab, [armed(schedule=Schedule(first=1))]).begin()


def test_where_it_is_missing_the_case_is_skipped_with_the_reason(lab: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    here(monkeypatch, "the kernel refused: no netem")
    with pytest.raises(NotHere, match="'line' wants the kernel's link engine: the kernel refused: no netem"):
        KernelLink(lab, [armed()]).begin()


@pytest.mark.namespaces
def test_the_commands_have_the_right_to_shape_the_lab_and_heal_it(
    lab: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a queue that every kernel has in netem's place, where there is no netem."""
    here(monkeypatch, None)
    if missing_really() is not None:
        real = kernel_link.by_netem

        def stand_in(*args: object) -> kernel_link.Plan:
            plan = real(*args)  # type: ignore[arg-type]
            return kernel_link.Plan(tuple(c.replace("netem delay 10ms", "pfifo limit 5") for c in plan.do), plan.undo)

        monkeypatch.setattr(kernel_link, "by_netem", stand_in)
        setting_up(lab)
    fault = armed()
    link = KernelLink(lab, [fault])
    link.begin()
    assert "7f000101/ffffffff at 12" in told(lab, ["tc", "filter", "show", "dev", "lo"])
    assert "mtu 1500" in told(lab, ["ip", "link", "show", "lo"])
    link.heal()
    assert "7f000101" in told(lab, ["tc", "filter", "show", "dev", "lo"])
    fault.healed = True
    link.heal()
    link.heal()
    assert "7f000101" not in told(lab, ["tc", "filter", "show", "dev", "lo"])


@pytest.mark.namespaces
def test_a_command_that_fails_is_trouble_of_the_lab(lab: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    here(monkeypatch, None)
    monkeypatch.setattr(kernel_link, "by_netem", lambda *_: kernel_link.Plan(("tc nonsense",), ()))
    with pytest.raises(LabError, match="tc nonsense: "):
        KernelLink(lab, [armed()]).begin()


@pytest.mark.namespaces
def test_a_command_of_a_case_has_no_such_right(lab: Sandbox) -> None:
    assert "not permitted" in told(lab, ["ip", "link", "set", "dev", "lo", "mtu", "1500"])


def setting_up(lab: Sandbox) -> None:
    KernelLink(lab, [])._run(kernel_link.SETTING_UP)


def missing_really() -> str | None:
    return missing("delay 10ms")


def told(lab: Sandbox, argv: Sequence[str]) -> str:
    """What a command says that has no rights."""
    (ended,) = lab.wait([lab.start(Job(argv, {"PATH": "/usr/sbin:/sbin:/usr/bin:/bin"}, "/"))], 10)
    return ended.stdout + ended.stderr
