"""Labelled digits: MNIST from inside the package, and a user's own in the usual formats."""
