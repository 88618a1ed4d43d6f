"""What happens to a connection below TLS, in user space.

``links.py`` decides for each connection, and puts what was decided into effect::

    go ──SYN──▶ gate.py (refuse, drop, let in) ──▶ accept ──▶ stream.py (a shim around reader and writer) ──▶ mitmproxy
                 syn.py, bpf.py                                pace.py (when each byte may pass)

``pace.py`` and ``syn.py`` are pure. Nothing of this is in the way of a connection that no link fault matches.
"""
