"""What was tried for the laboratory's records, and what limits them: plain words, written by hand, below the table of records.

Each key becomes the bold beginning of a paragraph, each text its Markdown. Figures of finished recipes belong in results files; what
stands here are ideas, and validation figures where they tell why one was dropped.
"""

NOTES: dict[str, str] = {}
