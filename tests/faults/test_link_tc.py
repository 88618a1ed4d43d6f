"""``tc``: the two engines, and what each cannot do."""

import pytest

from chaosmod.faults.link_actions import KernelNetem, Pace, Shape
from chaosmod.scenario import ScenarioError, loads

from .linking import refused, shaped

LINE = "delay 300ms 20ms 25% distribution normal rate 50kbit loss 1%"


def test_user_space_shapes_the_stream() -> None:
    pace = Pace(
        delay=0.3, jitter=0.02, jitter_correlation=0.25, distribution="normal", rate=6250, loss=0.01, loss_correlation=0
    )
    assert shaped("tc", LINE) == Shape.of(pace, "both")
    assert shaped("tc", {"netem": "loss 2%", "towards": "client"}) == Shape(client=Pace(loss=0.02))


def test_the_kernel_gets_the_line() -> None:
    spec = {"netem": "tc qdisc add dev eth0 root netem duplicate 1%", "engine": "kernel", "towards": "server"}
    assert shaped("tc", spec) == KernelNetem("duplicate 1%", "server")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({}, "Field required"),
        ("delay 1ms duplicate 1%", "column 11 of the netem line: 'duplicate' acts on packets"),
        ({"netem": "corrupt 1%", "engine": "user"}, "write engine: kernel"),
        ({"netem": "dealy 1ms", "engine": "kernel"}, "did you mean 'delay'?"),
        ({"netem": "delay 1ms", "engine": "magic"}, "Input should be 'user' or 'kernel'"),
    ],
)
def test_what_is_not_taken(spec: object, message: str) -> None:
    assert message in refused("tc", spec)


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("tc: delay 30ms rtae 1mbit", 20),
        ('tc: "delay 30ms rtae 1mbit"', 21),
        ("tc: {netem: delay 30ms rtae 1mbit}", 28),
        ("tc: delay 99999999999999999999s", 15),
    ],
)
def test_a_scenario_file_is_wrong_at_the_very_word(written: str, column: int) -> None:
    text = f"scenario: x\nfaults:\n  - {written}\nexpect: {{verdict: survived}}\n"
    with pytest.raises(ScenarioError) as e:
        loads(text)
    assert f":3:{column}: " in str(e.value)


SCHEDULED = """
scenario: x
faults:
  - tc: {netem: delay 1ms, engine: ENGINE}
    schedule: {first: 1}
expect: {verdict: survived}
"""


def test_the_kernels_engine_takes_no_schedule() -> None:
    with pytest.raises(
        ScenarioError, match=":5:5: the kernel's engine acts on all packets of a host and takes no sched"
    ):
        loads(SCHEDULED.replace("ENGINE", "kernel"))
    assert loads(SCHEDULED.replace("ENGINE", "user")).faults[0].schedule.first == 1
    assert loads(SCHEDULED.replace("ENGINE", "kernel").replace("{first: 1}", "{}"))
