"""Drives a recovery's generator as the engine does, with results that the test chooses."""

from collections.abc import Callable

from chaosmod.recovery.base import Client, Recovery, Result, Step

MIRROR = "https://mirror.example"
CLIENT = Client(
    environment={"GOPROXY": "https://proxy.example,direct"},
    roles={"primary": "https://proxy.example", "mirror": MIRROR},
)


def drive(
    recovery: Recovery, client: Client = CLIENT, answer: Callable[[Step], Result] = lambda step: Result()
) -> list[Step]:
    """The steps that the recovery takes."""
    steps: list[Step] = []
    generator = recovery.steps(client)
    try:
        step = next(generator)
        while True:
            steps.append(step)
            step = generator.send(answer(step))
    except StopIteration:
        return steps
