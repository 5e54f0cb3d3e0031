"""Worked examples: forms with templates, made-up values, and sheets that are filled in and photographed by script."""
