from __future__ import annotations

import dataclasses
import json
import os
import threading
import types
import typing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaosmod import history as module
from chaosmod.errors import ChaosmodError
from chaosmod.history import (
    BadEntry,
    BuildMeasured,
    CaseStarted,
    CommandFinished,
    Event,
    FilesMeasured,
    Fingerprint,
    History,
    JsonLines,
    ModCacheCompared,
    Note,
    Package,
    PhaseStarted,
    RequestServed,
    from_json,
    read,
    to_json,
)

EVENTS = [cls for cls in vars(module).values() if isinstance(cls, type) and issubclass(cls, Event) and cls is not Event]


def test_recording_fills_in_time_and_phase() -> None:
    history = History()
    history.enter("provoke")
    note = history.record(Note(text="x", at=99.0, phase="teardown"))
    assert note.phase == "provoke"
    assert 0 <= note.at < 10
    assert list(history) == [history.last(PhaseStarted), note]
    assert len(history) == 2


def test_events_are_found_by_class_and_attributes() -> None:
    history = History()
    first, second = (history.record(Note(text=t)) for t in "ab")
    assert history.of(Note) == [first, second]
    assert history.of(Note, text="b") == [second]
    assert history.of(PhaseStarted) == []
    assert history.last(Note) == second
    assert history.last(Note, text="c") is None


def test_replayed_events_stay_as_they_are() -> None:
    events = [Note(text="x", at=5.0, phase="verify"), PhaseStarted(phase="teardown", at=6.0)]
    assert list(History.replay(events)) == events


def test_every_event_is_given_to_the_sink_in_order() -> None:
    seen: list[Event] = []
    history = History(seen.append)
    history.enter("inject")
    history.record(Note(text="x"))
    assert seen == list(history)


def test_threads_lose_nothing() -> None:
    history = History()
    threads = [
        threading.Thread(target=lambda n=n: [history.record(Note(text=str(n))) for _ in range(200)]) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(history.of(Note, text=str(n))) for n in range(4)] == [200] * 4


def _any(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of the annotated type ``kind``, with plain dictionaries as JSON gives them."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return st.sampled_from(args)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*map(_any, args))
    if origin is tuple:
        return st.lists(_any(args[0]), max_size=2).map(tuple)
    if origin is not None:
        return st.dictionaries(_any(args[0]), _any(args[1]), max_size=2)
    if dataclasses.is_dataclass(kind):
        hints = {k: v for k, v in typing.get_type_hints(kind).items() if typing.get_origin(v) is not typing.ClassVar}
        return st.builds(kind, **{name: _any(hint) for name, hint in hints.items()})
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(max_size=8),
        int: st.integers(),
        bool: st.booleans(),
        float: st.floats(allow_nan=False, allow_infinity=False),
        type(None): st.none(),
    }
    return plain[kind]


@pytest.mark.parametrize("cls", EVENTS, ids=lambda c: c.__name__)
@settings(max_examples=30)
@given(data=st.data())
def test_every_event_comes_back_from_json(cls: type[Event], data: st.DataObject) -> None:
    event = data.draw(_any(cls))
    line = to_json(event)
    assert "\n" not in line
    assert from_json(line) == event


def test_names_of_events_are_unique() -> None:
    assert len({cls.event for cls in EVENTS}) == len(EVENTS)


def test_nested_values_come_back_as_they_were() -> None:
    build = BuildMeasured(
        when="steady",
        outcome="ok",
        fingerprint=Fingerprint({"p": Package("m.example", "v1.0.0", "h1:x", "c")}, {"b": "1"}),
    )
    cache = ModCacheCompared(when="verified", bad=(BadEntry("p", "differs", injected=True),), entries=1)
    case = CaseStarted(scenario="s", case="c", changes=("go.mod",), within_time=1.5, expected_verdict="restored")
    command = CommandFinished(n=1, argv=("go", "build"), purpose="measure", outcome="hung", exit=None, seconds=1.0)
    for event in (build, cache, case, command):
        assert from_json(to_json(event)) == event


@pytest.mark.parametrize(
    "line",
    [
        "",
        "nonsense",
        "[]",
        "3",
        "{}",
        '{"event": "unheard-of"}',
        '{"event": "note"}',
        '{"event": "note", "words": "x"}',
    ],
)
def test_what_is_no_event_is_an_error_for_the_user(line: str) -> None:
    with pytest.raises(ChaosmodError, match="not a line of a chaosmod history"):
        from_json(line)


def test_a_history_on_disk_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "a" / "case.jsonl"
    sink = JsonLines(path)
    history = History(sink)
    history.enter("provoke")
    history.record(Note(text="umlaut ü, line\nbreak"))
    # Every line is on disk as soon as it is recorded: a crash loses none.
    assert list(read(path)) == list(history)
    sink.close()
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert list(read(path)) == list(history)


def test_events_cannot_be_changed() -> None:
    note = Note(text="x")
    with pytest.raises(dataclasses.FrozenInstanceError):
        note.text = "y"  # type: ignore[misc]


def test_a_request_without_an_answer_has_no_status() -> None:
    served = RequestServed(
        n=1, invocation=0, role="primary", host="h", method="GET", path="/", protocol="h2", scheme="https", file="other"
    )
    assert served.status is None
    assert from_json(to_json(served)) == served


def test_a_name_that_is_not_utf8_comes_back_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "case.jsonl"
    name = os.fsdecode(b"b\xc3\xa4d\xff.go")
    history = History(JsonLines(path))
    files = history.record(FilesMeasured(when="verified", digests={name: "1"}, gosum=()))
    assert list(read(path)) == [files]
    line = path.read_text(encoding="utf-8")
    assert "bäd\\udcff.go" in line
    assert json.loads(line)["digests"] == {name: "1"}
