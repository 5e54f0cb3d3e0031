"""What the tests of training draw pages with. Sources take seconds to build, so a process of the tests builds them once."""

from functools import lru_cache

import numpy as np

from inkdigits.datasets import mnist
from inkdigits.synthetic.pages import sources
from inkdigits.synthetic.pages.sources import Sources

DIGITS = mnist.train().subset(np.arange(600), "a few digits")
MOST = 500  # of them, in the tiny recipes, too


@lru_cache(maxsize=2)
def built(part) -> Sources:
    """Return the sources of a part; not to be changed."""
    return sources.build(DIGITS.images, DIGITS.labels, DIGITS.writers, part, MOST)
