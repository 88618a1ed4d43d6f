"""A scenario from a file: the parts that depend on the registries, and what spans several keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from chaosmod.faults.base import FAULTS, Fault
from chaosmod.faults.match import Match
from chaosmod.faults.schedule import Schedule
from chaosmod.recovery.base import RECOVERIES, Recovery
from chaosmod.scenario import document
from chaosmod.scenario.conditional import Term, parse_condition
from chaosmod.scenario.decode import Decoder, keys
from chaosmod.scenario.document import MAX_BYTES, Map, Node, Scalar, Seq, plain
from chaosmod.scenario.model import DeclaredFault, DeclaredRecovery, FaultFrame, RecoveryFrame, Scenario
from chaosmod.scenario.problem import Problem, ScenarioError, one_of, show
from chaosmod.scenario.words import WORD

__all__ = ["load", "loads"]


def load(
    path: Path, known_diagnoses: Collection[str] | None = None, known_workspaces: Collection[str] | None = None
) -> Scenario:
    """The scenario in the file at ``path``.

    ``known_diagnoses`` are the names that ``expect.diagnosis`` may have, ``known_workspaces`` those that may follow
    ``corpus:``; None accepts any. Raises ScenarioError with all that is wrong, also where there is no such file.
    """
    scenario = loads(_read(path), str(path), known_diagnoses, known_workspaces)
    scenario._file = path
    return scenario


def loads(
    text: str,
    file: str = "<text>",
    known_diagnoses: Collection[str] | None = None,
    known_workspaces: Collection[str] | None = None,
) -> Scenario:
    """The scenario in ``text``; ``file`` is how problems name it. Raises ScenarioError with all that is wrong."""
    root, problems = document.parse(text, file)
    if root is None:
        raise ScenarioError(problems)
    reader = _Reader(file, known_diagnoses, known_workspaces)
    scenario = reader.scenario(root)
    problems += reader.problems
    if scenario is None or problems:
        raise ScenarioError(problems)
    scenario._text = text
    scenario._lines = {".".join(map(str, path)): mark.line for path, mark in document.walk(root)}
    return scenario


def _read(path: Path) -> str:
    def wrong(message: str, line: int = 1, column: int = 1) -> ScenarioError:
        return ScenarioError([Problem(str(path), line, column, message)])

    try:
        if path.exists() and not path.is_file():
            raise wrong("is a folder" if path.is_dir() else "is no ordinary file")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as e:  # ValueError: a NUL in the path
        raise wrong(f"cannot be read: {getattr(e, 'strerror', None) or e}") from e
    if len(data) > MAX_BYTES:
        raise wrong(f"is larger than {MAX_BYTES >> 20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        before = data[: e.start]
        column = len(before) - before.rfind(b"\n")
        raise wrong(f"is not UTF-8: byte 0x{data[e.start]:02X}", before.count(b"\n") + 1, column) from e


class _Reader(Decoder):
    """Decodes one document."""

    def __init__(
        self, file: str, known_diagnoses: Collection[str] | None, known_workspaces: Collection[str] | None
    ) -> None:
        super().__init__(file)
        self._known_diagnoses = known_diagnoses
        self._known_workspaces = known_workspaces

    def scenario(self, root: Node) -> Scenario | None:
        if not isinstance(root, Map):
            self.report(root.mark, "a scenario is a mapping that begins with 'scenario: NAME'")
            return None
        data = plain(root)
        given = [key for key in ("faults", "recoveries") if key in data]
        if "faults" in data:
            data["faults"] = self._faults(root.entries["faults"])
        if "recoveries" in data:
            data["recoveries"] = self._recoveries(root.entries["recoveries"])
        view = self._one_posture(root, data)
        scenario = self.build(Scenario, _part(view, view.entries.keys() - set(given)), data, given)
        # Of the nodes, not of the scenario: there is none where anything else is wrong, and all is to be told at once.
        self._conditions(view)
        self._diagnoses(root)
        self._bundled(root)
        return scenario

    def _one_posture(self, root: Map, data: dict[str, Any]) -> Map:
        """``posture: {…}`` as ``postures: {default: {…}}``, in ``data`` and in the copy of ``root`` that is returned."""
        if "posture" not in data:
            return root
        if "postures" in data:
            self.report(root.keys["posture"], "write posture or postures, not both")
        node = root.entries["posture"]
        inner = Map(node.mark, {"default": node}, {"default": root.keys["posture"]})
        data["postures"] = {"default": {} if data["posture"] is None else data["posture"]}
        del data["posture"]
        entries = {key: value for key, value in root.entries.items() if key != "posture"} | {"postures": inner}
        return Map(root.mark, entries, root.keys | {"postures": root.keys["posture"]})

    # Faults

    def _faults(self, node: Node) -> tuple[DeclaredFault, ...]:
        made: list[DeclaredFault] = []
        used: set[str] = set()
        items = self._items(node, "a list of faults is expected here: - http: 410")
        given = _words(items, "id")
        for item in items:
            fault = self._fault(item, used, given)
            if fault is not None:
                made.append(fault)
                used.add(fault.id)
        if isinstance(node, Seq) and not node.items:
            self.report(node.mark, "a scenario needs at least one fault")
        return tuple(made)

    def _fault(self, node: Node, used: set[str], given: set[str]) -> DeclaredFault | None:
        if not isinstance(node, Map):
            self.report(node.mark, "a fault is a mapping, for example {http: 410, match: {host: primary}}")
            return None
        common = keys(FaultFrame)
        kinds = [key for key in node.entries if key not in common]
        frame = self.model(FaultFrame, _part(node, common))
        for kind in kinds:
            if kind not in FAULTS:
                self.report(node.keys[kind], one_of("unknown fault or key", kind, (*FAULTS, *common)))
        known = [kind for kind in kinds if kind in FAULTS]
        if not kinds:
            self.report(node.mark, f"a fault needs a kind; use one of: {', '.join(FAULTS)}")
        for extra in known[1:]:
            self.report(node.keys[extra], f"one fault has one kind: {show(known[0])} and {show(extra)} are two faults")
        if not known:
            return None
        kind = known[0]
        fault = self.model(FAULTS[kind], node.entries[kind])
        self._match_keys(FAULTS[kind], node.entries.get("match"))
        if frame is None or fault is None:
            return None
        if frame.schedule != Schedule() and (why := fault.unscheduled()):
            self.report(node.keys["schedule"], why)
            return None
        if frame.id in used:
            self.report(node.entries["id"].mark, f"the id {show(frame.id)} is taken by a fault above")
            return None
        parts = {name: getattr(frame, name) for name in FaultFrame.model_fields}
        parts["id"] = frame.id or _unique(kind, used | given)
        return DeclaredFault(**parts, kind=kind, fault=fault, line=node.mark.line, source=document.flow(node))

    def _match_keys(self, kind: type[Fault], match: Node | None) -> None:
        """A fault below HTTP sees hosts and no modules: to match on more would make it fire nowhere."""
        for key in match.entries if isinstance(match, Map) else ():
            if key in Match.model_fields and key not in kind.match_keys:
                known = ", ".join(sorted(kind.match_keys)) or "nothing"
                assert isinstance(match, Map)
                self.report(match.keys[key], f"a fault of the {kind.layer} layer can match on {known}, not on {key!r}")

    # Recoveries

    def _recoveries(self, node: Node) -> tuple[DeclaredRecovery, ...]:
        made: list[DeclaredRecovery] = []
        used = {"none"}
        items = self._items(node, "a list of recoveries is expected here: - {do: NAME, verdict: VERDICT}")
        given = _words(items, "name")
        for item in items:
            recovery = self._recovery(item, used, given)
            if recovery is not None:
                made.append(recovery)
                used.add(recovery.name)
        return tuple(made)

    def _recovery(self, node: Node, used: set[str], given: set[str]) -> DeclaredRecovery | None:
        if not isinstance(node, Map):
            self.report(node.mark, "a recovery is a mapping, for example {do: clean-modcache, verdict: restored}")
            return None
        common = keys(RecoveryFrame)
        for key in node.entries:
            if key not in common and key != "do":
                self.report(node.keys[key], one_of("unknown key", key, ("do", *common)))
        frame = self.model(RecoveryFrame, _part(node, common))
        if "do" not in node.entries:
            self.report(node.mark, "the key 'do' is missing")
            return None
        do = node.entries["do"]
        steps = [self._step(item) for item in (do.items if isinstance(do, Seq) else [do])]
        if not steps:
            self.report(do.mark, "name at least one recovery")
        done = [step for step in steps if step is not None]
        if frame is None or not done:
            return None
        if frame.name in used:
            taken = "the name 'none' is that of the case without a recovery"
            other = f"the name {show(frame.name or '')} is taken by a recovery above"
            self.report(node.entries["name"].mark, taken if frame.name == "none" else other)
            return None
        return DeclaredRecovery(
            name=frame.name or _unique("-then-".join(step.name for step in done), used | given),
            do=tuple(done),
            changes=frozenset(frame.changes).union(*(step.changes for step in done)),
            verdict=frame.verdict,
            line=node.mark.line,
            source=document.flow(node),
        )

    def _step(self, node: Node) -> Recovery | None:
        """A recovery's name, or a mapping from its name to its parameters."""
        name, mark, parameters = "", node.mark, node
        if isinstance(node, Scalar):
            name, parameters = node.value or "", Scalar(node.mark, None)
        elif isinstance(node, Map) and len(node.entries) == 1:
            name, parameters = next(iter(node.entries.items()))
            mark = node.keys[name]
        if not name:
            self.report(node.mark, "write a recovery's name, or {NAME: {PARAMETER: VALUE}}")
        elif name not in RECOVERIES:
            self.report(mark, one_of("unknown recovery", name, RECOVERIES))
        else:
            return self.model(RECOVERIES[name], parameters)
        return None

    # What spans several keys

    def _conditions(self, root: Map) -> None:
        """A condition on a posture that the scenario does not have would silently never hold."""
        given = root.entries.get("postures")
        postures = list(given.entries) if isinstance(given, Map) else ["default"] if given is None else []
        places = [_below(root, "expect", key) for key in ("outcome", "diagnosis", "verdict")]
        recoveries = root.entries.get("recoveries")
        for item in recoveries.items if isinstance(recoveries, Seq) else []:
            places.append(_below(item, "verdict"))
        for place in places if postures else []:
            for condition, mark in place.keys.items() if isinstance(place, Map) else []:
                for term in _terms(condition):
                    if term.subject == "posture" and term.value not in postures:
                        self.report(mark, one_of("unknown posture", term.value, postures))

    def _diagnoses(self, root: Map) -> None:
        place = _below(root, "expect", "diagnosis")
        if self._known_diagnoses is None or place is None:
            return
        for word in place.entries.values() if isinstance(place, Map) else [place]:
            # What is no name at all is a problem already.
            text = word.value if isinstance(word, Scalar) else None
            if text is not None and WORD.fullmatch(text) and text not in self._known_diagnoses:
                self.report(word.mark, one_of("unknown diagnosis", text, sorted(self._known_diagnoses)))

    def _bundled(self, root: Map) -> None:
        node = root.entries.get("workspace")
        if (
            self._known_workspaces is None
            or not isinstance(node, Scalar)
            or not (node.value or "").startswith("corpus:")
        ):
            return
        known = [f"corpus:{name}" for name in sorted(self._known_workspaces)]
        if node.value not in known:
            self.report(node.mark, one_of("unknown workspace", node.value or "", known))

    def _items(self, node: Node, expected: str) -> Iterable[Node]:
        if isinstance(node, Seq):
            return node.items
        self.report(node.mark, expected)
        return ()


def _part(node: Map, names: Collection[str]) -> Map:
    """``node`` with only the keys in ``names``."""
    entries = {key: value for key, value in node.entries.items() if key in names}
    return Map(node.mark, entries, {key: node.keys[key] for key in entries})


def _terms(condition: str) -> tuple[Term, ...]:
    """The terms of ``condition``; none of one that cannot be read, which is a problem already."""
    try:
        return parse_condition(condition)
    except ValueError:
        return ()


def _words(items: Iterable[Node], key: str) -> set[str]:
    """What the ``items`` that have a ``key`` have for it: names that were given, which a made one must not take."""
    words = [_below(item, key) for item in items]
    return {word.value for word in words if isinstance(word, Scalar) and word.value is not None}


def _below(node: Node, *path: str) -> Node | None:
    found: Node | None = node
    for key in path:
        found = found.entries.get(key) if isinstance(found, Map) else None
    return found


def _unique(name: str, used: Collection[str]) -> str:
    """``name``, with the first number that makes it different from all of ``used``."""
    number, unique = 1, name
    while unique in used:
        number += 1
        unique = f"{name}-{number}"
    return unique
