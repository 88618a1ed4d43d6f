"""The subcommands: each module has ``arguments(parser)`` and ``run(given) -> exit status``, and imports late."""
