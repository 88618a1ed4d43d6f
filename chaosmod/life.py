"""The life of a case in its lab: prepare, inject, provoke, recover, verify, tear down."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from chaosmod.conduct import Conductor
from chaosmod.errors import NotHere
from chaosmod.faults.armed import ArmedFault
from chaosmod.faults.decisions import Replay
from chaosmod.faults.match import resolve
from chaosmod.history import (
    BuildMeasured,
    CaseStarted,
    Concluded,
    FaultArmed,
    FaultHealed,
    FaultsCounted,
    FilesMeasured,
    Fingerprint,
    History,
    Note,
)
from chaosmod.lab.stage import set_up
from chaosmod.session import Session
from chaosmod.steady import Steady, lacking, roles_of

if TYPE_CHECKING:
    from chaosmod.scenario import Case

__all__ = ["Life"]


class Life:
    """One case, from its lab's first moment to its last."""

    def __init__(
        self, case: Case, session: Session, steady: Steady, history: History, *, healthy: bool = False
    ) -> None:
        """Set its lab up; whoever does has to :meth:`close` it.

        ``healthy``: the same recovery in a lab without faults, with which an altered build is compared. Raises NotHere
        where the scenario needs what this workspace or machine has not.
        """
        self._case = case
        self._session = session
        self._steady = steady
        self._history = history
        self._declared = () if healthy else case.scenario.faults
        self._healthy = healthy
        modules = self._roles()
        self._armed = [ArmedFault(f.id, f.fault, resolve(f.match, modules), f.schedule) for f in self._declared]
        self._stage = set_up(case, session, steady, history, self._armed, modules=modules)
        provoke = case.scenario.provoke
        self._conductor = Conductor(self._stage, history, provoke, steady.limit(provoke.timeout))

    def live(self) -> None:
        """Go through all phases; the history has everything afterwards."""
        self._introduce()
        self._inject()
        self._provoke()
        self._recover()
        self._verify()
        self._stage.silence()
        asked, acted = self._stage.world.log.counts()
        self._history.record(FaultsCounted(asked=asked, acted=acted))

    def _inject(self) -> None:
        self._history.enter("inject")
        for declared in self._declared:
            self._history.record(
                FaultArmed(
                    fault=declared.id,
                    kind=declared.kind,
                    layer=declared.fault.layer,
                    fires=declared.fires,
                    spec=declared.source,
                    line=declared.line,
                    lies=declared.fault.lies,
                )
            )
        measure = self._stage.measure
        measure.files("injected")
        measure.settings("injected")
        if self._case.scenario.cache.kind == "warm":
            measure.cache("injected")

    def _provoke(self) -> None:
        self._history.enter("provoke")
        measure = self._stage.measure
        outcomes = self._conductor.provoke()
        measure.files("provoked")
        if all(c.outcome == "ok" for c in outcomes):
            measure.build("provoked")
            measure.cache("provoked")

    def _recover(self) -> None:
        self._history.enter("recover")
        self._heal()
        if self._case.recovery is not None:
            self._conductor.recover(self._case.recovery.do)
        self._stage.measure.files("recovered")

    def _heal(self) -> None:
        for declared, armed in zip(self._declared, self._armed, strict=True):
            if declared.heals == "before-recovery":
                armed.healed = True
                self._history.record(FaultHealed(fault=armed.id))
        self._stage.heal()

    def _roles(self) -> dict[str, str]:
        """The module roles of this workspace. Raises NotHere where the scenario needs one that is not there."""
        workspace, zips = self._session.workspace(self._case), self._steady.zips
        roles = dict(roles_of(workspace.requirements, zips))
        for need in self._case.scenario.requires:
            role = need if need.startswith("{") else f"{{{need}}}"
            if role[1:-1].partition(":")[0] in ("direct", "indirect") and role not in roles:
                why = lacking(role, workspace.requirements, zips, workspace.has_vendor)
                raise NotHere(f"the workspace has no module for {role}: {why}")
        return roles

    def _introduce(self) -> None:
        case, stage = self._case, self._stage
        scenario = case.scenario
        self._history.record(
            CaseStarted(
                scenario=scenario.name,
                case=case.id,
                title=scenario.title,
                severity=scenario.severity,
                file=str(scenario.file or ""),
                recovery=case.name,
                changes=tuple(sorted(case.changes)),
                toolchain=self._session.toolchain(case).version,
                runner=case.runner,
                posture=case.posture,
                environment=stage.posture,
                own_database=self._session.toolchain(case).defaults().gosumdb,
                cache=scenario.cache.kind,
                workspace=self._session.workspace_name(case),
                upstream=self._session.upstream(case).name,
                seed=stage.world.seed,
                roles=stage.hosts,
                modules=stage.modules,
                public=self._session.upstream(case).public,
                expected_verdict=case.expected_verdict,
                expected_outcome=case.expected_outcome,
                expected_diagnosis=case.expected_diagnosis,
                within_time=scenario.within.time if scenario.within else None,
                within_requests=scenario.within.requests if scenario.within else None,
            )
        )
        for event in self._steady.events:
            self._history.record(event)

    def _verify(self) -> None:
        self._history.enter("verify")
        measure = self._stage.measure
        build = measure.build("verified")
        files = measure.files("verified")
        measure.settings("verified")
        found = measure.cache("verified")
        if build.outcome == "ok":
            measure.verify("verified")
            measure.build("fresh" if found.bad else "offline")
        injected = self._history.last(FilesMeasured, when="injected")
        known = {*self._steady.files.gosum, *(injected.gosum if injected else ())}
        measure.checksums(line for line in files.gosum if line not in known)
        if not self._healthy and build.fingerprint is not None and self._differs(build.fingerprint, files, injected):
            self._compare_with_healthy()
        if unknown := self._stage.world.log.unknown:
            self._history.record(Note(text=f"the replay file does not know {unknown} of the decisions of this run"))

    def _differs(self, fingerprint: Fingerprint, now: FilesMeasured, injected: FilesMeasured | None) -> bool:
        """Whether there is a change that may be a declared one: also of files, which a build need not show."""
        if not self._case.changes:
            return False
        known = [self._steady.files, *([injected] if injected is not None else [])]
        paths = now.digests.keys() | self._steady.files.digests.keys()
        return fingerprint != self._steady.build.fingerprint or any(
            all(files.digests.get(path) != now.digests.get(path) for files in known) for path in paths
        )

    def _compare_with_healthy(self) -> None:
        """Run the same recovery in a lab without faults: what it declares to change is what it changes there."""
        history = History()
        other = Life(self._case, self._session, self._steady, history, healthy=True)
        try:
            other.live()
        finally:
            other.close()
        build = history.last(BuildMeasured, when="verified")
        files = history.last(FilesMeasured, when="verified")
        if build is not None:
            self._history.record(dataclasses.replace(build, when="healthy", command=0))
        if files is not None:
            self._history.record(dataclasses.replace(files, when="healthy"))

    def write_decisions(self, history: Path | None) -> Path | None:
        """Write the replay file beside the ``history`` of a case that did not pass, where faults decided anything."""
        concluded = self._history.last(Concluded)
        if history is None or concluded is None or concluded.passed:
            return None
        log = self._stage.world.log
        if not log.taken:
            return None
        path = history.with_suffix(".replay.json")
        Replay(self._case.scenario.name, self._case.id, self._stage.world.seed, tuple(log.taken)).write(path)
        return path

    def close(self) -> Path | None:
        """Tear the lab down; where it is to be kept, the directory that is left."""
        self._history.enter("teardown")
        concluded = self._history.last(Concluded)
        keep = self._session.config.keep and not self._healthy and not (concluded and concluded.passed)
        kept = self._stage.close(keep=keep)
        if kept is None:
            return None
        if "overlay" in self._stage.lab.abilities:
            from chaosmod.lab.kept import KeptLab

            visible = (self._session.toolchain(self._case).goroot,)
            bench = self._stage.bench
            KeptLab(tuple(self._stage.trees), visible, bench.environment(), bench.work).write(kept)
        return self._session.state.keep(kept)
