"""``make bench``: measure the budgets and write bench.json. ``python tests/bench/run.py [NAME ...]`` measures some."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from chaosmod.lab.toolchain import select  # noqa: E402
from chaosmod.session import Config, Session  # noqa: E402
from tests.bench import cases, network  # noqa: E402
from tests.bench.budget import Measured, table, to_json  # noqa: E402

KEPT = ROOT / ".chaosmod" / "bench"
"""What is built for comparisons; ignored by git."""

BUDGETS: dict[str, Callable[[Session], Iterator[Measured]]] = {
    "pass-through": lambda session: network.pass_through(session, KEPT),
    "armed": network.armed,
    "memory": network.memory,
    "lab": cases.lab_up_and_down,
    "case": cases.one_more_case,
    "run": cases.second_run,
    "workers": cases.workers,
}


def main(arguments: list[str]) -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(BUDGETS)} (default: all)"
    )
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where to write (default: bench.json)")
    given = parser.parse_args(arguments)
    if unknown := set(given.names) - BUDGETS.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    session = Session(Config(toolchains={go.label: go for go in select(())}))
    before = machine(session)
    results: list[Measured] = []
    try:
        for name in given.names or BUDGETS:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            results += BUDGETS[name](session)
    finally:
        session.close()
    print(table(results))
    load, cores = os.getloadavg()[1], os.cpu_count() or 1
    if load > cores + 1:
        print(f"The machine was busy (load {load:.1f} on {cores} cores): ratios hold, seconds mean little.")
    given.json.write_text(json.dumps(to_json(results, before), indent=1, ensure_ascii=False) + "\n")


def machine(session: Session) -> dict[str, object]:
    """What the figures hold for; the load is that before anything was measured."""
    return {
        "cpus": os.cpu_count(),
        "load": os.getloadavg(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "mitmproxy": version("mitmproxy"),
        "go": [go.version for go in session.config.toolchains.values()],
    }


if __name__ == "__main__":
    main(sys.argv[1:])
