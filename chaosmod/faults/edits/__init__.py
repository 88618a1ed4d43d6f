"""Edits of what an upstream answers: functions of a body, without any network."""
