"""Problems and how they are worded."""

import pickle

import pytest

from chaosmod.errors import ChaosmodError
from chaosmod.scenario.problem import Problem, ScenarioError, one_of, show


def test_an_error_lists_its_problems_in_the_order_of_the_file() -> None:
    error = ScenarioError([Problem("f", 3, 1, "c"), Problem("f", 1, 9, "b"), Problem("f", 1, 2, "a")])
    assert isinstance(error, ChaosmodError)
    assert str(error) == "f:1:2: a\nf:1:9: b\nf:3:1: c"
    assert [p.message for p in error.problems] == ["a", "b", "c"]


def test_an_error_travels_between_processes() -> None:
    error = pickle.loads(pickle.dumps(ScenarioError([Problem("f", 1, 2, "a")])))
    assert error.problems == (Problem("f", 1, 2, "a"),)
    assert str(error) == "f:1:2: a"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("restord", "unknown word 'restord'; did you mean 'restored'?"),
        ("har", "unknown word 'har'; did you mean 'harmed'?"),
        ("re", "unknown word 're'; use one of: restored, harmed"),
        ("xyz", "unknown word 'xyz'; use one of: restored, harmed"),
        ("", "unknown word ''; use one of: restored, harmed"),
        ("q" * 100_000, f"unknown word '{'q' * 59}…'; use one of: restored, harmed"),
    ],
)
def test_the_nearest_word_or_all(word: str, message: str) -> None:
    assert one_of("unknown word", word, iter(["restored", "harmed"])) == message


def test_a_word_that_is_begun_comes_before_one_that_is_merely_like_it() -> None:
    assert one_of("unknown word", "ENHANCE", ["CANCEL", "ENHANCE_YOUR_CALM"]).endswith(
        "did you mean 'ENHANCE_YOUR_CALM'?"
    )
    assert one_of("unknown word", "Good", ["goodbyes", "goodbye"]).endswith("did you mean 'goodbye'?")


def test_where_there_is_nothing_to_choose_from() -> None:
    assert one_of("unknown key", "a", []) == "unknown key 'a'; nothing can be written here"


def test_shown_text_is_short_and_on_one_line() -> None:
    assert show("a\nb") == "'a\\nb'"
    assert show("a" * 60) == repr("a" * 60)
    assert len(show("a" * 61)) == 62
