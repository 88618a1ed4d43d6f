"""What a case demands of its runner, and why: so that a runner that cannot express it skips it with the reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

from chaosmod.scenario.cases import Case
from chaosmod.scenario.words import ABILITIES

__all__ = ["Demand", "demands", "missing"]

_MEANS = {
    "disk": "file systems of limited size",
    "h2": "HTTP/2",
    "attempts": "a say in whether a connection is accepted",
    "kernel-link": "a network interface of its own for tc",
    "names": "a name server of its own",
    "offline": "a network that can be taken away",
    "overlay": "copy-on-write caches",
    "sockets": "listening sockets that faults can act on",
    "tls": "HTTPS that Go trusts",
}
"""What a runner lacks that lacks the ability, in words."""

_ASKED_BY_NAME = frozenset({"sumdb", "vcs"})
"""Host roles that stand in no GOPROXY: Go takes their names from elsewhere, and asks them over https."""

_BY_NAME_ONLY = frozenset(
    {
        # Go asks no proxy for loopback addresses (golang.org/x/net/http/httpproxy, useProxy).
        *("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy"),
        # They would lead git out of a lab that has no network of its own.
        *("GIT_ALLOW_PROTOCOL", "GIT_SSH_COMMAND"),
        "GOINSECURE",
    }
)
"""Settings of a posture that mean the same only where the lab's hosts are found under their own names."""


@dataclass(frozen=True, slots=True)
class Demand:
    """Something of the case that only a runner with ``ability`` can express."""

    ability: str
    because: str
    """What demands it, as the subject of a sentence."""


def demands(case: Case) -> Iterator[Demand]:
    """All that ``case`` demands, from its faults, its scenario's ``needs``, its posture and its recovery."""
    hosts = set(case.scenario.needs)
    for fault in case.scenario.faults:
        for ability in sorted(fault.fault.needs):
            yield Demand(ability, f"the fault {fault.id} ({fault.kind})")
        of_fault = set(fault.match.host or ())
        if fault.fault.layer == "link" and of_fault & _ASKED_BY_NAME:
            yield Demand("names", f"the fault {fault.id} ({fault.kind}), on the way to a host that is asked by name,")
        hosts |= of_fault
    for word in case.scenario.needs:
        if word in ABILITIES:
            yield Demand(word, "the scenario")
    for role in sorted(hosts & _ASKED_BY_NAME):
        yield Demand("tls", f"the scenario, with its host {{{role}}},")
    yield from _of_posture(case)
    for recovery in case.recovery.do if case.recovery is not None else ():
        for ability in sorted(recovery.needs):
            yield Demand(ability, f"the recovery {recovery.name}")


def _of_posture(case: Case) -> Iterator[Demand]:
    for name, value in case.scenario.postures[case.posture].items():
        setting = f"the posture's {name}"
        entries = [entry.strip() for entry in re.split("[,|]", value)]
        if name in _BY_NAME_ONLY:
            yield Demand("names", setting)
        if (name == "GOPROXY" and any(map(_is_a_name, entries))) or (name == "GOSUMDB" and _is_a_name(value)):
            yield Demand("names", f"{setting}, which names a host itself,")
        if (name == "GOPROXY" and "direct" in entries) or (
            name in ("GOPRIVATE", "GONOPROXY") and value not in ("", "none")
        ):
            yield Demand("tls", f"{setting}, which leads to source hosts,")


def _is_a_name(entry: str) -> bool:
    return entry not in ("", "off", "direct") and not entry.startswith(("{", "file:"))


def missing(case: Case, abilities: Set[str]) -> str:
    """Why a runner with ``abilities`` cannot express ``case``: a sentence for each thing; empty where it can."""
    have = {*abilities, *({"h2"} if "tls" in abilities else ())}
    lacking = [d for d in dict.fromkeys(demands(case)) if d.ability not in have]
    return "; ".join(
        f"{d.because} needs {_MEANS[d.ability]} ({d.ability}), which the {case.runner} runner does not have here"
        for d in lacking
    )
