from __future__ import annotations

import pytest

from chaosmod.checks.gosum_loss import lost_entries, lost_lines
from chaosmod.history import FilesMeasured

A, B = ("dep.example/a v1.0.0 h1:a", "dep.example/a v1.0.0/go.mod h1:am"), ("dep.example/b v1.0.0 h1:b",)


def state(**sums: tuple[str, ...]) -> FilesMeasured:
    """``work`` is go.work.sum, and any other word the go.sum of a folder."""
    files = {"go.work.sum" if name == "work" else f"{name}/go.sum": lines for name, lines in sums.items()}
    union = sorted({line for lines in files.values() for line in lines})
    return FilesMeasured(when="verified", digests={}, gosum=tuple(union), sums=files)


STEADY = state(one=A, two=B)


@pytest.mark.parametrize(
    ("now", "lost"),
    [
        (STEADY, {}),
        (state(one=(*A, *B), two=B, three=A), {}),
        (state(one=A, two=B, work=(*A, *B)), {}),
        (state(two=B), {"one/go.sum": list(A)}),
        (state(one=A[:1], two=B), {"one/go.sum": [A[1]]}),
        (state(one=B, two=A), {"one/go.sum": list(A), "two/go.sum": list(B)}),
        (state(work=(*A, *B)), {"one/go.sum": list(A), "two/go.sum": list(B)}),
        (state(), {"one/go.sum": list(A), "two/go.sum": list(B)}),
    ],
)
def test_each_file_is_compared_with_itself(now: FilesMeasured, lost: dict[str, list[str]]) -> None:
    assert lost_lines(now, [STEADY]) == lost


def test_go_takes_out_of_go_work_sum_what_a_go_sum_has() -> None:
    before = state(one=A, work=B)
    assert lost_lines(state(one=(*A, *B)), [before]) == {}
    assert lost_lines(state(one=A), [before]) == {"go.work.sum": list(B)}


def test_the_state_that_explains_most_counts() -> None:
    injected = state(one=A[:1])
    assert lost_lines(state(one=A[:1]), [STEADY, injected]) == {}
    assert lost_lines(state(one=A[1:]), [STEADY, injected]) == {"one/go.sum": [A[0]]}


def test_a_changed_hash_is_a_lost_line_and_no_lost_entry() -> None:
    other = state(one=("dep.example/a v1.0.0 h1:other", A[1]), two=B)
    assert lost_lines(other, [STEADY]) == {"one/go.sum": [A[0]]}
    assert lost_entries(other, [STEADY]) == {}
    assert lost_entries(state(one=A), [STEADY]) == {"two/go.sum": ["dep.example/b v1.0.0"]}


def test_of_an_old_history_all_files_are_one() -> None:
    def old(*lines: str) -> FilesMeasured:
        return FilesMeasured(when="steady", digests={}, gosum=lines)

    assert lost_lines(old(*A), [old(*A)]) == {}
    assert lost_lines(old(*A), [old(*A, *B)]) == {"go.sum": list(B)}
    assert lost_lines(STEADY, [old(*A, *B)]) == {}
