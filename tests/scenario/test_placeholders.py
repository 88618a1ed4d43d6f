"""Words in braces: which are refused, and which are left to the shell."""

from __future__ import annotations

import pytest

from chaosmod.scenario.placeholders import IN_COMMANDS, IN_HOME, IN_SETTINGS, check_text, only


@pytest.mark.parametrize(
    "command",
    [
        "go build {packages} && go get {direct} {direct:2} {indirect:12}",
        "GOPROXY={mirror},direct go mod download",
        "echo ${HOME} ${miror} ${packages} $((1)) {}",
        "cp {a,b} x{1..3} {mirror,primry}",
        "{ go build; }",
        "awk '{print}' x | awk '{next} {getline} {exit} {sum}'",
        "go list -f '{{.Dir}}' -m {direct}",
        "go list -f '{{with .Module}}{{.Path}}{{end}}' && docker inspect -f '{{pakages}}' x",
        "curl -w '%{http_code} %{redirect}' x; git log HEAD@{upstream} stash@{0}",
        "find . -exec rm {} + ; ls | xargs -I{file} cp {file} {dir}",
        "jq '{name, version}' && jq '{path}' && python3 -c 'print(f\"{error} {module} {name:>9}\")'",
    ],
)
def test_what_is_left_to_the_shell(command: str) -> None:
    check_text(command, IN_COMMANDS)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("go build {pakages}", "unknown placeholder '{pakages}'; did you mean '{packages}'?"),
        ("go build {package}", "unknown placeholder '{package}'; did you mean '{packages}'?"),
        ("GOPROXY={miror} x", "unknown placeholder '{miror}'; did you mean '{mirror}'?"),
        ("GOPROXY={Mirror} x", "unknown placeholder '{Mirror}'; did you mean '{mirror}'?"),
        ("go get {driect}", "unknown placeholder '{driect}'; did you mean '{direct}'?"),
        ("go get {driect:2}", "unknown placeholder '{driect:2}'; did you mean '{direct}'?"),
        ("git clone {vsc}", "unknown placeholder '{vsc}'; did you mean '{vcs}'?"),
        ("go get {direct:0}", "unknown placeholder '{direct:0}'; did you mean '{direct}'?"),
        ("go get {direct:100}", "unknown placeholder '{direct:100}'; did you mean '{direct}'?"),
        ("GOPROXY={mirror:2} x", "unknown placeholder '{mirror:2}'; did you mean '{mirror}'?"),
        ("x {sumdb-address}", "unknown placeholder '{sumdb-address}'"),
    ],
)
def test_what_is_refused(command: str, said: str) -> None:
    with pytest.raises(ValueError, match="unknown") as e:
        check_text(command, IN_COMMANDS)
    assert str(e.value).startswith(said)


def test_each_place_has_words_of_its_own() -> None:
    check_text("machine {vcs} login ci {sumdb-address}", IN_HOME)
    with pytest.raises(ValueError, match="unknown placeholder"):
        check_text("{packages}", IN_HOME)


def test_a_setting_has_no_other_use_for_braces() -> None:
    only("{primary},{mirror}|direct", IN_SETTINGS, "host role")
    with pytest.raises(ValueError, match="unknown host role 'print'"):
        only("{print}", IN_SETTINGS, "host role")
