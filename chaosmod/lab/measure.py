"""Measuring the world of a case: what it builds, what its files and caches hold, and under which settings."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chaosmod.errors import LabError
from chaosmod.history import (
    BadEntry,
    BuildMeasured,
    ChecksumsRecorded,
    CommandFinished,
    EnvironmentRead,
    FilesMeasured,
    Fingerprint,
    ModCacheCompared,
    ModVerified,
    Package,
    When,
)
from chaosmod.lab import gitconfig, modcache, records
from chaosmod.lab.bench import Bench
from chaosmod.lab.environment import BUILD_FLAGS, GO_SETTINGS
from chaosmod.lab.linkflags import link_flags
from chaosmod.lab.modcache import Sums
from chaosmod.lab.programs import digests, groups
from chaosmod.lab.sources import gosum_files
from chaosmod.lab.workspace import gosum_lines, relevant_files

__all__ = ["Measure"]

_OFFLINE = {"GOPROXY": "off"}
_FEWER_COLLECTIONS = {"GOGC": "400"}
"""For Go's own compiler and linker: they collect garbage less often, which saves time and changes no byte of a build."""
_OFFLINE_LIMIT = 300.0
_FIELDS = (
    "{{.ImportPath}}",
    "{{.Name}}",
    "{{.DepOnly}}",
    "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}",
    "{{with .Module}}{{.Version}}{{with .Replace}} => {{.Path}} {{.Version}}{{end}}{{end}}",
    "{{.BuildID}}",
)
_FORMAT = "\t".join(_FIELDS)


@dataclass
class Measure:
    """The measurements of one lab. Each one is recorded as an event and returned."""

    bench: Bench
    packages: Sequence[str]
    """Package patterns that cover the workspace."""
    folders: Sequence[str]
    """Folders of the workspace's own modules, relative to the copy."""
    sums: Sums
    timeout: float
    """Of a build with the network, in seconds."""
    _injected: set[tuple[str, str]] = field(init=False, default_factory=set)

    @property
    def workspace(self) -> Path:
        """The workspace, from outside."""
        return self.bench.lab.path(self.bench.lab.places.work)

    # -- builds ---------------------------------------------------------------------------------------------------

    def build(self, when: When) -> BuildMeasured:
        """Build all packages and programs and take the fingerprint. ``offline`` and ``fresh`` have no network."""
        offline = when in ("provoked", "offline", "fresh")
        extra = _FEWER_COLLECTIONS | (_OFFLINE if offline else {})
        if when == "fresh":
            extra["GOCACHE"] = f"{self.bench.lab.places.root}/fresh/go-build"
        # Where the inputs of a program are the same by their content, Go leaves the file that it made of them
        # (Builder.useCache in cmd/go/internal/work/buildid.go): without a network only what differs is linked anew.
        out = f"{self.bench.lab.places.out}/{'verified' if when == 'offline' else when}"
        run = functools.partial(
            self.bench.run,
            purpose="measure",
            timeout=_OFFLINE_LIMIT if offline else self.timeout,
            extra=extra,
            offline=offline,
        )
        done = run(["go", "list", *BUILD_FLAGS.split(), "-deps", "-export", "-f", _FORMAT, *self.packages])
        if done.outcome != "ok":
            return self._built(when, done, None)
        packages, programs = _parse(done.stdout, self._gosum())
        binaries: dict[str, str] = {}
        if programs:
            done = run(["go", "env", "GOFLAGS"])
            if done.outcome != "ok":
                return self._built(when, done, None)
            command = ["go", "build", *BUILD_FLAGS.split(), *link_flags(done.stdout)]
            for n, group in enumerate(groups(programs), 1):
                done = run([*command, "-o", f"{out}/{n}/", *group])
                if done.outcome != "ok":
                    return self._built(when, done, None)
                binaries |= digests(self.bench.lab.path(f"{out}/{n}"), group)
        return self._built(when, done, Fingerprint(packages, binaries))

    def _built(self, when: When, command: CommandFinished, fingerprint: Fingerprint | None) -> BuildMeasured:
        return self.bench.history.record(
            BuildMeasured(when=when, outcome=command.outcome, fingerprint=fingerprint, command=command.n)
        )

    def _gosum(self) -> Mapping[str, str]:
        return {
            f"{path} {version}": value
            for path, version, value in map(str.split, gosum_lines(self.workspace, self.folders))
        }

    def verify(self, when: When) -> ModVerified:
        """``go mod verify``, with the network gone: it must judge what is there, and not fetch."""
        done = self.bench.run(
            ["go", "mod", "verify"], purpose="measure", timeout=_OFFLINE_LIMIT, extra=_OFFLINE, offline=True
        )
        text = (done.stdout + done.stderr).strip()
        return self.bench.history.record(ModVerified(when=when, ok=done.outcome == "ok", text=text, command=done.n))

    # -- files ----------------------------------------------------------------------------------------------------

    def files(self, when: When) -> FilesMeasured:
        """What Go reads of the workspace."""
        root = self.workspace
        digests, sums = relevant_files(root, self.folders), gosum_files(root, self.folders)
        lines = sorted({line for lines in sums.values() for line in lines})
        return self.bench.history.record(FilesMeasured(when=when, digests=digests, gosum=tuple(lines), sums=sums))

    def cache(self, when: When) -> ModCacheCompared:
        """GOMODCACHE against the upstream. What was bad when ``injected`` was measured is marked so later."""
        place = self.bench.environment()["GOMODCACHE"]
        found = modcache.compare(place, self.sums, self.bench.lab.path)
        entries = found.bad
        if not found.versions and not entries and self._fetched(when):
            # Nothing compared is no good news: the build has taken its modules from somewhere.
            entries = (BadEntry("GOMODCACHE", "holds no version of a module, and the build has used some"),)
        if when == "injected":
            self._injected = {(b.path, b.problem) for b in entries}
        bad = tuple(
            BadEntry(b.path, b.problem, b.module, b.version, injected=(b.path, b.problem) in self._injected)
            for b in entries
        )
        known = tuple(records.held(place, self.bench.lab.path))
        return self.bench.history.record(ModCacheCompared(when=when, bad=bad, entries=found.versions, records=known))

    def _fetched(self, when: When) -> bool:
        """Whether the build measured ``when`` has packages of modules that Go keeps in GOMODCACHE."""
        build = self.bench.history.last(BuildMeasured, when=when)
        files = self.bench.history.last(FilesMeasured, when=when)
        if build is None or build.fingerprint is None or files is None:
            return False
        vendored = any(f"/{file}".endswith("/vendor/modules.txt") for file in files.digests)
        # The version of a local replacement ends in the blank after its path (_FORMAT), and its files are not fetched.
        return not vendored and any(p.version[-1:].strip() for p in build.fingerprint.packages.values())

    def checksums(self, lines: Iterable[str]) -> ChecksumsRecorded:
        """What the database records for the go.sum ``lines``."""
        records: dict[str, str] = {}
        for line in lines:
            path, version, _ = line.split()
            release = version.removesuffix("/go.mod")
            if (true := self.sums(path, release)) is not None:
                records[f"{path} {version}"] = true[1] if version.endswith("/go.mod") else true[0]
        return self.bench.history.record(ChecksumsRecorded(records=records))

    # -- settings -------------------------------------------------------------------------------------------------

    def settings(self, when: When) -> EnvironmentRead:
        """The settings in force, whoever set them: the environment, or ``go env -w``."""
        done = self.bench.run(["go", "env", "-json", *GO_SETTINGS], purpose="measure", timeout=30)
        if done.outcome != "ok":
            raise LabError(f"`go env` failed in the lab: {done.stderr.strip()}")
        values: dict[str, str] = json.loads(done.stdout)
        # GONOSUMCHECK is obeyed by old releases but known to `go env` of none.
        environment = self.bench.environment()
        values["GONOSUMCHECK"] = environment.get("GONOSUMCHECK", "")
        values |= {"http.sslVerify": "", **self._ssl_verify(environment)}
        return self.bench.history.record(EnvironmentRead(when=when, values=values))

    def _ssl_verify(self, environment: Mapping[str, str]) -> Mapping[str, str]:
        if "GIT_SSL_NO_VERIFY" in environment:  # whatever its value: http.c, `http_init`
            return {"http.sslVerify": "false"}
        if not self.bench.lab.path(environment["GIT_CONFIG_GLOBAL"]).exists():
            return {}
        return gitconfig.ssl_verify(self.bench.run(gitconfig.ASK, purpose="measure", timeout=30).stdout)


def _parse(listing: str, gosum: Mapping[str, str]) -> tuple[dict[str, Package], list[str]]:
    """The packages of a ``go list`` in our format, and the import paths of the workspace's own programs."""
    packages: dict[str, Package] = {}
    programs: list[str] = []
    for line in listing.splitlines():
        path, name, dep_only, module, version, build_id = line.split("\t")
        content = build_id.rpartition("/")[2]
        packages[path] = Package(module, version, gosum.get(f"{module} {version}", ""), content)
        if name == "main" and dep_only == "false":
            programs.append(path)
    return packages, programs
