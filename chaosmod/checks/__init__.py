"""The checks: one file per measurement of the history, each registering itself, and the verdict that they make up."""
