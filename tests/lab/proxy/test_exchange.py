"""From a request to its record."""

from dataclasses import replace

from chaosmod.faults.armed import ArmedFault, Choice
from chaosmod.faults.base import FAULTS, HttpFault
from chaosmod.faults.request import Request, Target
from chaosmod.lab.proxy.answer import Answer
from chaosmod.lab.proxy.exchange import Exchange

REQUEST = Request(
    "primary", "proxy.test", "GET", "/m/@v/v1.zip", "h1", "http", invocation=3, target=Target("zip", "m", "v1")
)
ARMED = ArmedFault("gone", FAULTS["http"].model_validate(410))


def exchange(armed: ArmedFault | None = None) -> Exchange:
    choice: Choice[HttpFault] = Choice(("other", "gone") if armed else (), armed)
    return Exchange(REQUEST, 7, choice, began=0.0)


def test_all_that_is_known() -> None:
    event = replace(exchange(), status=200, size=5).event()
    assert (event.n, event.invocation, event.role, event.host, event.method) == (7, 3, "primary", "proxy.test", "GET")
    assert (event.path, event.protocol, event.scheme) == ("/m/@v/v1.zip", "h1", "http")
    assert (event.file, event.module, event.version) == ("zip", "m", "v1")
    assert (event.status, event.size, event.eligible, event.fired, event.effect, event.error) == (
        200,
        5,
        (),
        None,
        "",
        "",
    )
    assert event.seconds > 0


def test_an_answer_is_whole_where_all_of_it_was_sent_under_its_true_length() -> None:
    answers = [Answer(200, length=5, size=5), Answer(200, size=5), Answer(200, length=6, size=5)]
    assert [replace(exchange(), answer=a, whole=True).event().whole for a in answers] == [True, True, False]
    assert not replace(exchange(), answer=answers[0]).event().whole


def test_a_fault_that_acted() -> None:
    event = replace(exchange(ARMED), answer=Answer(410, effect="answered 410")).event()
    assert (event.eligible, event.fired, event.effect) == (("other", "gone"), "gone", "answered 410")


def test_a_fault_that_found_nothing_to_change() -> None:
    event = replace(exchange(ARMED), answer=Answer(404)).event()
    assert (event.eligible, event.fired, event.effect) == (("other", "gone"), None, "")


def test_a_fault_that_came_too_late() -> None:
    event = replace(exchange(ARMED), answer=Answer(410, effect="cut"), note="closed", forestalled=True).event()
    assert (event.eligible, event.fired, event.effect) == (("other", "gone"), None, "closed")


def test_what_came_of_it_in_the_place_of_what_was_to_be_done() -> None:
    event = replace(exchange(ARMED), answer=Answer(200, effect="cut"), note="closed by another").event()
    assert (event.fired, event.effect) == ("gone", "closed by another")


def test_the_harness_s_own_trouble() -> None:
    assert replace(exchange(), error="broken").event().error == "broken"
