"""The recovery catalogue: one file per procedure, each registering itself, and the contract that they share."""
