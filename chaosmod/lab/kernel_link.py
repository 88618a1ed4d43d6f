"""The kernel's link engine: netem on the packets of a host, inside the lab's own network.

Roles and commands share the lab's loopback interface, so that is what is shaped; packets are told apart by the role's
address as their source (towards the client) or target (towards the server), and the interface is first given the packet
size of an Ethernet. The commands run as children of the lab's init with CAP_NET_ADMIN in the lab's network only.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from chaosmod.errors import LabError, NotHere, UsageError
from chaosmod.faults.armed import ArmedFault
from chaosmod.faults.link_actions import Pace
from chaosmod.faults.link_tc import TrafficControl
from chaosmod.faults.netem import Netem, parse
from chaosmod.faults.schedule import Schedule
from chaosmod.lab.base import ROLE_ADDRESSES, Job, Lab

__all__ = ["SETTING_UP", "KernelLink", "Plan", "by_iptables", "by_netem", "missing"]

_DEVICE = "lo"
_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"
_SECONDS = 10.0
"""Time limit of a command; each takes milliseconds."""

SETTING_UP = (
    f"ip link set dev {_DEVICE} mtu 1500 gso_max_segs 1",
    f"tc qdisc add dev {_DEVICE} root handle 1: htb default 0",
)
"""The commands that make the interface ready: packets of Ethernet's size, and a root that passes what is in no class."""


@dataclass(frozen=True)
class Plan:
    """The commands that put a fault into effect, and those that undo it."""

    do: tuple[str, ...]
    undo: tuple[str, ...]


def by_netem(number: int, asked: Netem, roles: Sequence[str], towards: str) -> Plan:
    """netem on the packets of ``roles``. ``number`` (from 1) is the fault's own: it names classes and filters.

    Each direction has a class of its own, so that they do not share a rate. What is in no class passes, so a fault is
    undone by taking its filters away.
    """
    do = []
    for i, (way, side) in enumerate((("client", "src"), ("server", "dst"))):
        if towards not in ("both", way):
            continue
        minor = f"{number * 16 + i:x}"
        do += [
            f"tc class add dev {_DEVICE} parent 1: classid 1:{minor} htb rate 100gbit quantum 60000",
            f"tc qdisc add dev {_DEVICE} parent 1:{minor} handle {minor}: netem {asked.line}",
        ]
        do += [
            f"tc filter add dev {_DEVICE} parent 1: protocol ip prio {number} "
            f"u32 match ip {side} {ROLE_ADDRESSES[role]}/32 flowid 1:{minor}"
            for role in roles
        ]
    return Plan(tuple(do), (f"tc filter del dev {_DEVICE} parent 1: prio {number}",))


def by_iptables(asked: Netem, roles: Sequence[str], towards: str) -> Plan | None:
    """The same by iptables, for a line that asks for plain loss and nothing else; None for any other."""
    loss = asked.pace.loss
    if not loss or asked != Netem(asked.line, Pace(loss=loss)):
        return None
    rules = [
        f"INPUT -i {_DEVICE} -p tcp {side} {ROLE_ADDRESSES[role]} "
        f"-m statistic --mode random --probability {loss:g} -j DROP"
        for way, side in (("client", "-s"), ("server", "-d"))
        if towards in ("both", way)
        for role in roles
    ]
    return Plan(tuple(f"iptables -A {r}" for r in rules), tuple(f"iptables -D {r}" for r in rules))


def missing(line: str = "delay 1ms") -> str | None:
    """What this machine lacks for netem's ``line``, found by putting it into effect in a network that is thrown away;
    None where it lacks nothing. For ``chaosmod doctor``, and for the reason of a skip."""
    for tool, package in (("tc", "iproute2"), ("ip", "iproute2"), ("unshare", "util-linux")):
        if shutil.which(tool, path=_PATH) is None:
            return f"the command {tool} is not installed (package {package})"
    return _tried([*SETTING_UP, *by_netem(1, parse(line), ["primary"], "both").do])


def _tried(commands: Sequence[str]) -> str | None:
    script = "\n".join(["set -e", f"PATH={_PATH}", f"ip link set {_DEVICE} up", *commands])
    try:
        run = subprocess.run(
            ["unshare", "--user", "--map-root-user", "--net", "sh", "-c", script],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as e:
        return str(e)
    if run.returncode == 0:
        return None
    said = " ".join(run.stderr.split()) or f"exit status {run.returncode}"
    hint = " (the kernel module sch_netem is not there)" if "qdisc kind is unknown" in said else ""
    return f"the kernel refused: {said}{hint}"


class KernelLink:
    """The kernel's link engine in one lab."""

    def __init__(self, lab: Lab, armed: Sequence[ArmedFault]) -> None:
        self._lab = lab
        self._armed = armed
        self._undo: list[tuple[ArmedFault, Plan]] = []

    def begin(self) -> None:
        """Put the faults that want the kernel into effect.

        Raises NotHere where this machine has no netem, UsageError where a fault asks for what the kernel cannot do, and
        LabError where a command fails.
        """
        self._undo = [(a, plan) for n, a in enumerate(self._armed, 1) if (plan := _plan(n, a)) is not None]
        if any(" netem " in command for _, plan in self._undo for command in plan.do):
            self._run(SETTING_UP)
        for _, plan in self._undo:
            self._run(plan.do)

    def heal(self) -> None:
        """Undo the faults that have healed since."""
        for armed, plan in self._undo:
            if armed.healed:
                self._run(plan.undo)
        self._undo = [(armed, plan) for armed, plan in self._undo if not armed.healed]

    def _run(self, commands: Sequence[str]) -> None:
        for command in commands:
            job = Job(shlex.split(command), {"PATH": _PATH}, "/", network_admin=True)
            (ended,) = self._lab.wait([self._lab.start(job)], _SECONDS)
            if ended.outcome != "ok":
                raise LabError(f"{command}: {ended.stderr.strip() or ended.outcome}")


def _plan(number: int, armed: ArmedFault) -> Plan | None:
    """How to put ``armed`` into effect; None where it does not want the kernel."""
    fault = armed.fault
    if not isinstance(fault, TrafficControl) or fault.engine != "kernel":
        return None
    if armed.schedule != Schedule():
        raise UsageError(f"fault {armed.id!r}: {fault.unscheduled()}")
    asked, roles = parse(fault.netem), tuple(armed.match.host or ROLE_ADDRESSES)
    why = missing(asked.line)
    if why is None:
        return by_netem(number, asked, roles, fault.towards)
    plan = by_iptables(asked, roles, fault.towards)
    if plan is None or _tried(plan.do) is not None:
        raise NotHere(f"fault {armed.id!r} wants the kernel's link engine: {why}")
    return plan
