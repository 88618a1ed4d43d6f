"""What git says of http.sslVerify, read as git itself reads it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from chaosmod.lab.gitconfig import ASK, ssl_verify

WORDS = ["true", "Yes", "on", "1", "-1", "2k", "false", "NO", "off", "0", "00", "+0", "0k", "0M", "0x0", '""']
NONSENSE = ["maybe", "0x", "08", "0kk", "0 k", "nope", "0b0", "-"]


def git(home: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(argv, cwd=home, env=environment, capture_output=True, text=True, check=False)


def asked(home: Path, config: str) -> dict[str, str]:
    (home / ".gitconfig").write_text(config)
    return dict(ssl_verify(git(home, *ASK).stdout))


def test_nothing_said() -> None:
    assert ssl_verify("") == {}


@pytest.mark.parametrize("line", [f"sslVerify = {word}" for word in WORDS] + ["sslVerify =", "sslverify"])
def test_it_means_what_git_says_that_it_means(tmp_path: Path, line: str) -> None:
    found = asked(tmp_path, f"[http]\n\t{line}\n")
    judged = git(tmp_path, "git", "config", "--type=bool", "--get", "http.sslVerify")
    assert judged.returncode == 0
    assert (found["http.sslVerify"] == "false") == (judged.stdout.strip() == "false")
    assert found.keys() == {"http.sslVerify"}
    assert found["http.sslVerify"], "an empty value would be none"


@pytest.mark.parametrize("value", NONSENSE)
def test_what_git_cannot_read_is_left_as_it_is(tmp_path: Path, value: str) -> None:
    found = asked(tmp_path, f"[http]\n\tsslVerify = {value}\n")
    assert git(tmp_path, "git", "config", "--type=bool", "--get", "http.sslVerify").returncode != 0
    assert found == {"http.sslVerify": value}


def test_urls_have_their_own_values_and_nonsense_hides_none(tmp_path: Path) -> None:
    for key in ("http.https://a.example/.sslVerify", "http.https://B.example/x.y.SSLVERIFY"):
        assert git(tmp_path, "git", "config", "--global", key, "false").returncode == 0
    config = (tmp_path / ".gitconfig").read_text()
    assert asked(
        tmp_path, config + '[http]\n\tsslVerify = maybe\n\tproxySSLVerifyX = false\n[http "u"]\n\tsslVerify\n'
    ) == {
        "http.https://a.example/.sslVerify": "false",
        "http.https://B.example/x.y.sslVerify": "false",
        "http.sslVerify": "maybe",
        "http.u.sslVerify": "true",
    }


def test_the_last_value_counts(tmp_path: Path) -> None:
    assert asked(tmp_path, "[http]\n\tsslVerify = false\n\tsslVerify = true\n") == {"http.sslVerify": "true"}
    assert asked(tmp_path, "[http]\n\tsslVerify = true\n\tsslVerify =\n") == {"http.sslVerify": "false"}
