"""The life of a case: steady state, prepare, inject, provoke, recover, verify, tear down."""

from __future__ import annotations

import contextlib
import dataclasses
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from chaosmod.checks.verdict import conclude
from chaosmod.errors import ChaosmodError, LabError, NotHere, UpstreamError
from chaosmod.faults.armed import ArmedFault
from chaosmod.faults.decisions import Replay
from chaosmod.faults.match import resolve
from chaosmod.history import (
    BuildMeasured,
    CaseStarted,
    CommandFinished,
    Concluded,
    FaultArmed,
    FaultHealed,
    FaultsCounted,
    FilesMeasured,
    Fingerprint,
    History,
    JsonLines,
    Note,
)
from chaosmod.lab.runners import abilities
from chaosmod.lab.stage import Stage, set_up
from chaosmod.recovery.base import Client, Provoke, Result, Run, SetEnv, Step, Wait
from chaosmod.scenario.needs import missing
from chaosmod.session import Session
from chaosmod.steady import Steady, lacking, roles_of
from chaosmod.steady_builder import steady_state

if TYPE_CHECKING:
    from chaosmod.scenario import Case

__all__ = ["Kept", "run_case"]


@dataclasses.dataclass(frozen=True)
class Kept:
    """Where a case has left what can be looked at afterwards."""

    history: Path | None = None
    lab: Path | None = None
    replay: Path | None = None
    """The decisions of the faults, where the case did not pass."""


def run_case(case: Case, session: Session, folder: str = "") -> tuple[History, Kept]:
    """Run ``case`` and return its history, which ends in a ``Concluded`` event.

    ``folder`` is where it is kept in that of the run; default: the scenario's name.

    Raises NotHere where this machine, runner or workspace cannot express the case, and other ChaosmodErrors where the
    user has to change something. Trouble of the harness itself is no exception but the conclusion ``broken-lab``.
    """
    if case.skip is not None:
        raise NotHere(case.skip)
    replay = session.config.replay
    if replay is not None and (replay.scenario, replay.case) != (case.scenario.name, case.id):
        raise NotHere(f"the replay file is of {replay.case} of {replay.scenario}")
    if absent := missing(case, abilities(case.runner)):
        raise NotHere(absent)
    steady = steady_state(case, session)
    sink = None
    if session.config.runs is not None:
        sink = JsonLines(session.config.runs / (folder or case.scenario.name) / f"{case.id}.jsonl")
    history = History(sink)
    kept = Kept(sink.path if sink else None)
    run = _CaseRun(case, session, steady, history)
    try:
        run.live()
        checked, concluded = conclude(history)
        for check in checked:
            history.record(check)
        history.record(concluded)
    except (LabError, UpstreamError) as e:
        _broken(case, history, str(e))
    except ChaosmodError:  # for the user to change something, or a reason to skip: the case has not been run
        if sink is not None:
            sink.path.unlink()
        raise
    except Exception as e:  # whatever it is, it says nothing of the build
        history.record(Note(text=traceback.format_exc()))
        _broken(case, history, f"{type(e).__name__}: {e}")
    finally:
        kept = dataclasses.replace(kept, lab=run.close(), replay=run.write_decisions(kept.history))
        if sink is not None:
            sink.close()
    return history, kept


def _broken(case: Case, history: History, reason: str) -> None:
    history.record(Concluded(verdict="broken-lab", reasons=(reason,), expected=case.expected_verdict))


class _CaseRun:
    """One case, from its lab's first moment to its last."""

    def __init__(self, case: Case, session: Session, steady: Steady, history: History, healthy: bool = False) -> None:
        self.case = case
        self.session = session
        self.steady = steady
        self.history = history
        self.healthy = healthy
        """True for the same recovery in a lab without faults, with which an altered build is compared."""
        self.stage: Stage | None = None

    def live(self) -> None:
        """Go through all phases; the history has everything afterwards."""
        scenario = self.case.scenario
        self.modules = self._roles()
        self.armed = [] if self.healthy else self._arm()
        self.stage = set_up(self.case, self.session, self.steady, self.history, self.armed, modules=self.modules)
        self._introduce()
        self.history.enter("inject")
        measure = self.stage.measure
        for declared in () if self.healthy else scenario.faults:
            self.history.record(
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
        measure.files("injected")
        measure.settings("injected")
        if scenario.cache.kind == "warm":
            measure.cache("injected")
        self.history.enter("provoke")
        outcomes = self._provoke("provoke")
        measure.files("provoked")
        if all(c.outcome == "ok" for c in outcomes):
            measure.build("provoked")
            measure.cache("provoked")
        self.history.enter("recover")
        self._heal()
        self._recover()
        measure.files("recovered")
        self.history.enter("verify")
        self._verify()
        self.stage.silence()
        asked, acted = self.stage.world.log.counts()
        self.history.record(FaultsCounted(asked=asked, acted=acted))

    def _arm(self) -> list[ArmedFault]:
        return [
            ArmedFault(f.id, f.fault, resolve(f.match, self.modules), f.schedule) for f in self.case.scenario.faults
        ]

    def _roles(self) -> dict[str, str]:
        """The module roles of this workspace. Raises NotHere where the scenario needs one that is not there."""
        workspace, zips = self.session.workspace(self.case), self.steady.zips
        roles = dict(roles_of(workspace.requirements, zips))
        for need in self.case.scenario.requires:
            role = need if need.startswith("{") else f"{{{need}}}"
            if role[1:-1].partition(":")[0] in ("direct", "indirect") and role not in roles:
                why = lacking(role, workspace.requirements, zips, workspace.has_vendor)
                raise NotHere(f"the workspace has no module for {role}: {why}")
        return roles

    def _introduce(self) -> None:
        assert self.stage is not None
        case, stage = self.case, self.stage
        scenario = case.scenario
        self.history.record(
            CaseStarted(
                scenario=scenario.name,
                case=case.id,
                title=scenario.title,
                severity=scenario.severity,
                file=str(scenario.file or ""),
                recovery=case.name,
                changes=tuple(sorted(case.changes)),
                toolchain=self.session.toolchain(case).version,
                runner=case.runner,
                posture=case.posture,
                environment=stage.posture,
                cache=scenario.cache.kind,
                workspace=self.session.workspace_name(case),
                upstream=self.session.upstream(case).name,
                seed=stage.world.seed,
                roles=stage.hosts,
                modules=stage.modules,
                public=self.session.upstream(case).public,
                expected_verdict=case.expected_verdict,
                expected_outcome=case.expected_outcome,
                expected_diagnosis=case.expected_diagnosis,
                within_time=scenario.within.time if scenario.within else None,
                within_requests=scenario.within.requests if scenario.within else None,
            )
        )
        for event in self.steady.events:
            self.history.record(event)

    # -- provoke and recover --------------------------------------------------------------------------------------

    def _provoke(self, purpose: str) -> list[CommandFinished]:
        assert self.stage is not None
        bench, provoke = self.stage.bench, self.case.scenario.provoke
        finished: list[CommandFinished] = []
        for command in provoke.run:
            finished.append(
                bench.run(
                    self.stage.expand(command),
                    purpose="provoke" if purpose == "provoke" else "recover",
                    timeout=self.steady.limit(provoke.timeout),
                )
            )
            if finished[-1].outcome != "ok":
                return finished
        if provoke.parallel:
            finished += bench.run_all(
                [self.stage.expand(c) for c in provoke.parallel],
                purpose="provoke" if purpose == "provoke" else "recover",
                timeout=self.steady.limit(provoke.timeout),
            )
        return finished

    def _heal(self) -> None:
        for declared, armed in zip(self.case.scenario.faults, self.armed, strict=False):
            if declared.heals == "before-recovery":
                armed.healed = True
                self.history.record(FaultHealed(fault=armed.id))
        assert self.stage is not None
        self.stage.heal()

    def _recover(self) -> None:
        assert self.stage is not None
        if self.case.recovery is None:
            return
        for recovery in self.case.recovery.do:
            steps = recovery.steps(self._client())
            result = Result()
            with contextlib.suppress(StopIteration):
                step = next(steps)
                while True:
                    result = self._carry_out(step)
                    step = steps.send(result)

    def _client(self) -> Client:
        assert self.stage is not None
        settings = self.stage.measure.settings("recovered")
        return Client(
            environment=settings.values,
            roles=self.stage.addresses,
            modules=self.stage.modules,
            packages=self.stage.workspace.packages,
            failed=_blamed(self.history),
        )

    def _carry_out(self, step: Step) -> Result:
        assert self.stage is not None
        bench = self.stage.bench
        if isinstance(step, SetEnv):
            bench.set(step.name, step.value)
            return Result()
        if isinstance(step, Wait):
            time.sleep(step.seconds)
            return Result()
        if isinstance(step, Provoke):
            done = self._provoke("recover")
        else:
            assert isinstance(step, Run)
            command = self.stage.expand(step.command) if isinstance(step.command, str) else step.command
            timeout = step.timeout or self.steady.limit(self.case.scenario.provoke.timeout)
            done = [bench.run(command, purpose="recover", timeout=timeout)]
        # Which step it was that put a line into go.sum.
        self.stage.measure.files("recovered")
        worst = next((c for c in done if c.outcome != "ok"), done[-1])
        return Result(worst.outcome, worst.exit, "".join(c.stdout for c in done), "".join(c.stderr for c in done))

    # -- verify ---------------------------------------------------------------------------------------------------

    def _verify(self) -> None:
        assert self.stage is not None
        measure = self.stage.measure
        build = measure.build("verified")
        files = measure.files("verified")
        measure.settings("verified")
        found = measure.cache("verified")
        if build.outcome == "ok":
            measure.verify("verified")
            measure.build("fresh" if found.bad else "offline")
        injected = self.history.last(FilesMeasured, when="injected")
        known = {*self.steady.files.gosum, *(injected.gosum if injected else ())}
        measure.checksums(line for line in files.gosum if line not in known)
        if not self.healthy and build.fingerprint is not None and self._differs(build.fingerprint):
            self._compare_with_healthy()
        if unknown := self.stage.world.log.unknown:
            self.history.record(Note(text=f"the replay file does not know {unknown} of the decisions of this run"))

    def _differs(self, fingerprint: Fingerprint) -> bool:
        return bool(self.case.changes) and fingerprint != self.steady.build.fingerprint

    def _compare_with_healthy(self) -> None:
        """Run the same recovery in a lab without faults: what it declares to change is what it changes there."""
        history = History()
        other = _CaseRun(self.case, self.session, self.steady, history, healthy=True)
        try:
            other.live()
        finally:
            other.close()
        build = history.last(BuildMeasured, when="verified")
        files = history.last(FilesMeasured, when="verified")
        if build is not None:
            self.history.record(dataclasses.replace(build, when="healthy", command=0))
        if files is not None:
            self.history.record(dataclasses.replace(files, when="healthy"))

    def write_decisions(self, history: Path | None) -> Path | None:
        """Write the replay file beside the ``history`` of a case that did not pass, where faults decided anything."""
        concluded = self.history.last(Concluded)
        if self.stage is None or history is None or concluded is None or concluded.passed:
            return None
        log = self.stage.world.log
        if not log.taken:
            return None
        path = history.with_suffix(".replay.json")
        Replay(self.case.scenario.name, self.case.id, self.stage.world.seed, tuple(log.taken)).write(path)
        return path

    def close(self) -> Path | None:
        """Tear the lab down; where it is to be kept, the directory that is left."""
        if self.stage is None:
            return None
        self.history.enter("teardown")
        concluded = self.history.last(Concluded)
        keep = self.session.config.keep and not self.healthy and not (concluded and concluded.passed)
        kept = self.stage.close(keep=keep)
        if kept is None:
            return None
        if "overlay" in self.stage.lab.abilities:
            from chaosmod.lab.kept import KeptLab

            visible = (self.session.toolchain(self.case).goroot,)
            bench = self.stage.bench
            KeptLab(tuple(self.stage.trees), visible, bench.environment(), bench.work).write(kept)
        return self.session.state.keep(kept)


def _blamed(history: History) -> tuple[str, ...]:
    """The modules that Go's messages blamed, most recent first."""
    from chaosmod.diagnose.matcher import diagnose

    blamed: list[str] = []
    for command in reversed(history.of(CommandFinished)):
        if command.outcome == "ok":
            continue
        found = diagnose([command.stderr, command.stdout])
        if found is not None and found.module:
            blamed.append(f"{found.module}@{found.version}" if found.version else found.module)
    return tuple(dict.fromkeys(blamed))
