from chaosmod.report.summary import counts, table


def row(recovery, status="passed", verdict="restored", expected="restored", **more):
    return {
        "scenario": "gone", "severity": "P1", "recovery": recovery, "toolchain": "1.26", "posture": "default",
        "status": status, "verdict": verdict, "expected": expected, **more,
    }  # fmt: skip


def test_one_line_for_each_case():
    rows = [
        row("none", verdict="not-restored", expected="not-restored"),
        row("retry", "failed", verdict="harmed"),
        row("none", scenario="other", severity="P0", verdict="", status="skipped"),
        row("budget", "failed"),
        row("lost", "error", verdict=""),
        row("unsaid", "error", verdict="vacuous", expected=""),
    ]
    assert table(rows) == [
        ("gone (P1)", False),
        ("  none    not-restored", False),
        ("  retry   harmed   expected restored", True),
        ("  budget  restored", True),
        ("  lost    error   expected restored", True),
        ("  unsaid  vacuous", True),
        ("other (P0)", False),
        ("  none    skipped", False),
    ]


def test_releases_and_postures_are_named_where_there_are_several():
    rows = [row("none"), row("none", toolchain="1.24"), row("none", posture="pipe")]
    assert [line for line, _ in table(rows)[1:]] == [
        "  none[go1.26]       restored",
        "  none[go1.24]       restored",
        "  none[go1.26-pipe]  restored",
    ]


def test_scenarios_of_one_name_are_told_apart_by_their_files():
    rows = [row("none", file=f"{file}/410.yml") for file in "abb"] + [row("none", scenario="x", file="a/x.yml")]
    assert [line for line, _ in table(rows)] == [
        "gone (P1)  a/410.yml",
        "  none  restored",
        "gone (P1)  b/410.yml",
        "  none  restored",
        "  none  restored",
        "x (P1)",
        "  none  restored",
    ]


def test_counts():
    assert counts([row("none")]) == "1 case: 1 as expected"
    several = [row("a"), row("b", "failed"), row("c", "error"), row("d", "skipped"), row("e", "skipped")]
    assert counts(several) == "5 cases: 1 as expected, 1 not as expected, 1 proved nothing, 2 skipped"
