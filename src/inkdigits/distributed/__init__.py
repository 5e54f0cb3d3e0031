"""Many machines: the callable that engines run, and reading from where pictures lie into a table, by Ray or without."""
