"""Labelled digits: MNIST from inside the package, and anybody's own in the usual formats."""
