"""The sandbox runner: a lab in user, network, mount and PID namespaces of its own, without root and without Docker.

::

    harness (threads, pytest …)
      │ socketpair: one packet = one JSON message, with descriptors (wire.py)
      ▼
    spawner (spawner.py): one a worker, single-threaded, so that forking is safe; cleans up when the harness dies
      │ fork + unshare
      ▼
    keeper: holds the user namespace, waits for init
      │ fork
      ▼
    init (init.py): PID 1 of the lab; mounts, listening sockets, then starts commands and reports their end
      │ fork + exec
      ▼
    go, git, sh …: same user, no capabilities, no route but the lab's

``spawner.py``, ``init.py``, ``mounts.py``, ``kernel.py`` and ``wire.py`` run in processes that import nothing heavy.
"""
