from __future__ import annotations

import subprocess
from pathlib import Path

from chaosmod.lab.toolchain import select
from tests.bench import project
from tests.support.projects import private_environment


def test_the_same_bytes_each_time(tmp_path: Path) -> None:
    made = [project.make(tmp_path / name, 2, 100) for name in ("a", "b")]
    assert made[0].modules == ("bench.example/m000", "bench.example/m001")
    served, again = (
        {f.relative_to(m.served): f.read_bytes() for f in m.served.rglob("*") if f.is_file()} for m in made
    )
    assert len(served) == 2 * len(("info", "list", "mod", "zip"))
    assert served == again
    assert (made[0].workspace / "go.sum").read_text() == (made[1].workspace / "go.sum").read_text()


def test_go_takes_it(tmp_path: Path) -> None:
    made = project.make(tmp_path, 3, 4096)
    environment = {
        **private_environment(tmp_path / "home"),
        "GOPROXY": made.served.as_uri(),
        "GOSUMDB": "off",
        "GOFLAGS": "-modcacherw",
    }
    go = select(())[0].go
    done = subprocess.run([go, "mod", "verify"], cwd=made.workspace, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    done = subprocess.run([go, "mod", "download"], cwd=made.workspace, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    data = tmp_path / "home" / "go" / "pkg" / "mod" / "bench.example" / "m002@v1.0.0" / "data.bin"
    assert data.stat().st_size == 4096
