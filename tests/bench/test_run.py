from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaosmod.history import CommandFinished, RequestServed
from chaosmod.session import Session
from tests.bench import run
from tests.bench.budget import Measured


def test_an_unknown_name_is_refused_before_anything_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run.main(["lab", "speed"])
    assert "unknown: speed" in capsys.readouterr().err


def test_what_is_over_is_reported_and_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def slow(session: Session) -> Iterator[Measured]:
        assert session.config.toolchains
        yield Measured("slow", "something slow", 2, "s", 1)

    monkeypatch.setenv("CHAOSMOD_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(run, "BUDGETS", {"slow": slow})
    run.main(["--json", str(tmp_path / "bench.json")])
    assert "2.00 s" in capsys.readouterr().out
    data = json.loads((tmp_path / "bench.json").read_text())
    assert [r["name"] for r in data["results"]] == ["slow"]
    assert {"cpus", "load", "python", "mitmproxy", "go"} <= data["machine"].keys()


@pytest.mark.namespaces
def test_the_server_that_is_compared_with_serves_what_the_lab_serves(session: Session, tmp_path: Path) -> None:
    """Once each way, with nothing timed: what is compared must work, or the figures would be those of an error."""
    from tests.bench import goserver, labs, project

    made = project.make(tmp_path, 2, 1000)
    go = next(iter(session.config.toolchains.values()))
    program = goserver.build(go, run.KEPT)
    with labs.lab(made, session) as stage, goserver.serving(stage, program, made.served, session.authority) as address:
        assert labs.download(stage) > 0
        own = stage.bench.history.of(CommandFinished)[-1].n
        assert labs.download(stage, address) > 0
        with pytest.raises(RuntimeError, match="go mod download: failed"):
            labs.download(stage, address + "/elsewhere")
        stage.silence()  # what is under way is recorded
        asked = {request.invocation for request in stage.bench.history.of(RequestServed)}
        assert asked == {own}, "only the first download came to the lab's own proxy"
