"""What all tests share. Fixtures and probes live in tests/support.

The shipped scenarios lie beneath this file too, so pytest also loads it in the middle of a user's own run
(``--chaos=…/scenarios`` in another project), where ``pytest_plugins`` would be an error and none of this has a say.
"""

import signal
from pathlib import Path

import pytest

PLUGINS = ("tests.support.requirements", "tests.support.users", "tests.support.lab")
pytest.register_assert_rewrite(*PLUGINS)  # before a conftest further down imports from one


def pytest_configure(config: pytest.Config) -> None:
    """Where it is this repository that is tested: its fixtures, and an interrupt that arrives."""
    if config.rootpath != Path(__file__).resolve().parent:
        return
    for name in PLUGINS:
        config.pluginmanager.import_plugin(name)
    # Tests send SIGINT to themselves and to what they start; a job in the background of a shell would ignore it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
