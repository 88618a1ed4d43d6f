import pytest

from chaosmod.history import FaultArmed, History, Note
from chaosmod.report.text import Again, explain, headline, reason
from tests.report.stories import LIB, SAYS, SOURCE, case, command, concluded, failed, hit

AGAIN = Again(
    command="pytest 'gone.yml::clean-modcache[go1.26]'",
    file="gone.yml",
    line=9,
    source=SOURCE,
    history="runs/x.jsonl",
)


@pytest.mark.parametrize(
    ("end", "says"),
    [
        ({}, "verdict not-restored, expected restored"),
        ({"verdict": "vacuous"}, "vacuous, so nothing was proven"),
        ({"verdict": "broken-lab"}, "broken-lab, so nothing was proven"),
        ({"expected": "not-restored", "passed": True}, "verdict not-restored as expected"),
        ({"expected": "", "passed": True}, "verdict not-restored"),
        (
            {"expected": "not-restored", "outcome": "ok"},
            "verdict not-restored as expected, but provoke was ok, expected failed",
        ),
        (
            {"expected": "not-restored", "outcome": ""},
            "verdict not-restored as expected, but provoke did not run, expected failed",
        ),
        (
            {"expected": "not-restored", "diagnosis": ""},
            "verdict not-restored as expected, but the diagnosis is unknown, expected proxy-gone",
        ),
        (
            {"expected": "not-restored", "reasons": ("It was bad.", "It took 3 s.")},
            "verdict not-restored as expected, but It took 3 s.",
        ),
        ({"expected": "not-restored", "reasons": ()}, "verdict not-restored as expected, but it did not pass"),
    ],
)
def test_headline(end, says):
    assert headline(concluded(**end)) == says


def test_reason_is_one_line_with_hosts_by_role():
    assert reason(failed()) == (
        f"verdict not-restored, expected restored: The verifying build failed (proxy-gone): "
        f"go: {LIB}@v1.0.0: reading {{primary}}/{LIB}/@v/v1.0.0.zip: 410 Gone."
    )
    assert reason(failed(reasons=())) == "verdict not-restored, expected restored"
    said = {"expected": "not-restored", "reasons": ("It took 3 s.",)}
    assert reason(failed(**said)).count("It took 3 s.") == 1


def test_the_whole_text():
    assert (
        explain(failed(), AGAIN, 80)
        == f"""\
verdict not-restored, expected restored

             expected     observed
  verdict    restored     not-restored   ✗
  outcome    failed       failed
  diagnosis  proxy-gone   proxy-gone

  scenario   gone (P1): A version is gone
  case       clean-modcache[go1.26]: go 1.26.8 in the sandbox, cold cache,
             workspace corpus:app from corpus
  posture    default: GOPROXY={{primary}}
  hosts      {{primary}} is proxy.example

Why
  - The verifying build failed (proxy-gone): go: dep.example/lib@v1.0.0: reading
    {{primary}}/dep.example/lib/@v/v1.0.0.zip: 410 Gone.

gone.yml
       3    - id: gone
       4      http: 410
       …
  >    9    - {{do: clean-modcache, verdict: restored}}

What happened (seconds since the case began)
  inject
      0.00  armed gone: {{id: gone, http: 410}}
  provoke
      0.10  $ go build ./...
      0.10    primary  410  zip dep.example/lib@v1.0.0  ← gone
      0.30    exit 1 after 0.2 s
  recover
      0.40  $ go clean -modcache
      0.60    exit 0 after 0.2 s
  verify
      0.70    primary  410  zip dep.example/lib@v1.0.0  ← gone
      0.90  the verifying build: failed

Go said (go build ./...: exit 1)
  {SAYS}

Faults
  gone: fired 1 of 1 eligible in provoke, 1 of 1 eligible afterwards

Kept
  history   runs/x.jsonl

Run again
  pytest 'gone.yml::clean-modcache[go1.26]'
"""
    )


@pytest.mark.parametrize("width", [80, 120])
def test_only_what_go_said_is_wider_than_the_terminal(width):
    wide = failed(Note(text="n" * 300, at=1.0, phase="verify"), reasons=("word " * 100,))
    lines = explain(wide, AGAIN, width).splitlines()
    assert [line for line in lines if len(line) > width and SAYS not in line] == []


def test_a_fault_counts_for_the_command_that_met_it():
    """A connection is recorded when it ends, which may be after its command has."""
    text = explain(failed(hit(0.95, phase="verify")), AGAIN, 100)
    assert "gone: fired 2 of 2 eligible in provoke, 1 of 1 eligible afterwards" in text


def test_of_a_long_phase_the_beginning_and_the_end_are_told():
    text = explain(
        failed(*(hit(1 + n, module=f"m{n}.example", phase="verify", invocation=0) for n in range(60))), AGAIN, 100
    )
    assert "… 45 lines are in the history\n" in text
    assert "m59.example" in text
    assert "m0.example" not in text


@pytest.mark.parametrize("long", ["provoke", "recover", "verify"])
def test_a_long_phase_leaves_room_for_all_others(long):
    at = {"provoke": 0.2, "recover": 0.5, "verify": 0.8}[long]
    text = explain(failed(*(hit(at, module=f"m{n}.example", phase=long, invocation=0) for n in range(60))), AGAIN, 100)
    told = text.partition("What happened")[2].partition("\n\n")[0].splitlines()[1:]
    assert len(told) <= 28
    assert [line.strip() for line in told if line.startswith("  ") and not line.startswith("   ")] == [
        "inject",
        "provoke",
        "recover",
        "verify",
    ]
    assert sum("$ " in line for line in told) == 2
    assert [line for line in told if "… " in line] == [line for line in told if "are in the history" in line] != []


def test_what_go_said_is_told_at_both_ends_where_it_differs_and_cut_where_it_is_long():
    other = command(
        0.6, n=2, purpose="recover", phase="recover", outcome="hung", exit=None, stderr="\n".join("abcdefghijklmnop")
    )
    text = explain(failed(other), AGAIN, 100)
    assert f"Go said (go build ./...: exit 1)\n  {SAYS}\n" in text
    assert "Go said (go build ./...: hung)\n  … 4 earlier lines\n  e\n" in text


def test_what_a_measurement_prints_is_data_and_what_a_command_prints_is_said():
    out = command(
        0.6, "sh fix.sh", n=2, purpose="recover", phase="recover", outcome="failed", exit=3, stdout="no luck\n"
    )
    assert "Go said (sh fix.sh: exit 3)\n  no luck\n" in explain(failed(out), AGAIN, 100)
    data = command(0.9, "go list", n=3, purpose="measure", phase="verify", outcome="failed", exit=1, stdout="data\n")
    assert "data" not in explain(failed(data), AGAIN, 100)


def test_a_fault_fired_in_provoke_where_a_command_of_provoke_met_it():
    late = hit(0.65, phase="recover", status=None, effect="stalled", seconds=0.6)
    assert "  gone: fired 2 of 2 eligible in provoke, 1 of 1 eligible afterwards\n" in explain(failed(late), AGAIN, 100)


def test_faults_on_disk():
    for applied, says in (((), "changed nothing on disk"), (("x.zip truncated", "y gone"), "x.zip truncated; y gone")):
        fault = FaultArmed(fault="bad", kind="zip", layer="local", applied=applied)
        assert f"  bad: {says}\n" in explain(failed(fault), AGAIN, 100)


def test_a_kept_lab():
    text = explain(failed(), Again("again", lab="/labs/x"), 100)
    assert "lab       /labs/x\n" in text
    assert "chaosmod clean removes it" in text


def test_a_history_that_was_cut_short():
    text = explain(History.replay([]), Again("again"), 80)
    assert text.startswith("broken-lab, so nothing was proven\n")
    assert "- The case was not concluded." in text
    assert explain(History.replay([case()]), Again("again"), 80).startswith("broken-lab")


def test_lines_that_the_file_no_longer_has():
    short = Again("again", file="gone.yml", line=99, source="scenario: gone\n")
    assert "gone.yml\n" not in explain(failed(), short, 80)


def test_a_name_that_is_not_utf8_can_be_printed():
    history = failed(reasons=("Work was changed that nobody declared: bad\udcff.go is new.",))
    for text in (reason(history), explain(history, AGAIN, 120)):
        assert "bad\\udcff.go is new" in text
        text.encode()
