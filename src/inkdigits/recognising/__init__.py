"""Marks → answers: which digit each mark is, how surely, and which lines of them the page holds."""
