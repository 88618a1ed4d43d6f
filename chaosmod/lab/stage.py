"""Setting a lab up for one case: trees, workspace, HOME, servers, and the hands to work in it."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chaosmod.errors import NotHere
from chaosmod.faults.armed import ArmedFault
from chaosmod.faults.decisions import Log
from chaosmod.history import History, Note
from chaosmod.lab.base import Lab, Tree
from chaosmod.lab.bench import Bench
from chaosmod.lab.environment import GOENV, Client, environment, expand, goenv
from chaosmod.lab.kernel_link import KernelLink
from chaosmod.lab.measure import Measure
from chaosmod.lab.runners import make_lab
from chaosmod.lab.workspace import Workspace
from chaosmod.lab.world import World
from chaosmod.recovery.goproxy import with_first_proxy
from chaosmod.upstream.base import public_sums
from chaosmod.upstream.sumdb.database import SumDB, record_text
from chaosmod.upstream.sumdb.liar import Liar
from chaosmod.upstream.sumdb.note import Signer

if TYPE_CHECKING:
    from chaosmod.lab.proxy.server import Service
    from chaosmod.scenario import Case
    from chaosmod.session import Session
    from chaosmod.steady import Steady

__all__ = ["HOSTS", "Stage", "hosts_of", "set_up"]

HOSTS = {
    "primary": "proxy.chaosmod.test",
    "mirror": "mirror.chaosmod.test",
    "sumdb": "sumdb.chaosmod.test",
    "vcs": "vcs.chaosmod.test",
}
"""Names under the reserved .test domain (RFC 6761). The primary one serves only where a distribution has edited Go's
default proxy away."""

_SIGNING_SEED = hashlib.sha256(b"the checksum database of a chaosmod lab").digest()
"""The same for all labs, since a warm cache remembers a signed tree head. Nothing but a lab trusts the key."""


@dataclass
class Stage:
    """A lab with everything in it."""

    lab: Lab
    world: World
    bench: Bench
    measure: Measure
    workspace: Workspace
    service: Service
    kernel_link: KernelLink
    posture: Mapping[str, str]
    """The posture's settings, roles expanded."""
    hosts: Mapping[str, str]
    """Role -> host name, or address where the runner has no names."""
    addresses: Mapping[str, str]
    """Role -> what a user would write in GOPROXY for it (``https://host``)."""
    modules: Mapping[str, str]
    """Module role -> ``path@version``."""
    sumdb: SumDB
    trees: Sequence[Tree]
    """What the lab's directories lie on."""

    def expand(self, command: str) -> str:
        """A command of the scenario with its roles and ``{packages}`` replaced."""
        values = {"{packages}": " ".join(self.workspace.packages), **self.modules}
        values.update((f"{{{role}}}", address) for role, address in self.addresses.items())
        values["{vcs}"] = self.hosts["vcs"]
        return expand(command, values)

    def heal(self) -> None:
        """Have the faults that have healed act no more where they are not asked: in the kernel."""
        self.kernel_link.heal()

    def silence(self) -> None:
        """Serve nothing more. What is still under way is broken off, and so recorded."""
        self.service.close()

    def close(self, keep: bool = False) -> Path | None:
        """Stop the servers and end the lab; its directory where it is kept."""
        self.service.close()
        return self.lab.close(keep=keep)


def hosts_of(session: Session, case: Case) -> dict[str, str]:
    """Role -> host name: the primary proxy is the first one of the toolchain's own default GOPROXY."""
    proxies = session.toolchain(case).defaults().proxies
    primary = proxies[0].partition("://")[2].partition("/")[0] if proxies else ""
    return {**HOSTS, **({"primary": primary} if primary else {})}


def seed_of(case: Case, session: Session) -> int:
    """The seed of a case's random choices: the replay file's, else the option's, else the scenario's."""
    if session.config.replay is not None:
        return session.config.replay.seed
    return case.scenario.seed if session.config.seed is None else session.config.seed


def set_up(
    case: Case,
    session: Session,
    steady: Steady | None,
    history: History,
    armed: Sequence[ArmedFault],
    *,
    trees: Sequence[Tree] = (),
    modules: Mapping[str, str] | None = None,
) -> Stage:
    """A lab for ``case``. Without a steady state (while one is being made) ``trees`` says what its directories lie on."""
    from chaosmod.lab.proxy.server import Service

    workspace, upstream, go = session.workspace(case), session.upstream(case), session.toolchain(case)
    called = hosts_of(session, case)
    names = {host: role for role, host in called.items()}
    names.update((path.partition("/")[0], "vcs") for path in _module_paths(workspace, steady))
    sumdb = _database(session, case, steady)
    liar = Liar(sumdb)
    world = World(
        history=history,
        hosts=names,
        upstreams=session.served(case),
        sumdb=liar.fetch,
        sumdb_name=called["sumdb"],
        lies=liar.tell,
        armed=armed,
        seed=seed_of(case, session),
        log=Log(session.config.replay),
    )
    trees = tuple(trees) or _trees(case, steady, session.copy(case))
    lab = make_lab(session, case, trees, names, history)
    service = None
    try:
        service = Service(session.loop, session.authority, world, lab.listeners)
        kernel_link = KernelLink(lab, armed)
        kernel_link.begin()
        addresses = {role: lab.address(role, name) for role, name in called.items()}
        hosts = {role: address.partition("://")[2] for role, address in addresses.items()}
        roles = {f"{{{role}}}": address for role, address in addresses.items()}
        roles["{vcs}"] = hosts["vcs"]
        roles["{sumdb}"], roles["{sumdb-address}"] = sumdb.verifier_key, addresses["sumdb"]
        posture = {k: expand(v, roles) for k, v in case.scenario.postures[case.posture].items()}
        env = {**environment(Client(str(go.goroot)), lab.places, posture), **lab.environment}
        work = lab.places.work
        settings = dict(posture)
        if "GOPROXY" not in posture and hosts["primary"] != called["primary"]:
            settings["GOPROXY"] = with_first_proxy(go.defaults().goproxy, addresses["primary"])
            told = f"GOPROXY is {settings['GOPROXY']}, in the place of Go's own default: the runner has no names"
            history.record(Note(text=told))
        files = {GOENV: goenv(sumdb.verifier_key, settings), **case.scenario.home}
        _fill_home(lab, session.authority.pem(), {name: expand(text, roles) for name, text in files.items()})
        bench = Bench(lab, world, history, env, f"{work}/{workspace.main}".rstrip("/."))
        measure = Measure(bench, workspace.packages, workspace.folders, upstream.sums, _limit(case, steady))
        stage = Stage(
            lab,
            world,
            bench,
            measure,
            workspace,
            service,
            kernel_link,
            posture,
            hosts,
            addresses,
            modules or {},
            sumdb,
            trees,
        )
        if steady is not None:
            _forget(case, stage)
    except BaseException:
        if service is not None:
            service.close()
        lab.close()
        raise
    return stage


def _limit(case: Case, steady: Steady | None) -> float:
    declared = case.scenario.provoke.timeout
    return declared if steady is None else steady.limit(declared)


def _module_paths(workspace: Workspace, steady: Steady | None) -> set[str]:
    """The modules that ``direct`` could ask the host of."""
    paths = {r.path for r in workspace.requirements}
    if steady is not None and steady.build.fingerprint is not None:
        paths.update(p.module for p in steady.build.fingerprint.packages.values() if p.module)
    return paths


def _trees(case: Case, steady: Steady | None, copy: Path) -> tuple[Tree, ...]:
    assert steady is not None
    std = Tree("fresh", (steady.std,))
    work = Tree("work", (copy,))
    if case.scenario.cache.kind == "cold":
        return Tree("gopath"), Tree("cache", (steady.std,)), std, work
    return Tree("gopath", (steady.gopath,)), Tree("cache", (steady.cache, steady.std)), std, work


def _database(session: Session, case: Case, steady: Steady | None) -> SumDB:
    """The checksum database. A case goes on from the tree that the warm caches have seen, under the same key."""
    name = HOSTS["sumdb"]
    records = [] if steady is None else [r.encode() for r in steady.records]
    # No database is empty; and old releases of Go (1.21) have another idea of the hash of an empty tree (tlog.TreeHash).
    records = records or [record_text(f"first.{name}", "v1.0.0", ("h1:A=", "h1:B="))]
    return SumDB(name, public_sums(session.upstream(case)), records, Signer(name, _SIGNING_SEED))


def _fill_home(lab: Lab, authority: bytes, files: Mapping[str, str]) -> None:
    home = lab.path(lab.places.home)
    own = home / ".chaosmod"
    (own / "certs").mkdir(parents=True)
    (own / "ca.pem").write_bytes(authority)
    telemetry = home / ".config" / "go" / "telemetry"
    telemetry.mkdir(parents=True)
    (telemetry / "mode").write_text("off")
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)


def _forget(case: Case, stage: Stage) -> None:
    """Take the modules of ``warm-without`` out of the warm cache, as if they had never been downloaded."""
    if not case.scenario.cache.without:
        return
    cache = stage.lab.path(stage.bench.environment()["GOMODCACHE"])
    for name in case.scenario.cache.without:
        module = stage.modules.get(name, name)
        path, _, version = module.partition("@")
        gone = _drop(cache, path, version)
        if not gone:
            raise NotHere(f"the warm cache has no {module} to leave out")
        stage.world.history.record(Note(text=f"left out of the warm cache: {module}"))


def _drop(cache: Path, path: str, version: str) -> bool:
    from chaosmod.upstream.modpath import escape

    found = False
    folder = cache / "cache" / "download" / escape(path) / "@v"
    for file in list(folder.glob(f"{escape(version or '*')}.*")) if folder.is_dir() else ():
        file.unlink()
        found = True
    parent = (cache / escape(path)).parent
    name = escape(path).rpartition("/")[2]
    for tree in list(parent.glob(f"{name}@{escape(version or '*')}")) if parent.is_dir() else ():
        for directory, _, _ in os.walk(tree):
            Path(directory).chmod(0o755)
        shutil.rmtree(tree)
    return found
