"""Tests that need something of the machine: skipped with the reason where it is missing, failed where it is required.

A test says what it needs with a marker named like an entry of :data:`PROBES`. The environment variable
``CHAOSMOD_REQUIRE`` (names, separated by commas) is how continuous integration says that a skip is a failure: of a test
whose capability is missing, and of a test that needs a required capability and skips itself.
"""

from __future__ import annotations

import functools
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterable

import pytest

VARIABLE = "CHAOSMOD_REQUIRE"


def namespaces() -> str | None:
    """Why namespaces are not to be had here, found by making them and mounting in them; None where they are."""
    script = "mount -t tmpfs none /mnt && ip link set lo up"
    command = ["unshare", "--user", "--map-root-user", "--mount", "--net", "--pid", "--fork", "sh", "-c", script]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired) as e:
        return str(e)
    return run.stderr.strip() or f"unshare: exit status {run.returncode}" if run.returncode else None


def live() -> str | None:
    """Why the public module proxy is out of reach, found by asking it for the ``go`` command's own module; or None."""
    from chaosmod.errors import ChaosmodError
    from chaosmod.lab.toolchain import select

    try:
        (go,) = select(())
    except ChaosmodError as e:
        return str(e)
    proxy = next((p for p in go.defaults().proxies if p.startswith("https://")), None)
    if proxy is None:
        return "this Go has no proxy in its default GOPROXY"
    try:
        with urllib.request.urlopen(f"{proxy}/golang.org/x/mod/@v/v0.17.0.info", timeout=20) as reply:
            return None if reply.status == 200 else f"{proxy}: status {reply.status}"
    except (OSError, urllib.error.URLError) as e:
        return f"{proxy}: {e}"


PROBES: dict[str, Callable[[], str | None]] = {"live": live, "namespaces": namespaces}
"""Capability -> its probe, which returns why it is missing, or None."""


@functools.cache
def missing(capability: str) -> str | None:
    """The probe's answer, asked once a process."""
    return PROBES[capability]()


def required(value: str | None = None) -> frozenset[str]:
    """The capabilities that this run requires. Raises pytest.UsageError for a name that is none."""
    text = os.environ.get(VARIABLE, "") if value is None else value
    names = frozenset(n.strip() for n in text.split(",") if n.strip())
    if unknown := names - PROBES.keys():
        raise pytest.UsageError(f"{VARIABLE}: unknown {sorted(unknown)}; known are {sorted(PROBES)}")
    return names


def _needs(item: pytest.Item) -> Iterable[str]:
    return (name for name in PROBES if item.get_closest_marker(name) is not None)


def pytest_configure() -> None:
    """A misspelt requirement would require nothing: say so before anything runs."""
    required()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or fail, a test whose capability is missing."""
    for name in _needs(item):
        if why := missing(name):
            if name in required():
                pytest.fail(f"{name} is required here ({VARIABLE}) and missing: {why}", pytrace=False)
            pytest.skip(f"needs {name}: {why}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that needs a required capability may not skip itself."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and (names := required() & set(_needs(item))):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = (
            f"{', '.join(sorted(names))} is required here ({VARIABLE}), but the test was skipped: {reason}"
        )
    return report
