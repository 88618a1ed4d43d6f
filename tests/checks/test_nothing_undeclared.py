from __future__ import annotations

import pytest

from chaosmod.checks.nothing_undeclared import NothingUndeclared
from chaosmod.history import ConnectionSeen, DnsAnswered, Event

from .story import request, restored, tell


def test_declared_trouble_passes() -> None:
    assert NothingUndeclared().run(tell(restored())).status == "pass"


def test_trouble_that_no_fault_explains_breaks_the_lab() -> None:
    found = NothingUndeclared().run(tell(restored(), request("verify", status=502, error="the proxy's own error page")))
    assert (found.status, found.grade) == ("fail", "broken-lab")
    assert "own error page" in found.text


@pytest.mark.parametrize(
    "event",
    [
        request("provoke", fired="stranger"),
        DnsAnswered(invocation=1, name="x", qtype="A", transport="udp", role="", rcode="", fired="stranger"),
        ConnectionSeen(invocation=1, role="primary", port=443, fired=("gone", "stranger")),
    ],
)
def test_a_fault_that_nobody_armed_breaks_the_lab(event: Event) -> None:
    found = NothingUndeclared().run(tell(restored(), event))
    assert found.grade == "broken-lab"
    assert "'stranger'" in found.text
