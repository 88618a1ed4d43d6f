import pytest

from chaosmod.cli import main
from chaosmod.commands.clean import size
from chaosmod.lab.holder import Holder
from chaosmod.lab.state import VARIABLE, StateDir


@pytest.fixture
def state(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "state"))
    return StateDir.default()


def left_over(state):
    """The directory of a lab whose holder is dead: a process of this machine that began before the machine did."""
    mine = state.new_lab()
    dead = mine.with_name(mine.name.replace(Holder.me().name().rpartition("-")[0], "no-holder"))
    mine.rename(dead)
    (dead / "file").write_bytes(bytes(2048))
    return dead


def test_nothing_to_remove(state, capsys):
    assert main(["clean"]) == 0
    assert capsys.readouterr().out == f"nothing to remove in {state.root}\n"


def test_leftovers_go_and_what_is_in_use_stays(state, capsys):
    dead, mine = left_over(state), state.new_lab()
    (state.folder("std") / "base").mkdir()
    assert main(["clean"]) == 0
    out = capsys.readouterr().out
    assert f"removed  labs     2.0 KiB  {dead}\n" in out
    assert f"in use   labs         0 B  {mine}\n" in out
    assert out.endswith(f"1 removed, 2.0 KiB freed\ncaches of 0 B stay in {state.root}: chaosmod clean --all\n")
    assert (mine.exists(), dead.exists(), (state.root / "std" / "base").exists()) == (True, False, True)


def test_caches_go_where_that_is_asked_for_and_nothing_runs(state, capsys):
    base = state.folder("std") / "base"
    base.mkdir()
    mine = state.new_lab()
    assert main(["clean", "--all"]) == 0
    assert base.exists(), "a running lab may have it for a lower layer"
    mine.rmdir()
    assert main(["clean", "--all"]) == 0
    assert not base.exists()
    out = capsys.readouterr().out
    assert "removed  std " in out
    assert "stay in" not in out


def test_a_lab_that_was_kept_goes_too(state, capsys):
    kept = state.keep(state.new_lab())
    assert main(["clean"]) == 0
    assert not kept.exists()
    with pytest.raises(SystemExit):
        main(["clean", "--help"])
    assert "--chaos-keep" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (5 << 20, "5.0 MiB"),
        (3 << 30, "3.0 GiB"),
        (5 << 40, "5120.0 GiB"),
    ],
)
def test_sizes(count, words):
    assert size(count) == words
