"""What all tests share. Fixtures and probes live in tests/support."""

pytest_plugins = ["pytester", "tests.support.requirements", "tests.support.users", "tests.support.lab"]
