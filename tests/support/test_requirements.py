from __future__ import annotations

import pytest

from tests.support import requirements


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Two capabilities, of which one is missing, and a test that skips itself for each."""
    monkeypatch.setattr(requirements, "PROBES", {"here": lambda: None, "gone": lambda: "there is none"})
    monkeypatch.delenv(requirements.VARIABLE, raising=False)
    requirements.missing.cache_clear()
    pytester.makeini("[pytest]\nmarkers =\n    here: x\n    gone: x\n")
    pytester.makeconftest('pytest_plugins = ["tests.support.requirements"]')
    pytester.makepyfile(
        """
        import pytest
        @pytest.mark.here
        def test_runs(): pass
        @pytest.mark.gone
        def test_needs(): raise AssertionError("ran without what it needs")
        @pytest.mark.here
        def test_gives_up(): pytest.skip("no wish to")
        @pytest.mark.here
        @pytest.mark.xfail(strict=True)
        def test_known(): assert False
        def test_unmarked(): pytest.skip("another reason")
        """
    )
    yield pytester
    requirements.missing.cache_clear()


def test_what_is_missing_skips_with_the_reason(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("-rs")
    result.assert_outcomes(passed=1, skipped=3, xfailed=1)
    result.stdout.fnmatch_lines(["SKIPPED*needs gone: there is none"])


def test_what_is_required_and_missing_fails(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(requirements.VARIABLE, "gone")
    result = suite.runpytest_inprocess()
    result.assert_outcomes(passed=1, skipped=2, xfailed=1, errors=1)
    result.stdout.fnmatch_lines(["*gone is required here (CHAOSMOD_REQUIRE) and missing: there is none"])


def test_a_test_may_not_skip_itself_for_what_is_required(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(requirements.VARIABLE, " here, ")
    result = suite.runpytest_inprocess()
    result.assert_outcomes(passed=1, skipped=2, xfailed=1, failed=1)
    result.stdout.fnmatch_lines(["*here is required here*but the test was skipped: Skipped: no wish to"])


def test_a_misspelt_requirement_is_a_usage_error(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(requirements.VARIABLE, "heer")
    result = suite.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*CHAOSMOD_REQUIRE: unknown *heer*; known are *gone*here*"])


@pytest.mark.namespaces
def test_the_namespace_probe_says_yes_where_they_work() -> None:
    assert requirements.namespaces() is None


def test_the_namespace_probe_says_why_not(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "unshare" in (requirements.namespaces() or "")


def test_the_live_probe_says_why_not(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("CHAOSMOD_GO", str(tmp_path))
    assert "CHAOSMOD_GO" in (requirements.live() or "")
