import os
from pathlib import Path

import pytest

from chaosmod.errors import ChaosmodError
from chaosmod.faults.decisions import Replay
from chaosmod.options import Options
from chaosmod.preflight import check, replayed
from tests.support.users import as_ordinary_user


def options(tmp_path, **given):
    return Options(runs=tmp_path / ".chaosmod" / "runs", base=tmp_path, **given)


def test_what_is_there_is_fine_and_nothing_is_made(tmp_path):
    (tmp_path / "go.work").write_text("go 1.22\n")
    before = list(tmp_path.iterdir())
    for given in (
        {},
        {"workspace": str(tmp_path)},
        {"workspace": "corpus:app"},
        {"upstream": "corpus"},
        {"upstream": "live"},
    ):
        check(options(tmp_path, **given))
    assert list(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"workspace": "/nowhere/at/all"},
            "--chaos-workspace: /nowhere/at/all is no Go project: there is no such folder",
        ),
        ({"workspace": "/"}, "--chaos-workspace: / is no Go project: it has no go.mod and no go.work"),
        ({"workspace": "corpus:ap"}, "did you mean corpus:app?"),
        ({"upstream": "foo"}, "unknown upstream 'foo': write corpus, live or snapshot:DIR"),
        ({"upstream": "snapshot:"}, "names no folder"),
        ({"upstream": "snapshot:/nowhere"}, "--chaos-upstream: /nowhere cannot be served as a module cache"),
        ({"go": ("9.9",)}, "no Go release fits --chaos-go=9.9"),
        ({"replay": Path("/nowhere.json")}, "--chaos-replay: /nowhere.json: cannot be read"),
        ({"replay": Path(__file__)}, "is no replay file"),
    ],
)
def test_what_is_not_there_is_told_with_what_to_do(tmp_path, given, says):
    with pytest.raises(ChaosmodError) as told:
        check(options(tmp_path, **given))
    assert says in str(told.value)


def test_histories_that_cannot_be_kept(tmp_path):
    (tmp_path / ".chaosmod").write_text("")
    with pytest.raises(ChaosmodError, match=r"\.chaosmod is no folder; .*--chaos-runs=DIR"):
        check(options(tmp_path))
    check(options(tmp_path), keeps=False)


def test_a_folder_that_is_closed_to_us():
    def refused():
        assert not os.access("/", os.W_OK)
        with pytest.raises(ChaosmodError, match=r"nothing can be written in /; .*--chaos-runs=DIR"):
            check(Options(runs=Path("/.chaosmod-of-nobody/runs")))

    as_ordinary_user(refused)


def test_a_replay_is_of_one_of_the_cases(tmp_path):
    file = tmp_path / "replay.json"
    Replay("one", "none", 1, ()).write(file)
    replayed(options(tmp_path, replay=file), [("one", "retry"), ("one", "none")])
    replayed(options(tmp_path), [])
    with pytest.raises(ChaosmodError, match="the file is of none of one, which is not among the cases"):
        replayed(options(tmp_path, replay=file), [("one", "retry"), ("two", "none")])
