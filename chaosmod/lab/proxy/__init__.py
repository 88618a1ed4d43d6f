"""mitmproxy, embedded: one event loop in one thread for the whole life of a worker process.

The listening sockets of a lab go straight into the loop; every accepted connection gets a handler of its own that knows
which role of which case it belongs to. There is no port on the machine, no second hop and no look-up.
"""
