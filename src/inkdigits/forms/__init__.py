"""Forms: a template says where people write; filled sheets are aligned to it and become rows of a table."""
