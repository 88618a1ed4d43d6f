"""The fault catalogue: one file per fault, each registering itself, and the mechanism that they share."""
