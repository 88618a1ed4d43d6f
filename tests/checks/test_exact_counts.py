from __future__ import annotations

import pytest

from chaosmod.checks.exact_counts import ExactCounts
from chaosmod.history import ConnectionSeen, DnsAnswered, Event, FaultsCounted

from .story import request, restored, tell


def counted(asked: int, acted: int, fault: str = "gone") -> FaultsCounted:
    return FaultsCounted(asked={fault: asked}, acted={fault: acted})


def test_counts_that_agree_pass() -> None:
    found = ExactCounts().run(tell(restored(), counted(1, 1)))
    assert (found.status, found.text) == ("pass", "1 decision, all of them in the history")


def test_a_history_of_before_is_not_judged() -> None:
    assert ExactCounts().run(tell(restored())).status == "n/a"


def test_a_decision_that_came_to_nothing_is_no_loss() -> None:
    passed_on = request("verify", eligible=("gone",))
    assert ExactCounts().run(tell(restored(), passed_on, counted(2, 2))).status == "pass"


DNS = DnsAnswered(invocation=1, name="x", qtype="A", transport="udp", role="", rcode="", eligible=("far",), fired="far")
CONNECTION = ConnectionSeen(invocation=1, role="primary", port=443, eligible=("far",), fired=("far",))


@pytest.mark.parametrize(
    ("event", "count", "says"),
    [
        (request("verify"), counted(2, 1), "asked 2×, and the history has 1 eligible"),
        (request("verify", eligible=("gone",)), counted(1, 1), "asked 1×, and the history has 2 eligible"),
        (request("verify", eligible=("gone",), fired="gone"), counted(2, 1), "act 1×, and the history has 2 fired"),
        (DNS, counted(1, 1), "'far' was asked 0×, and the history has 1 eligible"),
        (CONNECTION, counted(1, 1), "'far' was asked 0×, and the history has 1 eligible"),
        (DNS, FaultsCounted(asked={"gone": 1, "far": 1}, acted={"gone": 1}), "'far' decided to act 0×"),
        (CONNECTION, FaultsCounted(asked={"gone": 1, "far": 1}, acted={"gone": 1}), "'far' decided to act 0×"),
    ],
)
def test_counts_that_differ_break_the_lab(event: Event, count: FaultsCounted, says: str) -> None:
    found = ExactCounts().run(tell(restored(), event, count))
    assert (found.status, found.grade) == ("fail", "broken-lab")
    assert says in found.text
