"""Synthetic pages with their truth: numbers written by hand among everything that stands around numbers.

A page is drawn in layers (handwriting, print, ruling, paper), so that what is where is known without labelling. `page.draw`
makes one; `sources.Sources` holds the paths and fonts that it draws with.
"""
