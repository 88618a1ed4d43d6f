"""What serves modules: the bundled corpus, a snapshot of a module cache, or a live proxy, and the checksum database."""
