from __future__ import annotations

import dataclasses

import pytest

from chaosmod.checks.base import Finding
from chaosmod.checks.files_unchanged import FilesUnchanged, word_for
from chaosmod.history import FilesMeasured

from .story import FILES, GOSUM, LIB, restored, tell
from .test_same_build import declaring


def files(when: str, gosum: tuple[str, ...] = GOSUM, **changed: str | None) -> FilesMeasured:
    digests = FILES | {name.replace("__", "/").replace("_", "."): d for name, d in changed.items()}
    point: object = when
    return FilesMeasured(when=point, digests={k: v for k, v in digests.items() if v is not None}, gosum=gosum)  # type: ignore[arg-type]


def run(now: FilesMeasured, *declared: str, **more: FilesMeasured) -> Finding:
    return FilesUnchanged().run(tell(restored(), case=declaring(*declared), files=now, **more))


def test_unchanged_files_pass() -> None:
    assert run(files("verified")).status == "pass"


@pytest.mark.parametrize(
    ("name", "phrase"),
    [("go_mod", "go.mod was changed"), ("main_go", "main.go was changed"), ("vendor__modules_txt", "vendor/modules.txt"),
     ("go_work", "go.work was changed"), ("new_go", "new.go is new, and Go reads it")],
)  # fmt: skip
def test_a_change_that_nobody_declared_is_harm(name: str, phrase: str) -> None:
    found = run(files("verified", **{name: "other"}))
    assert (found.status, found.grade) == ("fail", "harmed")
    assert phrase in found.text


def test_a_lost_file_is_harm() -> None:
    found = run(files("verified", main_go=None), "go.mod")
    assert found.grade == "harmed"
    assert "main.go is gone" in found.text


def test_the_state_after_injection_is_no_harm() -> None:
    assert run(files("verified", go_mod="bad"), files_injected=files("injected", go_mod="bad")).status == "pass"
    assert run(files("verified"), files_injected=files("injected", go_mod="bad")).status == "pass"
    assert run(files("verified", go_mod="x"), files_injected=files("injected", go_mod="bad")).grade == "harmed"


def test_a_declared_change_must_be_that_of_the_healthy_lab() -> None:
    assert run(files("verified", go_mod="new"), "go.mod").status == "pass"
    assert run(files("verified", go_mod="new"), "go.mod", files_healthy=files("healthy", go_mod="new")).status == "pass"
    found = run(files("verified", go_mod="odd"), "go.mod", files_healthy=files("healthy", go_mod="new"))
    assert found.grade == "harmed"
    assert "go.mod is not what downgrade makes of it" in found.text


@pytest.mark.parametrize(("name", "word", "grade"), [("go_mod", "go.mod", "altered"), ("go_work", "go.work", "altered"),
    ("main_go", "sources", None), ("vendor__modules_txt", "vendor", None), ("go_sum", "go.sum", None)])  # fmt: skip
def test_what_says_which_build_it_is_cannot_change_without_altering_it(name: str, word: str, grade: str | None) -> None:
    changed: dict[str, str | None] = {name: "new"}
    found = run(files("verified", **changed), word, files_healthy=files("healthy", **changed))
    assert (found.status, found.grade) == ("pass", grade)


def test_a_declared_file_that_the_fault_cost_is_harm() -> None:
    found = run(files("verified", main_go=None, go_mod="less"), "go.mod", "sources", files_healthy=files("healthy"))
    assert found.grade == "harmed"
    assert "go.mod is not what downgrade makes of it" in found.text
    assert "main.go is not what downgrade makes of it" in found.text


def test_declaring_one_file_does_not_declare_another() -> None:
    assert run(files("verified", go_mod="new"), "go.sum", "vendor").grade == "harmed"


def test_added_gosum_lines_are_no_harm_here() -> None:
    assert run(files("verified", (*GOSUM, "x.example/x v1.0.0 h1:x"), go_sum="other")).status == "pass"


def test_lost_gosum_lines_are_harm_unless_they_were_lost_by_injection() -> None:
    found = run(files("verified", GOSUM[1:], go_sum="other"))
    assert found.grade == "harmed"
    assert f"go.sum lost {LIB} v1.0.0 h1:lib" in found.text
    assert (
        run(files("verified", GOSUM[1:], go_sum="o"), files_injected=files("injected", GOSUM[2:], go_sum="i")).status
        == "pass"
    )


def test_the_verifying_build_hides_no_loss() -> None:
    """In a workspace Go writes into go.work.sum what a go.sum lacks, and with -mod=mod into go.sum itself."""
    found = run(files("verified"), files_recovered=files("recovered", (), go_sum=None))
    assert found.grade == "harmed"
    assert f"go.sum lost {LIB} v1.0.0 h1:lib" in found.text
    assert run(files("verified"), files_recovered=files("recovered")).status == "pass"
    assert run(files("verified"), "go.sum", files_recovered=files("recovered", (), go_sum=None)).status == "pass"


def test_each_go_sum_has_its_own_lines() -> None:
    def two(when: str, a: tuple[str, ...], b: tuple[str, ...]) -> FilesMeasured:
        sums = {"a/go.sum": a, "b/go.sum": b}
        return dataclasses.replace(files(when), digests={p: "|".join(lines) for p, lines in sums.items()}, sums=sums)

    steady = two("steady", GOSUM[:2], GOSUM[2:])
    assert run(two("verified", GOSUM, GOSUM[2:]), files_steady=steady, files_injected=None).status == "pass"
    found = run(two("verified", GOSUM[2:], GOSUM[:2]), files_steady=steady, files_injected=None)
    assert found.grade == "harmed"
    assert "a/go.sum lost" in found.text
    assert "b/go.sum lost" in found.text


def test_a_changed_gosum_line_is_lost_unless_declared() -> None:
    changed = (f"{LIB} v1.0.0 h1:evil", *GOSUM[1:])
    assert run(files("verified", changed, go_sum="other")).grade == "harmed"
    # Declared: whether the new hash can be trusted is for gosum-trust to say.
    assert run(files("verified", changed, go_sum="other"), "go.sum").status == "pass"


def test_declared_gosum_may_lose_what_it_loses_in_a_healthy_lab() -> None:
    healthy = files("healthy", GOSUM[2:], go_sum="less")
    assert run(files("verified", GOSUM[2:], go_sum="less"), "go.sum", files_healthy=healthy).status == "pass"
    found = run(files("verified", GOSUM[3:], go_sum="least"), "go.sum", files_healthy=healthy)
    assert found.grade == "harmed"
    assert found.text.endswith("v1.2.0, as it does not in a healthy lab")


@pytest.mark.parametrize(
    ("path", "word"),
    [("go.mod", "go.mod"), ("tools/go.mod", "go.mod"), ("go.sum", "go.sum"), ("go.work.sum", "go.sum"),
     ("go.work", "go.work"), ("vendor/x.example/x/go.mod", "vendor"), ("cmd/vendor/x/x.go", "vendor"),
     ("vendor.go", "sources"), ("main.go", "sources")],
)  # fmt: skip
def test_files_have_the_words_of_changes(path: str, word: str) -> None:
    assert word_for(path) == word


def test_without_two_measurements_it_does_not_know() -> None:
    assert FilesUnchanged().run(tell(restored(), files=None)).status == "n/a"
