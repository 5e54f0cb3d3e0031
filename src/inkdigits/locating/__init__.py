"""Where digits and separators stand in a picture: a convolutional network at the right scale, and what its maps mean."""
