"""What a case, a lab and a run cost."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from chaosmod.commands.run import plugin
from chaosmod.engine import run_case
from chaosmod.history import CommandFinished, Concluded, read
from chaosmod.lab.base import Tree
from chaosmod.lab.sandbox.sandbox import Sandbox
from chaosmod.scenario import expand, load
from chaosmod.session import Session
from tests.bench.budget import Measured, ratio, spread

__all__ = ["lab_up_and_down", "one_more_case", "second_run", "workers"]

ROOT = Path(__file__).parents[2]
GONE = ROOT / "scenarios" / "410.yml"
_LABS = 30
_RUNS = 3


def one_more_case(session: Session) -> Iterator[Measured]:
    """The cases of 410.yml once their steady state is there, each as it comes."""
    cases = expand(load(GONE), list(session.config.toolchains)[:1], "sandbox")
    run_case(cases[0], session)
    seconds = []
    for case in cases:
        began = time.perf_counter()
        history, _ = run_case(case, session)
        seconds.append(time.perf_counter() - began)
        concluded = history.last(Concluded)
        if concluded is None or not concluded.passed:
            raise RuntimeError(f"{case.id} did not pass: {concluded}")
    value, low, high = spread(seconds)
    yield Measured(
        "case", "one more case of 410.yml, warm", value, "s", 0.6, low=low, high=high, samples={"case": seconds}
    )


def lab_up_and_down(session: Session) -> Iterator[Measured]:
    """An empty lab: namespaces, mounts, sockets; and its end."""
    trees = [Tree("gopath"), Tree("cache"), Tree("work")]
    up, down = [], []
    for _ in range(_LABS):
        began = time.perf_counter()
        made = Sandbox(session.spawner, session.state.new_lab(), trees)
        ready = time.perf_counter()
        made.close()
        up.append(1000 * (ready - began))
        down.append(1000 * (time.perf_counter() - ready))
    value, low, high = spread([a + b for a, b in zip(up, down, strict=True)])
    note = f"up {spread(up)[0]:.1f}, down {spread(down)[0]:.1f}"
    samples = {"up": up, "down": down}
    yield Measured("lab", "lab up and down", value, "ms", 20.0, low=low, high=high, note=note, samples=samples)


def second_run(session: Session) -> Iterator[Measured]:
    """``pytest --chaos=scenarios/410.yml`` from the shell, when it has run before."""
    _pytest([GONE])
    runs = [_pytest([GONE]) for _ in range(_RUNS)]
    value, low, high = spread(seconds := [total for total, _ in runs])
    commands = [inside for _, inside in runs]
    note = f"{spread(commands)[0]:.1f} s of them in commands of the cases"
    what = "second run of pytest --chaos=scenarios/410.yml"
    samples = {"run": seconds, "commands": commands}
    yield Measured("run", what, value, "s", 3.0, low=low, high=high, note=note, samples=samples)


def workers(session: Session) -> Iterator[Measured]:
    """The scenarios that lie at the top of the suite, with two workers and with none, in turns."""
    files = sorted((ROOT / "scenarios").glob("*.yml"))
    _pytest(files)
    alone, two = [], []
    for _ in range(_RUNS):
        alone.append(_pytest(files, "-n", "0")[0])
        two.append(_pytest(files, "-n", "2")[0])
    value, low, high = ratio(alone, two)
    load = os.getloadavg()[0]
    note = f"{spread(alone)[0]:.1f} s : {spread(two)[0]:.1f} s; load {load:.1f} on {os.cpu_count()} cores"
    samples = {"-n 0": alone, "-n 2": two}
    yield Measured(
        "workers", "suite, -n 0 : -n 2", value, "x", 1.5, "higher", low=low, high=high, note=note, samples=samples
    )


def _pytest(files: Sequence[Path], *arguments: str) -> tuple[float, float]:
    """Seconds of a run that passes, as a user has it: bytecode is kept, and plugins of ours alone are loaded.

    The second number is how many of them went by in the commands of the cases, all but a few of them ``go``.
    """
    outside = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_") and k != "PYTHONDONTWRITEBYTECODE"}
    environment = {**outside, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory(prefix="chaosmod-bench-") as folder:
        own = ["-p", plugin(), "-p", "xdist", "--noconftest", f"--chaos-runs={folder}/runs", f"--rootdir={folder}"]
        command = [sys.executable, "-m", "pytest", *own, *(f"--chaos={file}" for file in files), *arguments]
        began = time.perf_counter()
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        seconds = time.perf_counter() - began
        histories = [read(path) for path in Path(folder, "runs", "latest").glob("*/*.jsonl")]
    inside = sum(command.seconds for history in histories for command in history.of(CommandFinished))
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return seconds, inside
