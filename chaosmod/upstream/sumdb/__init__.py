"""A checksum database that the real Go client accepts: Merkle tree, tiles, records and signed notes.

Everything that is served is made by pure functions (``record_text``, ``lookup_reply``, ``tile_bytes``, ``sign``) from an
immutable :class:`~chaosmod.upstream.sumdb.tree.TreeView`, so a lying database is these functions with other arguments.
"""
