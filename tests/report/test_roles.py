import pytest

from chaosmod.report.roles import by_role, shortened

ROLES = {"primary": "proxy.example", "vcs": "git.proxy.example", "sumdb": ""}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("reading https://proxy.example/x: 410", "reading {primary}/x: 410"),
        ("https://proxy.example,direct", "{primary},direct"),
        ("lookup git.proxy.example: no such host", "lookup {vcs}: no such host"),
        ("http://proxy.example/x", "http://{primary}/x"),
        ("nothing of them", "nothing of them"),
    ],
)
def test_hosts_by_role(text, told):
    assert by_role(text, ROLES) == told


@pytest.mark.parametrize("width", range(3, 30))
def test_shortened_keeps_to_its_width(width):
    text = "github.example/some/where"
    short = shortened(text, width)
    assert len(short) == min(width, len(text))
    assert (short == text) == (width >= len(text))
