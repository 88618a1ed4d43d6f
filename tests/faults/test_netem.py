"""netem's grammar: what is taken, and where exactly a line is wrong."""

from typing import Any

import pytest

from chaosmod.faults.link_actions import Pace
from chaosmod.faults.netem import Netem, NetemError, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "delay 300ms 20ms 25% distribution normal rate 50kbit loss 1%",
            {
                "delay": 0.3,
                "jitter": 0.02,
                "jitter_correlation": 0.25,
                "distribution": "normal",
                "rate": 6250.0,
                "loss": 0.01,
            },
        ),
        ("latency 1s", {"delay": 1.0}),
        ("drop 3 50%", {"loss": 0.03, "loss_correlation": 0.5}),
        ("loss random 0.5%", {"loss": 0.005}),
        ("rate 1mbps delay 1000", {"rate": 1e6, "delay": 1e-3}),
        ("  delay   10ms  ", {"delay": 0.01, "line": "delay 10ms"}),
        ("tc qdisc add dev eth0 root netem delay 100ms", {"delay": 0.1, "line": "delay 100ms"}),
        ("sudo tc qdisc replace dev eth0 parent 1:2 handle 10: netem loss 1%", {"loss": 0.01, "line": "loss 1%"}),
        ("tc qdisc add dev eth0 handle 1: root netem delay 10ms", {"delay": 0.01, "line": "delay 10ms"}),
        ("tc qdisc change handle 1: parent 1:2 dev eth0 netem loss 1%", {"loss": 0.01, "line": "loss 1%"}),
        ("netem delay 10ms", {"delay": 0.01, "line": "delay 10ms"}),
        ("delay 0ms loss 1%", {"loss": 0.01}),
        ("delay 86400s", {"delay": 86400.0}),
    ],
)
def test_it_takes_what_user_space_can_do(text: str, expected: dict[str, Any]) -> None:
    pace = {name: value for name, value in expected.items() if name != "line"}
    assert parse(text) == Netem(expected.get("line", text), Pace(**pace))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("limit 1000 delay 1ms", [("limit", 0)]),
        ("corrupt 1% 5%", [("corrupt", 0)]),
        ("duplicate 1%", [("duplicate", 0)]),
        ("delay 10ms reorder 25% 50% gap 5", [("reorder", 11), ("gap", 27)]),
        ("loss 1% ecn", [("ecn", 8)]),
        ("loss state 1% 2% 3% 4% 5%", [("state", 5)]),
        ("loss gemodel 1% 2% 3% 4%", [("gemodel", 5)]),
        ("rate 1mbit 20 53 5", [("20", 11)]),
        ("slot 1ms 2ms packets 3 bytes 400", [("slot", 0)]),
        ("seed 7", [("seed", 0)]),
    ],
)
def test_it_knows_what_only_the_kernel_can_do(text: str, words: list[tuple[str, int]]) -> None:
    assert [(t.text, t.offset) for t in parse(text).kernel_only] == words


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "nothing is asked for"),
        ("tc qdisc add dev eth0 root netem ", 34, "nothing is asked for"),
        ("netem", 6, "nothing is asked for"),
        ("tc filter add dev eth0", 4, "this is no 'tc qdisc add dev NAME root netem OPTIONS'"),
        ("tc qdisc del dev eth0 root netem delay 1ms", 10, "this is no 'tc qdisc add"),
        ("tc qdisc add dev eth0 netem delay 1ms", 23, "this is no 'tc qdisc add"),
        ("tc qdisc add root netem delay 1ms", 19, "this is no 'tc qdisc add"),
        ("tc qdisc add dev eth0 root tbf rate 1mbit", 28, "this is no 'tc qdisc add"),
        ("tc qdisc add root dev", 22, "this is no 'tc qdisc add"),
        ("tc qdisc add dev eth0 root parent 1:2 netem delay 1ms", 28, "'parent' is said twice"),
        ("sudo rm -r", 6, "this is no 'tc qdisc add"),
        ("netem netem delay 1ms", 7, "unknown word 'netem'"),
        ("tc qdisc add dev eth0 root netem delay 0ms loss 0%", 34, "this changes nothing"),
        ("delay 99999999999999999999s", 7, "'99999999999999999999s' is too long: a time must be between 0 and 24h"),
        ("delay 1s 86400.1s", 10, "a time must be between 0 and 24h"),
        (f"rate {'9' * 400}bit", 6, "less than 2^64 bytes a second"),
        ("dealy 30ms", 1, "unknown word 'dealy'; did you mean 'delay'?"),
        ("delay 30ms xyzzy", 12, "unknown word 'xyzzy'; use one of: delay"),
        ("delay 30ms 5ms 1% 4", 19, "unknown word '4'"),
        ("delay", 6, "'delay' needs a value"),
        ("delay loss 1%", 7, "'loss' is not a time"),
        ("delay 10xs", 7, "'10xs' is not a time"),
        ("delay -1ms", 7, "'-1ms' is not a time"),
        ("delay 1ms 2ms distribution gauss", 28, "unknown distribution 'gauss'; use one of: uniform"),
        ("delay 1ms 2ms distribution norml", 28, "did you mean 'normal'?"),
        ("delay 1ms distribution normal", 11, "a distribution needs a delay with a jitter"),
        ("delay 1ms 2ms delay 3ms", 15, "'delay' is said twice"),
        ("delay 1ms latency 3ms", 11, "'latency' is said twice"),
        ("loss 101%", 6, "'101%' is more than 100%"),
        ("loss 1ms", 6, "'1ms' is not a percentage"),
        ("rate 0bit", 6, "a rate must be more than 0"),
        ("rate 5parsec", 6, "'5parsec' is not a rate"),
        ("rate 1mbit 2.5", 12, "'2.5' is not a whole number"),
        ("reorder 25%", 1, "reorder needs a delay"),
        ("gap 5 delay 1ms", 1, "gap needs reorder"),
        ("ecn loss 1%", 1, "ecn needs loss before it"),
    ],
)
def test_it_says_where_a_line_is_wrong(text: str, column: int, message: str) -> None:
    with pytest.raises(NetemError) as e:
        parse(text)
    assert str(e.value).startswith(f"column {column} of the netem line: ")
    assert message in str(e.value)
    assert e.value.offset == column - 1
