"""What all tests share. Fixtures and probes live in tests/support."""

import signal

pytest_plugins = ["pytester", "tests.support.requirements", "tests.support.users", "tests.support.lab"]

# Tests send SIGINT to themselves and to what they start; a job in the background of a shell would ignore it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
