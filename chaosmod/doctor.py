"""What works on this machine, found out by doing it; and where something does not, why, and what to install."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.error import HTTPError
from urllib.request import urlopen

from chaosmod.errors import ChaosmodError
from chaosmod.lab import toolchain
from chaosmod.lab.base import ABILITIES
from chaosmod.lab.state import VARIABLE, StateDir, file_system
from chaosmod.lab.trees import remove_tree

if TYPE_CHECKING:
    from chaosmod.lab.toolchain import Toolchain

__all__ = ["Finding", "Report", "examine"]

_REACH = 3.0
"""Seconds that a look at the network may take in all."""
_SPACE = 2 << 30
"""Bytes: the standard library built for one Go release, the caches of a project of middling size, and a lab."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried."""

    name: str
    status: Literal["works", "missing", "info"]
    """``info``: it does not work, and nothing needs it."""
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, and what follows from them."""

    findings: tuple[Finding, ...]
    abilities: dict[str, frozenset[str]]
    """Runner that works -> what it can express (:data:`chaosmod.lab.base.ABILITIES`)."""
    faults: dict[str, dict[str, str]]
    """Fault -> runner -> ``""`` where the runner can express it, else what it lacks."""

    @property
    def usable(self) -> bool:
        """Whether scenarios can be run here."""
        return bool(self.abilities) and all(f.status != "missing" for f in self.findings if f.name in ("go", "state"))


def examine(state: StateDir | None = None) -> Report:
    """Try everything. Takes a second or two; leaves nothing behind."""
    state = state or StateDir.default()
    survey = toolchain.survey()
    sandbox, abilities = _sandbox(state)
    host, host_abilities = _host(state)
    findings = (
        Finding("python", "works", f"Python {sys.version.split()[0]}"),
        _mitmproxy(),
        _go(survey),
        sandbox,
        _kernel_link(),
        host,
        _state(state),
        _git(),
        _docker(),
        _proxy(survey.toolchains[0] if survey.toolchains else None),
    )
    found = {"sandbox": abilities, "host": host_abilities}
    runners = {runner: can for runner, can in found.items() if can is not None}
    return Report(findings, runners, _faults(runners))


def _sandbox(state: StateDir) -> tuple[Finding, frozenset[str] | None]:
    """Start a lab with an overlay, run a command in it, write to the overlay, look outside, and end it."""
    if sys.platform != "linux":
        return Finding(
            "sandbox", "missing", "namespaces are to be had on Linux only", "run it in a Linux machine"
        ), None
    from chaosmod.lab.base import Job, Tree
    from chaosmod.lab.sandbox.sandbox import Sandbox, Spawner

    spawner = Spawner()
    base = Path(tempfile.mkdtemp(prefix="chaosmod-doctor-"))
    try:
        (base / "file").write_text("as it was")
        began = time.monotonic()
        lab = Sandbox(spawner, state.new_lab(), [Tree("work", (base,))])
        try:
            script = "echo changed > /lab/work/file && cat /proc/net/dev | wc -l"
            job = Job(["/bin/sh", "-c", script], {"PATH": "/usr/local/bin:/usr/bin:/bin"}, "/lab/work")
            ended = lab.wait([lab.start(job)], 10)[0]
        finally:
            lab.close()
        took = time.monotonic() - began
    except (ChaosmodError, OSError) as e:
        return Finding("sandbox", "missing", str(e), _unlock()), None
    finally:
        spawner.close()
        shutil.rmtree(base)
    if ended.outcome != "ok":
        return Finding("sandbox", "missing", f"a command in it failed: {ended.stderr.strip()}", _unlock()), None
    text = f"namespaces, overlay and mount_setattr: a lab up, used and down in {took * 1000:.0f} ms"
    return Finding("sandbox", "works", text), Sandbox.abilities


def _kernel_link() -> Finding:
    """Put a netem line into effect in a network of its own. The user-space engine, which is the default, needs none."""
    from chaosmod.lab import kernel_link

    lacking = kernel_link.missing()
    if lacking is None:
        return Finding("kernel link", "works", "tc and netem, for faults with {engine: kernel}")
    remedy = "install iproute2, and load the kernel module sch_netem (modprobe sch_netem)"
    return Finding("kernel link", "info", f"{lacking}; link faults use the user-space engine", remedy)


def _host(state: StateDir) -> tuple[Finding, frozenset[str] | None]:
    """Start a lab among the machine's own processes, run a command in it, and end it."""
    from chaosmod.lab.base import Job
    from chaosmod.lab.host.host import Host
    from chaosmod.lab.proxy.loop import LoopThread

    thread = LoopThread()
    directory: Path | None = None
    try:
        directory = state.new_lab()
        lab = Host(directory, [], {}, thread, lambda _: None)
        try:
            job = Job(["/bin/sh", "-c", "true"], {"PATH": "/usr/local/bin:/usr/bin:/bin"}, lab.places.home)
            ended = lab.wait([lab.start(job)], 10)[0]
        finally:
            lab.close()
    except (ChaosmodError, OSError) as e:
        if directory is not None:
            remove_tree(directory)
        return Finding("host", "missing", str(e), f"set {VARIABLE} to another directory"), None
    finally:
        thread.close()
    if ended.outcome != "ok":
        return Finding("host", "missing", f"a command in it failed: {ended.stderr.strip()}"), None
    lacks = ", ".join(sorted(ABILITIES - Host.abilities))
    return Finding("host", "works", f"the last resort, --chaos-runner=host: it cannot express {lacks}"), Host.abilities


def _unlock() -> str:
    """What usually forbids namespaces, and what allows them."""
    said = []
    for name, wanted in (
        ("kernel/apparmor_restrict_unprivileged_userns", "0"),
        ("kernel/unprivileged_userns_clone", "1"),
    ):
        file = Path("/proc/sys", name)
        if file.exists() and file.read_text().strip() != wanted:
            said.append(f"sysctl -w {name.replace('/', '.')}={wanted}")
    limit = Path("/proc/sys/user/max_user_namespaces")
    if limit.exists() and limit.read_text().strip() == "0":
        said.append("sysctl -w user.max_user_namespaces=10000")
    said.append("in a container, start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined")
    return "; ".join(said)


def _go(survey: toolchain.Survey) -> Finding:
    install = "pip install 'chaosmod[go]', or CHAOSMOD_GO=GOROOT"
    if not survey.toolchains:
        return Finding("go", "missing", "; ".join(survey.problems) or "no Go release was found", install)
    names = [f"{go.version} ({go.source}: {go.goroot})" for go in survey.toolchains]
    return Finding("go", "works", ", ".join(names), "; ".join(survey.problems))


def _mitmproxy() -> Finding:
    try:
        found = version("mitmproxy")
    except PackageNotFoundError:
        return Finding("mitmproxy", "missing", "not installed in this Python", "pip install chaosmod")
    wanted = "11" if sys.version_info < (3, 12) else "12"
    if found.split(".")[0] == wanted:
        return Finding("mitmproxy", "works", f"mitmproxy {found}")
    return Finding(
        "mitmproxy", "missing", f"mitmproxy {found}, and {wanted}.x is known to work", "pip install chaosmod"
    )


def _state(state: StateDir) -> Finding:
    try:
        labs = state.labs()
        free = shutil.disk_usage(labs).free
        (labs / ".doctor").touch()
        (labs / ".doctor").unlink()
    except (ChaosmodError, OSError) as e:
        return Finding("state", "missing", str(e), f"set {VARIABLE} to a directory that you can write to")
    text = f"{state.root}, labs in {labs} ({file_system(labs)}, {free >> 30} GiB free)"
    if free < _SPACE:
        return Finding("state", "missing", text, f"free some space ({_SPACE >> 30} GiB), or set {VARIABLE} elsewhere")
    return Finding("state", "works", text)


def _git() -> Finding:
    said = _output("git", "--version")
    if said is None:
        return Finding("git", "info", "not found", "install git, for scenarios that fetch from repositories")
    return Finding("git", "works", said.splitlines()[0])


def _docker() -> Finding:
    said = _output("docker", "version", "--format", "{{.Server.Version}}")
    if said is None:
        return Finding("docker", "info", "no daemon answers", "nothing needs it: the sandbox does without")
    return Finding("docker", "works", f"Docker {said}; the sandbox does without")


def _proxy(go: Toolchain | None) -> Finding:
    """Whether a live upstream is to be had: the proxy that the user's own ``go`` would ask, and a list of versions."""
    remedy = "nothing needs it but workspaces outside the corpus; those can have upstream: snapshot:DIR"
    if go is None:
        return Finding("live upstream", "info", "unknown without Go", remedy)
    entries = (_output(str(go.go), "env", "GOPROXY") or "").replace("|", ",").split(",")
    proxy = next((e.strip() for e in entries if e.strip().startswith(("http://", "https://"))), "")
    if not proxy:
        return Finding("live upstream", "info", "`go env GOPROXY` names no proxy", remedy)
    answer: list[str] = []

    def ask() -> None:
        try:
            with urlopen(f"{proxy.rstrip('/')}/golang.org/x/text/@v/list", timeout=_REACH) as reply:  # noqa: S310 - http(s) only, see above
                answer.append(f"{proxy} answers {reply.status}")
        except HTTPError as e:
            answer.append(f"{proxy} answers {e.code}")
        except OSError as e:
            answer.append(f"! {proxy}: {e}")

    # A thread, since nothing else bounds the time that a look-up of the name may take.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(_REACH)
    text = next(iter(answer), f"! {proxy}: no answer in {_REACH:g} s")
    if text.startswith("! "):
        return Finding("live upstream", "info", text[2:], remedy)
    return Finding("live upstream", "works", text)


def _faults(runners: dict[str, frozenset[str]]) -> dict[str, dict[str, str]]:
    from chaosmod.faults.base import FAULTS

    return {
        kind: {runner: ", ".join(sorted(cls.needs - abilities)) for runner, abilities in runners.items()}
        for kind, cls in FAULTS.items()
    }


def _output(*argv: str, limit: float = 5.0) -> str | None:
    """What the command prints, None where it is not there, fails, or takes too long."""
    try:
        run = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return run.stdout.strip() if run.returncode == 0 and run.stdout.strip() else None
