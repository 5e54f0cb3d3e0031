"""The networks: which are shipped, how one is loaded, and how it runs."""

from inkdigits.network.registry import DEFAULT, load, shipped
from inkdigits.network.session import Network

__all__ = ["DEFAULT", "Network", "load", "shipped"]
