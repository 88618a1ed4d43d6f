"""What the messages of the go command mean: the signatures, which are data, and the matcher."""
