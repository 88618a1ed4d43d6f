from __future__ import annotations

import pytest

from chaosmod.checks.base import CHECKS, ERRORS, ORDER, VERDICTS, Check, worst
from chaosmod.history import History


def test_all_checks_are_in_the_catalogue() -> None:
    assert set(CHECKS) == {
        "budget", "evidence", "exact-counts", "exit-status", "faults-fired", "files-unchanged", "gosum-trust", "mod-verify", "modcache",
        "module-graph", "nothing-undeclared", "offline-rebuild", "only-lab", "protections", "same-build",
    }  # fmt: skip


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_has_a_line_for_the_catalogue(name: str) -> None:
    assert CHECKS[name].name == name
    assert CHECKS[name].summary


@pytest.mark.parametrize("name", [n for n in CHECKS if n not in ("evidence", "only-lab", "nothing-undeclared")])
def test_an_empty_history_is_not_good_news(name: str) -> None:
    assert CHECKS[name]().run(History()).status == "n/a"


def test_the_base_says_nothing() -> None:
    with pytest.raises(NotImplementedError):
        Check().run(History())


def test_the_worst_grade_counts_and_errors_count_more_than_verdicts() -> None:
    assert worst("restored", None, "weakened", "altered") == "weakened"
    assert worst("harmed", "vacuous") == "vacuous"
    assert worst("vacuous", "broken-lab", "harmed") == "broken-lab"
    assert worst() == "survived"
    assert VERDICTS + ERRORS == ORDER
