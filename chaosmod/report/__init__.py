"""Readers of a history: what a person, a terminal or a machine is told of a case, computed from its events alone."""
