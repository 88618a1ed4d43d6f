"""Bad and good scenario files: each mistake with its place and its exact words."""

import os
from pathlib import Path

import pytest

from chaosmod.scenario import ScenarioError, load, loads

from .samples import FULL, SMALL

HEAD = "scenario: small\n"
EXPECT = "expect: {verdict: not-restored}\n"


def said(text: str, **options: object) -> list[str]:
    with pytest.raises(ScenarioError) as e:
        loads(text, "f", **options)  # type: ignore[arg-type]
    return [str(problem).removeprefix("f:") for problem in e.value.problems]


TOP = (
    "cache, expect, faults, go, home, needs, posture, postures, provoke, recoveries, reference, scenario, seed, "
    "severity, tags, title, upstream, within, workspace"
)
VERDICTS = "survived, restored, altered, weakened, not-restored, inconsistent, harmed"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("titel: x", "5:1: unknown key 'titel'; did you mean 'title'?"),
        ("postur: {}", "5:1: unknown key 'postur'; did you mean 'posture'?"),
        ("zzz: x", f"5:1: unknown key 'zzz'; use one of: {TOP}"),
        ("name: x", f"5:1: unknown key 'name'; use one of: {TOP}"),
        ("file: x", "5:1: unknown key 'file'; did you mean 'title'?"),
        ("title: [a]", "5:8: a word is expected here; quote an empty one"),
        ("title:", "5:7: a word is expected here; quote an empty one"),
        ('title: "a\\nb"', "5:8: must be one line of at most 1000 printable characters"),
        ("severity: P4", "5:11: unknown word 'P4'; use one of: P0, P1, P2, P3"),
        ("severity: [P1]", "5:11: one of these words is expected here: P0, P1, P2, P3"),
        (
            "tags: [ok, Not Ok]",
            "5:12: 'Not Ok' is no name: use up to 64 of a-z, 0-9, '-', '_' and '.', as in 'gone-410'",
        ),
        ("tags: {a: b}", "5:7: a list is expected here"),
        ("needs: [direct, mirrror]", "5:17: unknown need 'mirrror'; did you mean 'mirror'?"),
        ("needs: direct:0", "5:8: unknown need 'direct:0'; did you mean 'direct'?"),
        ("go: '> 1.2x'", "5:5: '1.2x' is no Go release; write for example 1.24 or 1.24.3"),
        ("workspace: ''", "5:12: must have at least 1 characters"),
        ("upstream: liv", "5:11: unknown upstream 'liv'; did you mean 'live'?"),
        ("upstream: 'snapshot:'", "5:11: unknown upstream 'snapshot:'; did you mean 'snapshot:DIR'?"),
        ("posture: x", "5:10: a mapping is expected here (KEY: VALUE)"),
        ("posture: {GOPROXI: x}", "5:11: unknown setting 'GOPROXI'; did you mean 'GOPROXY'?"),
        ("posture: {GOMODCACHE: /x}", "5:11: GOMODCACHE belongs to the lab; a posture cannot set it"),
        ("posture: {GOPROXY: '{primry}'}", "5:20: unknown host role 'primry'; did you mean 'primary'?"),
        ("posture: {GOPROXY: }", "5:19: a word is expected here; quote an empty one"),
        ('posture: {GOPROXY: "a\\nb"}', "5:20: a setting is one line"),
        ("postures: {}", "5:11: must not be empty"),
        ("postures: {A: {}}", "5:12: 'A' is no name: use up to 64 of a-z, 0-9, '-', '_' and '.', as in 'gone-410'"),
        ("posture: {GOPROXY: {primary}}", '5:20: in YAML {primary} is a mapping; write "{primary}"'),
        ("postures: {a: {GOPRXY: x}}", "5:16: unknown setting 'GOPRXY'; did you mean 'GOPROXY'?"),
        ("cache: luke", "5:8: unknown word 'luke'; use one of: cold, warm"),
        ("cache: {}", "5:8: write cold, warm or {warm-without: [MODULE, …]}"),
        ("cache: {warm-wihout: a}", "5:9: unknown key 'warm-wihout'; did you mean 'warm-without'?"),
        ("cache: {without: a}", "5:9: unknown key 'without'; did you mean 'warm-without'?"),
        (
            "cache: {warm-without: '{direkt}'}",
            "5:23: '{direkt}' is no module role; write {direct}, {indirect} or {direct:2} and nothing else",
        ),
        ("home: [a]", "5:7: a mapping is expected here (KEY: VALUE)"),
        ("home: {../x: a}", "5:8: '../x' must be a path below HOME, without '..'"),
        ("home: {a/../../x: a}", "5:8: 'a/../../x' must be a path below HOME, without '..'"),
        ("home: {/x: a}", "5:8: '/x' must be a path below HOME, without '..'"),
        ("home: {~/x: a}", "5:8: '~/x' must be a path below HOME, without '..'"),
        ("home: {.: a}", "5:8: '.' must be a path below HOME, without '..'"),
        ("provoke: []", "5:10: provoke needs at least one command"),
        ("provoke: ''", "5:10: a command cannot be empty"),
        ("provoke: [go build, ' ']", "5:21: a command cannot be empty"),
        ('provoke: "a\\0b"', "5:10: a command is at most 20000 characters, none of them NUL"),
        ("provoke:", "5:9: a mapping is expected here (KEY: VALUE)"),
        ("provoke: go build {pakages}", "5:10: unknown placeholder '{pakages}'; did you mean '{packages}'?"),
        ("provoke: [go vet, 'go get {driect}']", "5:19: unknown placeholder '{driect}'; did you mean '{direct}'?"),
        ("home: {.netrc: 'machine {vcss}'}", "5:16: unknown placeholder '{vcss}'; did you mean '{vcs}'?"),
        ("provoke: {timeout: 0}", "5:20: a time limit must be more than 0"),
        ("provoke: {timeout: 25h}", "5:20: a duration must be between 0 and 24h"),
        (
            "provoke: {timeout: 5}",
            "5:20: '5' is not a duration: write a number and a unit, for example 300ms, 5s or 1m30s",
        ),
        (
            "provoke: {timeout: [5s]}",
            "5:20: this is not a duration: write a number and a unit, for example 300ms, 5s or 1m30s",
        ),
        ("within: {}", "5:9: write time, requests or both"),
        ("within: {requests: -1}", "5:20: must be at least 0"),
        ("within: {requests: 9999999}", "5:20: must be at most 1000000"),
        ("within: {requests: many}", "5:20: 'many' is not a whole number"),
        ("within: {requests: 1_000}", "5:20: '1_000' is not a whole number"),
        ("seed: 1.0", "5:7: '1.0' is not a whole number"),
        ("seed: [1]", "5:7: a whole number is expected here"),
        ("seed: nan", "5:7: 'nan' is not a whole number"),
        ("seed: 9223372036854775808", "5:7: must be less than 9223372036854775808"),
        (
            "recoveries: [{do: {retry: {times: 1000, backoff: 1ms, factor: 100}}, verdict: harmed}]",
            "5:27: the pauses come to more than 24h: write fewer times, a shorter backoff or a smaller factor",
        ),
        ("recoveries: x", "5:13: a list of recoveries is expected here: - {do: NAME, verdict: VERDICT}"),
    ],
)
def test_one_wrong_line(line: str, problem: str) -> None:
    assert said(SMALL + line + "\n") == [problem]


@pytest.mark.parametrize(
    ("fault", "problems"),
    [
        ("x", ["3:4: a fault is a mapping, for example {http: 410, match: {host: primary}}"]),
        ("{id: a}", ["3:4: a fault needs a kind; use one of: {kinds}"]),
        ("{htpp: 410}", ["3:5: unknown fault or key 'htpp'; did you mean 'http'?"]),
        ("{http: 410, mach: {}}", ["3:16: unknown fault or key 'mach'; did you mean 'match'?"]),
        ("{http: }", ["3:10: the key 'status' is missing"]),
        ("{http: oops}", ["3:11: 'oops' is not a whole number"]),
        ("{redirect: nowhere}", [
            "3:15: unknown word 'nowhere'; use one of: itself, http, primary, mirror, sumdb, vcs, "
            "an address that begins with http:// or https:// and a host"]),
        ("{redirect: {to: itslef}}", ["3:20: unknown word 'itslef'; did you mean 'itself'?"]),
        ("{content-length: many}", ["3:21: unknown word 'many'; use one of: missing, a whole number"]),
        ("{content-length: 1.5}", ["3:21: unknown word '1.5'; use one of: missing, a whole number"]),
        ("{content-length: 0}", ["3:21: must not be 0: the length would be right"]),
        ("{content-length: 9999999999999}", ["3:21: must be at most 1099511627776"]),
        ("{refused: {a: b}}", ["3:15: unknown key 'a'; nothing can be written here"]),
        ("{goaway: ENHANCE}", ["3:13: unknown word 'ENHANCE'; did you mean 'ENHANCE_YOUR_CALM'?"]),
        ("{http: 410, match: {module: {direct}}}", ['3:32: in YAML {direct} is a mapping; write "{direct}"']),
        ("{http: {status: 99}}", ["3:20: must be at least 200"]),
        ("{http: {statos: 410}}", ["3:11: the key 'status' is missing", "3:12: unknown key 'statos'; did you mean 'status'?"]),
        ("{http: 410, id: A b}", ["3:20: 'A b' is no name: use up to 64 of a-z, 0-9, '-', '_' and '.', as in 'gone-410'"]),
        (
            "{refused: {}, match: {file: zip}}",
            ["3:26: a fault of the link layer can match on host, not on 'file'"],
        ),
        ("{http: 410, match: {host: sumdbb}}", ["3:30: unknown word 'sumdbb'; did you mean 'sumdb'?"]),
        ("{http: 410, match: {file: [zip, modd]}}", ["3:36: unknown word 'modd'; did you mean 'mod'?"]),
        ("{http: 410, match: {host: []}}", ["3:30: must not be empty: it would match nothing"]),
        ("{http: 410, match: {modul: x}}", ["3:24: unknown key 'modul'; did you mean 'module'?"]),
        ("{http: 410, match: {protocol: h3}}", ["3:34: unknown word 'h3'; use one of: h1, h2"]),
        ("{http: 410, match: x}", ["3:23: a mapping is expected here (KEY: VALUE)"]),
        ("{http: 410, schedule: {duration: 5s}}", [
            "3:27: unknown key 'duration'; use one of: after, every, first, for, per, probability, skip"]),
        ("{http: 410, schedule: {first: 0}}", ["3:34: must be at least 1"]),
        ("{http: 410, schedule: {first: 1_0}}", ["3:34: '1_0' is not a whole number"]),
        ("{http: 410, schedule: {probability: nan}}", ["3:40: 'nan' is not a finite number"]),
        ("{http: 410, schedule: {probability: 0}}", ["3:40: must be more than 0.0"]),
        ("{http: 410, schedule: {probability: 1.5}}", ["3:40: must be at most 1.0"]),
        ("{http: 410, schedule: {probability: most}}", ["3:40: 'most' is not a number"]),
        ("{http: 410, heals: soon}", ["3:23: unknown word 'soon'; use one of: never, before-recovery"]),
        ("{http: 410, fires: allways}", ["3:23: unknown word 'allways'; use one of: provoke, recovery, any, never"]),
        ("{http: 410, heals: before-recovery, fires: recovery}", [
            "3:4: a fault that heals before the recovery cannot fire during it"]),
    ],
)  # fmt: skip
def test_one_wrong_fault(fault: str, problems: list[str]) -> None:
    from chaosmod.faults.base import FAULTS

    kinds = ", ".join(FAULTS)
    assert said(f"{HEAD}faults:\n - {fault}\n{EXPECT}") == [p.replace("{kinds}", kinds) for p in problems]


@pytest.mark.parametrize(
    ("recovery", "problems"),
    [
        ("x", ["6:4: a recovery is a mapping, for example {do: clean-modcache, verdict: restored}"]),
        ("{verdict: restored}", ["6:4: the key 'do' is missing"]),
        ("{do: clean-modcache}", ["6:4: the key 'verdict' is missing"]),
        ("{do: clean-modcash, verdict: restored}", ["6:9: unknown recovery 'clean-modcash'; did you mean 'clean-modcache'?"]),
        ("{do: {swich-proxy: x}, verdict: restored}", ["6:10: unknown recovery 'swich-proxy'; did you mean 'switch-proxy'?"]),
        ("{do: {}, verdict: restored}", ["6:9: write a recovery's name, or {NAME: {PARAMETER: VALUE}}"]),
        ("{do: {retry: 1, run: x}, verdict: restored}", ["6:9: write a recovery's name, or {NAME: {PARAMETER: VALUE}}"]),
        ("{do: [[retry]], verdict: restored}", ["6:10: write a recovery's name, or {NAME: {PARAMETER: VALUE}}"]),
        ("{do: [], verdict: restored}", ["6:9: name at least one recovery"]),
        ("{do: , verdict: restored}", ["6:8: write a recovery's name, or {NAME: {PARAMETER: VALUE}}"]),
        ("{do: run, verdict: restored}", ["6:9: the key 'command' is missing"]),
        ("{do: {run: ' '}, verdict: restored}", ["6:15: a command cannot be empty, nor hold a NUL"]),
        ("{do: {run: 'GOPROXY={miror} x'}, verdict: restored}", ["6:15: unknown placeholder '{miror}'; did you mean '{mirror}'?"]),
        ("{do: {switch-proxy: {to: miror}}, verdict: restored}", ["6:29: unknown proxy 'miror'; did you mean 'mirror'?"]),
        ("{do: {switch-proxy: miror}, verdict: restored}", ["6:24: unknown proxy 'miror'; did you mean 'mirror'?"]),
        ("{do: {proxy-fallback: {separator: ',', to: '{miror}'}}, verdict: restored}", ["6:47: unknown host role 'miror'; did you mean 'mirror'?"]),
        ("{do: {retry: {times: 0}}, verdict: restored}", ["6:25: must be at least 1"]),
        ("{do: {retry: {factor: inf}}, verdict: restored}", ["6:26: 'inf' is not a finite number"]),
        ("{do: {proxy-fallback: ';'}, verdict: restored}", ["6:26: unknown word ';'; use one of: ,, |"]),
        ("{do: retry, verdct: restored}", ["6:4: the key 'verdict' is missing", "6:16: unknown key 'verdct'; did you mean 'verdict'?"]),
        ("{do: retry, verdict: fixed}", [f"6:25: unknown word 'fixed'; use one of: {VERDICTS}"]),
        ("{do: retry, verdict: {go < 1.24: restord, else: harmed}}", ["6:37: unknown word 'restord'; did you mean 'restored'?"]),
        ("{do: retry, verdict: {go << 1.24: restored, else: harmed}}", ["6:26: 'go << 1.24' is no condition; write 'go' and one of < <= == != >= > and a release"]),
        ("{do: retry, verdict: {posture comma: restored, else: harmed}}", ["6:26: unknown posture 'comma'; use one of: default"]),
        ("{do: retry, verdict: restored, changes: go.smu}", ["6:44: unknown word 'go.smu'; did you mean 'go.sum'?"]),
        ("{do: retry, verdict: restored, name: none}", ["6:41: the name 'none' is that of the case without a recovery"]),
    ],
)  # fmt: skip
def test_one_wrong_recovery(recovery: str, problems: list[str]) -> None:
    assert said(f"{SMALL}recoveries:\n - {recovery}\n") == problems


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("just words", ["1:1: a scenario is a mapping that begins with 'scenario: NAME'"]),
        ("- scenario: a", ["1:1: a scenario is a mapping that begins with 'scenario: NAME'"]),
        ("title: a", ["1:1: the key 'scenario' is missing", "1:1: the key 'faults' is missing", "1:1: the key 'expect' is missing"]),
        (HEAD + "faults: []\n" + EXPECT, ["2:9: a scenario needs at least one fault"]),
        (HEAD + "faults:\n" + EXPECT, ["2:8: a list of faults is expected here: - http: 410"]),
        (HEAD + "faults: {http: 410}\n" + EXPECT, ["2:9: a list of faults is expected here: - http: 410"]),
        (HEAD + "faults: [http: 410]\nexpect: {}", ["3:9: the key 'verdict' is missing"]),
        (HEAD + "faults: [http: 410]\nexpect: {verdict: survived, outcome: failed}", [
            "3:9: a case survived only where provoke was ok, and failed is expected of it"]),
        (HEAD + "faults: [http: 410]\nexpect: {verdict: restored, outcome: ok, diagnosis: proxy-gone}", [
            "3:9: a provoke that is expected to be ok has no diagnosis"]),
        (HEAD + "faults: [http: 410]\nexpect: {verdict: restored, outcome: {posture x: ok, else: failed}}", [
            "3:39: unknown posture 'x'; use one of: default"]),
        (HEAD + "faults: [{id: a, http: 410}, {id: a, http: 404}]\n" + EXPECT, ["2:35: the id 'a' is taken by a fault above"]),
        (SMALL + "posture: {}\npostures: {a: {}}\n", ["5:1: write posture or postures, not both"]),
        (SMALL + "recoveries: [{do: retry, name: a, verdict: harmed}, {do: retry, name: a, verdict: harmed}]", [
            "5:71: the name 'a' is taken by a recovery above"]),
        (SMALL + "seed: 1\nseed: 2\n", ["6:1: the key 'seed' is given twice, first in line 5"]),
    ],
)  # fmt: skip
def test_what_spans_several_keys(text: str, problems: list[str]) -> None:
    assert said(text) == problems


def test_a_command_has_a_length() -> None:
    assert loads(SMALL + f"provoke: {'x' * 20_000}").provoke.run
    assert said(SMALL + f"provoke: {'x' * 20_001}") == ["5:10: a command is at most 20000 characters, none of them NUL"]


def test_all_mistakes_of_a_file_at_once() -> None:
    text = (
        FULL.replace("P1", "P9")
        .replace("direct, mirror", "dirct, mirror")
        .replace("GOSUMDB:", "GOSUMBD:")
        .replace("status: 410", "status: oops")
        .replace("file: [mod", "file: [mdo")
        .replace("for: 5s", "fro: 5s")
        .replace("go < 1.24", "go ~ 1.24")
        .replace("do: clean-modcache", "do: clean-modcash")
        .replace("requests: 200", "requests: lots")
        .replace("seed: 7", "sed: 7")
    )
    assert [problem.split(":")[0] for problem in said(text)] == [
        "4", "6", "12", "17", "18", "19", "25", "28", "31", "33", "34",
    ]  # fmt: skip


def test_two_kinds_are_two_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    from typing import ClassVar

    from chaosmod.faults.base import FAULTS, HttpFault

    class Other(HttpFault):
        kind: ClassVar[str] = "other-kind"
        flag: bool = False

    FAULTS["http"]  # so that the catalogue is complete before it is added to
    monkeypatch.setitem(FAULTS._entries, "other-kind", Other)
    faults = "faults: [{http: 410, other-kind: {}}]\n"
    assert said(HEAD + faults + EXPECT) == ["2:22: one fault has one kind: 'http' and 'other-kind' are two faults"]
    # The same fault serves for what only a yes-or-no parameter can get wrong.
    for word in ("on", "yes", "1", "True"):
        assert said(f"{HEAD}faults: [other-kind: {{flag: {word}}}]\n{EXPECT}") == [
            f"2:29: {word!r} is neither true nor false"
        ]
    fault = loads(f"{HEAD}faults: [other-kind: {{flag: true}}]\n{EXPECT}").faults[0].fault
    assert isinstance(fault, Other)
    assert fault.flag


def test_ids_and_names_are_made_unique() -> None:
    s = loads(
        f"{HEAD}faults: [http: 410, http: 404, {{id: http-3, http: 500}}, http: 503]\n{EXPECT}"
        "recoveries:\n- {do: retry, verdict: restored}\n- {do: {retry: 2}, verdict: restored}\n"
        "- {do: [clean-modcache, retry], verdict: restored}\n"
    )
    assert [f.id for f in s.faults] == ["http", "http-2", "http-3", "http-4"]
    assert [r.name for r in s.recoveries] == ["retry", "retry-2", "clean-modcache-then-retry"]


def test_a_given_name_wins_over_one_that_is_made() -> None:
    text = f"{HEAD}faults: [http: 410, {{id: http, http: 404}}]\n{EXPECT}"
    assert [f.id for f in loads(text).faults] == ["http-2", "http"]


def test_what_the_steps_declare_is_added_to_what_the_scenario_declares() -> None:
    do = "{do: [{run: {command: x, changes: go.sum}}, clean-modcache], changes: [vendor], verdict: altered}"
    assert loads(f"{SMALL}recoveries: [{do}]").recoveries[0].changes == {"go.sum", "vendor"}


def test_diagnoses_are_checked_where_they_are_known() -> None:
    text = f"{HEAD}faults: [http: 410]\nexpect: {{verdict: restored, diagnosis: proxy-gon}}\n"
    assert loads(text).expect.diagnosis is not None
    known = ["proxy-gone", "not-found"]
    assert said(text, known_diagnoses=known) == ["3:40: unknown diagnosis 'proxy-gon'; did you mean 'proxy-gone'?"]
    loads(text.replace("gon}", "gone}"), known_diagnoses=known)
    several = text.replace("proxy-gon}", "{go < 1.24: proxy-gone, else: not-fund}}")
    assert said(several, known_diagnoses=known) == ["3:70: unknown diagnosis 'not-fund'; did you mean 'not-found'?"]


def test_what_spans_several_keys_is_told_with_all_the_rest() -> None:
    text = f"{HEAD}severity: p1\nfaults: [http: 410]\nexpect: {{diagnosis: proxy-gon, verdict: {{posture nope: harmed, else: harmed}}}}\n"
    posture = "4:42: unknown posture 'nope'; use one of: default"
    severity, *others = said(text, known_diagnoses=["proxy-gone"])
    assert severity.startswith("2:11: unknown word 'p1'; ")
    assert others == ["4:21: unknown diagnosis 'proxy-gon'; did you mean 'proxy-gone'?", posture]
    assert posture in said(text + "posture: {GOPRXY: x}\n")
    assert posture.replace("default", "a, b") in said(text + "postures: {a: {GOPRXY: x}, b: {}}\n")
    assert not [line for line in said(text + "postures: x\n") if "unknown posture" in line], "there are none to name"
    text = f"{HEAD}faults: [http: 410]\nexpect: {{outcome: failed, diagnosis: proxy-gon, verdict: survived}}\n"
    assert said(text, known_diagnoses=["proxy-gone"]) == [
        "3:9: a case survived only where provoke was ok, and failed is expected of it",
        "3:38: unknown diagnosis 'proxy-gon'; did you mean 'proxy-gone'?",
    ]
    for odd in ("Gone!", "[proxy-gon]"):
        assert len(said(text.replace("proxy-gon", odd).replace("survived", "harmed"), known_diagnoses=["x"])) == 1


def test_bundled_workspaces_are_checked_where_they_are_known() -> None:
    text = f"{HEAD}severity: p1\nworkspace: corpus:lbi\nfaults: [http: 410]\n{EXPECT}"
    problem = "3:12: unknown workspace 'corpus:lbi'; did you mean 'corpus:lib'?"
    assert said(text, known_workspaces=["app", "lib"])[1:] == [problem]
    assert len(said(text)) == 1
    for fine in ("corpus:lib", "../lbi"):
        assert len(said(text.replace("corpus:lbi", fine), known_workspaces=["app", "lib"])) == 1


# Files


def refused(path: Path) -> str:
    with pytest.raises(ScenarioError) as e:
        load(path)
    return str(e.value).removeprefix(str(path))


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "410.yml"
    path.write_text(FULL, encoding="utf-8-sig")
    s = load(path)
    assert s.file == path
    assert s.text == FULL


def test_what_is_no_file(tmp_path: Path) -> None:
    assert refused(tmp_path) == ":1:1: is a folder"
    assert refused(tmp_path / "none.yml") == ":1:1: cannot be read: No such file or directory"
    assert refused(tmp_path / ("x" * 5000)) == ":1:1: cannot be read: File name too long"
    assert refused(Path("a\0b")).endswith("cannot be read: embedded null byte")
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe") == ":1:1: is no ordinary file"


def test_what_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.yml"
    path.write_bytes(b"a: b\nc: \xff\n")
    assert refused(path) == ":2:4: is not UTF-8: byte 0xFF"
    path.write_bytes(SMALL.encode("utf-16"))
    assert refused(path) == ":1:1: is not UTF-8: byte 0xFF"
    path.write_bytes(b"")
    assert refused(path) == ":1:1: the file is empty"
    path.write_bytes(b"#" * ((1 << 20) + 1))
    assert refused(path) == ":1:1: is larger than 1 MiB"
