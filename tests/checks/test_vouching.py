"""After Go has refused something: which lines of go.sum somebody vouches for, and which were taken on trust."""

from __future__ import annotations

import dataclasses
from typing import Any

from chaosmod.checks.vouching import taken_on_trust
from chaosmod.history import CaseStarted, CommandFinished, EnvironmentRead, Event, FaultArmed, FilesMeasured

from .story import FILES, GOSUM, LIB, SETTINGS, TWO, command, request, restored, tell

KEY, MOD = f"{LIB} v1.0.0", f"{LIB} v1.0.0/go.mod"
ERROR = f"main.go:3:8: {LIB}@v1.0.0: verifying module: checksum mismatch\n\nSECURITY ERROR\n"
LOOKUP = request("provoke", 1, file="lookup")
TILE = request("provoke", 1, file="tile", module="", version="")
OFF = "GOSUMDB=off go mod tidy"


def refused(stderr: str = ERROR, **fields: Any) -> CommandFinished:
    return command(1, "provoke", purpose="provoke", outcome="failed", exit=1, stderr=stderr, **fields)


REFUSED = refused()


def step(n: int, words: str) -> CommandFinished:
    return command(n, "recover", purpose="recover", argv=("sh", "-c", words))


def gosum(when: Any, *lines: str) -> FilesMeasured:
    return FilesMeasured(when=when, digests=FILES, gosum=lines)


LOST, THERE = gosum("provoked"), gosum("recovered", *GOSUM)


def said(*events: Event, keys: tuple[str, ...] = (KEY,), provoke: Event = REFUSED, **changed: Event | None) -> str:
    return "; ".join(taken_on_trust(tell(restored() | {"provoke": None} | changed, provoke, *events), keys))


def declared(**fields: Any) -> CaseStarted:
    case = restored()["case"]
    assert isinstance(case, CaseStarted)
    return dataclasses.replace(case, **fields)


def test_without_a_refusal_or_a_lie_nothing_is_in_doubt() -> None:
    assert not said(LOOKUP, TILE, LOST, step(2, OFF), THERE, provoke=refused("go: no such host"))


def test_a_security_error_that_was_silenced_is_told() -> None:
    assert said(LOOKUP, TILE, LOST, step(2, OFF), THERE) == (
        f"{KEY} was accepted after the SECURITY ERROR about it by {OFF!r}, past the checksum database"
    )
    assert said(LOST, step(2, OFF), THERE), "where it was not looked up at all, too"


def test_both_lines_of_a_module_and_no_other_s_are_in_doubt() -> None:
    said_of = said(LOOKUP, TILE, LOST, step(2, OFF), THERE, keys=(KEY, MOD, f"{TWO} v1.2.0"))
    assert said_of.count("was accepted after") == 2
    assert TWO not in said_of


def test_an_error_that_names_no_module_puts_all_in_doubt() -> None:
    misbehavior = refused("SECURITY ERROR\ngo.sum database server misbehavior detected!\n")
    assert TWO in said(LOST, step(2, OFF), THERE, keys=(f"{TWO} v1.2.0",), provoke=misbehavior)


def test_the_refusal_and_its_silencing_may_be_one_command() -> None:
    assert said(LOOKUP, TILE, gosum("provoked", *GOSUM), provoke=refused(argv=("sh", "-c", f"go mod tidy || {OFF}")),
                case=declared(changes=("go.sum",)))  # fmt: skip


def test_a_record_of_before_vouches_where_the_database_was_not_passed_by() -> None:
    assert not said(LOOKUP, TILE, LOST, step(2, "go mod tidy"), THERE)


def test_a_later_true_answer_vouches() -> None:
    again = dataclasses.replace(LOOKUP, invocation=2)
    assert not said(LOOKUP, TILE, LOST, step(2, "rm go.sum && go mod tidy"), again, step(3, OFF), THERE)


def test_an_answer_to_the_command_that_failed_so_does_not() -> None:
    again = dataclasses.replace(LOOKUP, invocation=2)
    failed = dataclasses.replace(step(2, "go mod tidy"), stderr=ERROR, outcome="failed")
    assert said(LOOKUP, TILE, LOST, failed, again, LOST, step(3, OFF), THERE)


def test_a_line_that_was_in_gosum_all_the_time_vouches() -> None:
    kept = gosum("provoked", *GOSUM)
    assert not said(LOOKUP, TILE, kept, step(2, OFF), THERE)
    assert said(LOOKUP, TILE, kept, step(2, OFF), THERE, case=declared(changes=("go.sum",))), (
        "it may have been written anew"
    )


def test_a_step_that_puts_the_lines_back_and_fetches_nothing_vouches() -> None:
    back = step(2, "git checkout go.sum")
    fetched = request("recover", 3)
    assert not said(LOOKUP, TILE, LOST, back, THERE, step(3, OFF), fetched, THERE)
    assert said(LOOKUP, TILE, LOST, back, dataclasses.replace(fetched, invocation=2), THERE, step(3, OFF), THERE)
    assert said(LOOKUP, TILE, LOST, back, THERE, step(3, "rm go.sum"), LOST, step(4, OFF), request("recover", 4), THERE)


LIAR = FaultArmed(fault="liar", kind="x", layer="http", lies=True)
LIE = dataclasses.replace(LOOKUP, fired="liar")
FALSE_TILE = dataclasses.replace(TILE, fired="liar")


def test_the_last_word_must_not_be_a_lie() -> None:
    failed = refused("go: cannot authenticate record data in server response")
    fetched = (step(2, "go mod tidy"), request("recover", 2), THERE)
    assert said(LIAR, LIE, LOST, *fetched, provoke=failed) == (
        f"what the checksum database last said of {KEY} was a lie"
    )
    before = dataclasses.replace(LOOKUP, invocation=0)
    assert said(LIAR, before, LIE, LOST, *fetched, provoke=failed)
    assert said(LIAR, LOOKUP, FALSE_TILE, LOST, *fetched, provoke=failed), "nothing proved it"


def test_lines_that_a_step_put_back_after_a_lie_are_the_user_s_own() -> None:
    assert not said(LIAR, LIE, LOST, step(2, "git checkout go.sum"), THERE)


def test_among_true_and_false_tiles_it_counts_whether_the_database_was_passed_by() -> None:
    failed = refused("go: downloaded inconsistent tile")
    mixed = (LIAR, LOOKUP, FALSE_TILE, TILE, LOST)
    assert not said(*mixed, step(2, "go mod tidy"), THERE, provoke=failed)
    assert "after false tiles" in said(*mixed, step(2, OFF), THERE, provoke=failed)


def test_what_the_posture_does_not_verify_is_not_in_doubt() -> None:
    own = EnvironmentRead(when="injected", values=SETTINGS | {"GOSUMDB": "off"})
    assert not said(LIAR, LIE, LOST, step(2, OFF), THERE, settings_injected=own)
