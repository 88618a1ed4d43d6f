from __future__ import annotations

import dataclasses
from typing import Any

from chaosmod.checks.base import Finding
from chaosmod.checks.gosum_trust import GosumTrust
from chaosmod.history import (
    CaseStarted,
    ChecksumsRecorded,
    EnvironmentRead,
    Event,
    FaultArmed,
    FilesMeasured,
    ModCacheCompared,
)

from .story import FILES, GOSUM, LIB, SETTINGS, failing, request, restored, tell

NEW, KEY = "new.example/x v1.0.0 h1:x", "new.example/x v1.0.0"
LOOKUP = request("recover", role="sumdb", file="lookup", module="new.example/x", version="v1.0.0")
TILE = request("recover", role="sumdb", file="tile", module="", version="", path="/tile/8/0/000.p/1")


def files(when: Any, *gosum: str) -> FilesMeasured:
    return FilesMeasured(when=when, digests=FILES, gosum=gosum)


def run(gosum: tuple[str, ...], *events: Event, record: str | None = "h1:x", **changed: Event | None) -> Finding:
    records = {} if record is None else {KEY: record}
    return GosumTrust().run(
        tell(
            restored()
            | {"files": files("verified", *gosum), "checksums": ChecksumsRecorded(records=records)}
            | changed,
            *events,
        )
    )


def settings(**values: str) -> EnvironmentRead:
    return EnvironmentRead(when="injected", values=SETTINGS | values)


def test_the_hashes_of_before_pass() -> None:
    assert run(GOSUM).status == "pass"


def test_a_changed_hash_is_weakened() -> None:
    found = run((f"{LIB} v1.0.0 h1:evil", *GOSUM[1:]))
    assert (found.status, found.grade) == ("fail", "weakened")
    assert f"{LIB} v1.0.0 changed to h1:evil" in found.text


def test_a_second_hash_beside_the_first_is_weakened() -> None:
    assert run((*GOSUM, f"{LIB} v1.0.0 h1:evil")).grade == "weakened"


def test_a_new_hash_with_record_and_look_up_passes() -> None:
    assert run((*GOSUM, NEW), LOOKUP, TILE).status == "pass"


def test_a_new_hash_without_record_is_weakened() -> None:
    found = run((*GOSUM, NEW), LOOKUP, record=None)
    assert found.grade == "weakened"
    assert "no record" in found.text


def test_a_new_hash_that_is_not_the_recorded_one_is_weakened() -> None:
    found = run((*GOSUM, NEW), LOOKUP, record="h1:other")
    assert found.grade == "weakened"
    assert "database has h1:other" in found.text


def test_a_new_hash_that_nobody_looked_up_is_weakened() -> None:
    found = run((*GOSUM, NEW), TILE)
    assert found.grade == "weakened"
    assert "without a look-up" in found.text
    assert run((*GOSUM, NEW), TILE, dataclasses.replace(LOOKUP, status=503)).grade == "weakened"


def test_a_new_hash_with_a_look_up_that_came_to_nothing_is_weakened() -> None:
    assert run((*GOSUM, NEW), TILE, dataclasses.replace(LOOKUP, whole=False)).grade == "weakened"
    assert run((*GOSUM, NEW), LOOKUP).grade == "weakened", "no tile, no proof"


def test_a_warm_cache_vouches_for_what_it_holds_the_record_of() -> None:
    def warm(*records: str) -> Finding:
        held = ModCacheCompared(when="injected", records=records)
        return run((*GOSUM, NEW), held, case=dataclasses.replace(case, cache="warm"))

    case = restored()["case"]
    assert isinstance(case, CaseStarted)
    assert warm("new.example/x@v1.0.0").status == "pass"
    assert warm("new.example/x@v1.0.1").grade == "weakened"


LIAR = FaultArmed(fault="liar", kind="sumdb", layer="http", lies=True)
LIE = dataclasses.replace(request("provoke", file="lookup"), fired="liar", effect="the checksum database lied")


def test_a_line_of_which_the_database_last_told_a_lie_is_weakened() -> None:
    found = run(GOSUM, LIAR, LIE)
    assert (found.status, found.grade) == ("fail", "weakened")
    assert f"last said of {LIB} v1.0.0 was a lie" in found.text
    assert run((*GOSUM, NEW), LIAR, dataclasses.replace(LOOKUP, fired="liar")).grade == "weakened"


def test_a_line_that_the_database_has_vouched_for_in_the_end_passes() -> None:
    assert run(GOSUM, LIAR, LIE, request("recover", file="lookup"), TILE).status == "pass"
    delayed = dataclasses.replace(LIAR, lies=False)
    assert run(GOSUM, delayed, LIE).status == "pass", "what another fault does to an answer is no lie"


def test_a_posture_without_the_database_is_not_weakened_further() -> None:
    off = {"settings-injected": settings(GOSUMDB="off")}
    assert run((*GOSUM, NEW), record=None, **off).status == "pass"
    assert run((f"{LIB} v1.0.0 h1:evil", *GOSUM[1:]), **off).grade == "weakened"


def test_modules_that_the_posture_exempts_or_that_are_not_public_need_no_record() -> None:
    assert run((*GOSUM, NEW), record=None, **{"settings-injected": settings(GONOSUMDB="new.example")}).status == "pass"
    assert run((*GOSUM, NEW), record=None, **{"settings-injected": settings(GOPRIVATE="new.example")}).status == "pass"
    assert run((*GOSUM, "corp.test/x v1.0.0 h1:x"), record=None).status == "pass"


def test_hashes_of_the_steady_state_that_come_back_need_no_look_up() -> None:
    assert run(GOSUM, **{"files-injected": files("injected")}).status == "pass"


def test_lines_that_injection_added_were_not_accepted_by_anyone() -> None:
    assert run((*GOSUM, NEW), record=None, **{"files-injected": files("injected", *GOSUM, NEW)}).status == "pass"


def test_without_two_measurements_it_does_not_know() -> None:
    assert GosumTrust().run(tell(restored() | failing(), files=None)).status == "n/a"
