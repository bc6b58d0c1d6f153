"""The ledger in memory: the same port, for tests and simulations."""
