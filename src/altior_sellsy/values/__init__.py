"""French business values and the vocabulary of the house. Pure: no I/O, no Django."""
