"""From pictures to answers: `single` reads one digit a picture, `decide` turns probabilities into an answer or none."""
