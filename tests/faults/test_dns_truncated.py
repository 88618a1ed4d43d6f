"""``dns-truncated``: what comes over UDP, and what over TCP."""

import random
from typing import Any, Literal

import pytest
from pydantic import ValidationError

from chaosmod.faults.dns_actions import HangUp, Silence, Truncate
from chaosmod.faults.dns_truncated import DnsTruncated
from chaosmod.faults.request import Request


def query(transport: Literal["udp", "tcp"]) -> Request:
    return Request("primary", "proxy.example", method="A", path="A", transport=transport)


@pytest.mark.parametrize(("tcp", "answer"), [("answers", None), ("closed", HangUp()), ("silent", Silence())])
def test_tcp_is_as_declared(tcp: str, answer: object) -> None:
    fault = DnsTruncated.model_validate(tcp)
    assert fault.reply(query("udp"), random.Random(0)) == Truncate()
    assert fault.concerns(query("udp"))
    assert fault.concerns(query("tcp")) is (answer is not None)
    if answer is not None:
        assert fault.reply(query("tcp"), random.Random(0)) == answer


def test_without_a_word_tcp_answers() -> None:
    assert DnsTruncated.model_validate(None) == DnsTruncated(tcp="answers")


@pytest.mark.parametrize("spec", ["refused", 3, {"udp": "closed"}])
def test_anything_else_is_refused(spec: Any) -> None:
    with pytest.raises(ValidationError):
        DnsTruncated.model_validate(spec)
