"""Nothing of the machine's or the user's settings reaches a lab, and nothing of the user's is written to."""

from __future__ import annotations

import functools
import http.server
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from chaosmod.history import CommandFinished, Concluded, EnvironmentRead, History, read
from chaosmod.upstream.corpus import workspace_dir
from chaosmod.upstream.corpus_build import build
from tests.support.files import snapshot
from tests.support.files import write as write_files
from tests.support.processes import pytest_in, write

pytestmark = pytest.mark.namespaces

SHOWS = """
    scenario: shows
    posture: {GOPROXY: "{primary},{mirror}", GOFLAGS: "-modcacherw"}
    faults:
      - {id: gone, http: 410, match: {host: primary, file: zip}}
    provoke:
      run:
        - env
        - go env
        - git config --list --show-origin || true
        - git ls-remote https://{vcs}/greet || true
        - ulimit -a && umask && id && pwd
        - go build {packages}
      timeout: 60s
    expect: {outcome: ok, verdict: survived}
    recoveries:
      - {name: direct, do: [{run: "GOPROXY={mirror} go mod download -x"}], verdict: survived}
"""


def hostile(folder: Path) -> dict[str, str]:
    """Settings that would change what Go, git or the dynamic linker do, if a lab saw them."""
    files = {
        "home/.netrc": "machine mirror.chaosmod.test login evil password evil\n",
        "home/.gitconfig": '[http]\n\tsslVerify = false\n[url "https://evil.example/"]\n\tinsteadOf = https://\n',
        "home/.config/go/env": "GOPROXY=off\nGOSUMDB=off\nGOFLAGS=-mod=vendor\n",
        "goenv": "GOPROXY=https://evil.example\nGONOSUMDB=*\n",
        "go.work": "nonsense\n",
    }
    write_files(folder, files)
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    return {
        **dict.fromkeys(proxies, "http://127.0.0.1:1"),
        "NO_PROXY": "*",
        "HOME": str(folder / "home"),
        "XDG_CONFIG_HOME": str(folder / "home" / ".config"),
        "GOENV": str(folder / "goenv"),
        "GOWORK": str(folder / "go.work"),
        "GOFLAGS": "-mod=nonsense",
        "GOPROXY": "https://evil.example",
        "GOSUMDB": "off",
        "GONOSUMDB": "*",
        "GONOSUMCHECK": "1",
        "GOPRIVATE": "*",
        "GOINSECURE": "*",
        "GOVCS": "*:off",
        "GOAUTH": "netrc",
        "GOTOOLCHAIN": "go9.99",
        "GOROOT": "/nowhere",
        "GOPATH": "/nowhere/go",
        "GOCACHE": "off",
        "GOMODCACHE": "/nowhere/mod",
        "GOOS": "plan9",
        "GOARCH": "386",
        "GOEXPERIMENT": "nonsense",
        "GODEBUG": "http2client=0,netdns=9,x509sha1=1",
        "GO111MODULE": "off",
        "CGO_ENABLED": "1",
        "CC": "/nowhere/cc",
        "SSL_CERT_FILE": "/nowhere/cert.pem",
        "SSL_CERT_DIR": "/nowhere/certs",
        "NETRC": str(folder / "home" / ".netrc"),
        "SSH_AUTH_SOCK": "/nowhere/agent",
        "GIT_SSL_NO_VERIFY": "1",
        "GIT_DIR": "/nowhere/git",
        "GIT_ASKPASS": "/nowhere/askpass",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "http.sslVerify",
        "GIT_CONFIG_VALUE_0": "false",
        "LD_PRELOAD": "/nowhere/evil.so",
        "LD_LIBRARY_PATH": "/nowhere",
        "LC_ALL": "tlh_KX",
        "PATH_TRANSLATED": "x",
    }


def lived(folder: Path, environment: Mapping[str, str]) -> dict[str, History]:
    """The histories of the scenario's cases, run by a pytest with ``environment``."""
    folder.mkdir()
    write(folder, scenario=SHOWS)
    done = pytest_in(folder, "--chaos=scenario.yml", "--chaos-runs=runs", **environment)
    assert done.returncode == pytest.ExitCode.OK, done.stdout + done.stderr
    found = {file.stem: read(file) for file in (folder / "runs" / "latest").rglob("*.jsonl")}
    assert len(found) == 2
    return found


def said(history: History) -> list[tuple[tuple[str, ...], str, int | None, str, str]]:
    """What each command of the scenario said, without numbers that differ each time (``/lab/tmp/go-build123``, ports …)."""
    return [
        (c.argv, c.outcome, c.exit, _steady(c.stdout), _steady(c.stderr))
        for c in history.of(CommandFinished)
        if c.purpose != "measure"
    ]


def _steady(text: str) -> str:
    lines = (re.sub(r"go-build\d+|\b\d+(\.\d+)?m?s\b", "N", line) for line in text.splitlines())
    return "\n".join(sorted(lines))


def test_no_setting_of_the_machine_reaches_a_lab(tmp_path: Path) -> None:
    calm = lived(tmp_path / "calm", {})
    storm = lived(tmp_path / "storm", hostile(tmp_path / "user"))
    assert calm.keys() == storm.keys()
    for case, history in calm.items():
        assert said(storm[case]) == said(history)
        assert "nowhere" not in str(said(history))
        assert [e.values for e in storm[case].of(EnvironmentRead)] == [e.values for e in history.of(EnvironmentRead)]
        ends = [h.last(Concluded) for h in (history, storm[case])]
        assert ends[0] is not None
        assert ends[1] is not None
        assert (ends[0].verdict, ends[0].outcome) == (ends[1].verdict, ends[1].outcome) == ("survived", "ok")


def a_user(root: Path) -> tuple[Path, dict[str, str]]:
    """A user's HOME with all that Go and git keep in one, and the project that is to be tested."""
    home = write_files(
        root / "home",
        {
            ".gitconfig": "[user]\n\tname = A User\n",
            ".netrc": "machine example.test login me password mine\n",
            ".config/go/env": "GOFLAGS=-v\n",
            "go/bin/tool": "binary\n",
            "go/pkg/mod/cache/download/old.example/@v/v1.0.0.info": "{}\n",
            "go/pkg/mod/old.example@v1.0.0/go.mod": "module old.example\n",
            ".cache/go-build/README": "the user's\n",
            ".cache/go-build/00/entry": "object\n",
        },
    )
    project = root / "project"
    shutil.copytree(workspace_dir("app"), project)
    write_files(project, {".git/HEAD": "ref: refs/heads/main\n", "untracked.txt": "work\n"})
    return project, {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_CONFIG_HOME": str(home / ".config"),
    }


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[str]:
    """A module proxy on the machine that serves the corpus, as a company's would be."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    folder = build(tmp_path / "served")
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


TOUCHES = """
    scenario: touches
    posture: {GOPROXY: "{primary}"}
    cache: warm
    faults:
      - {id: gone, http: 410, match: {host: primary}, fires: any}
    provoke:
      run:
        - go clean -cache -modcache && git config --global user.name x && go env -w GOFLAGS=-x
        - go build {packages}; status=$?; rm -rf * .git; exit $status
      timeout: 60s
    expect: {outcome: failed, verdict: harmed}
"""
"""Commands that would destroy what they find where the user has it."""


@pytest.mark.parametrize("upstream", ["corpus", "live"])
def test_nothing_of_the_users_is_written_to(tmp_path: Path, proxy: str, upstream: str) -> None:
    project, environment = a_user(tmp_path / "user")
    suite = tmp_path / "suite"
    suite.mkdir()
    write(suite, scenario=TOUCHES)
    before = snapshot(tmp_path / "user")
    options = [f"--chaos-workspace={project}", f"--chaos-upstream={upstream}"]
    done = pytest_in(suite, "--chaos=scenario.yml", *options, GOPROXY=proxy, GONOSUMDB="*", **environment)
    assert done.returncode == pytest.ExitCode.OK, done.stdout + done.stderr
    after = snapshot(tmp_path / "user")
    assert after.keys() - before.keys() == set()
    assert after == before
