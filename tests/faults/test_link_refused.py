"""``refused``: it has no parameters, and acts on the SYN."""

from chaosmod.faults.base import LinkFault
from chaosmod.faults.link_actions import Refuse
from chaosmod.faults.link_refused import Refused

from .linking import refused, shaped


def test_asks() -> None:
    assert shaped("refused", None) == Refuse()
    assert Refused.before_accept
    assert not LinkFault.before_accept


def test_no_parameters() -> None:
    assert "Extra inputs are not permitted" in refused("refused", {"after": 1})
