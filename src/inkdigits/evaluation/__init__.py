"""What a network's answers are worth: metrics with their uncertainty, pictures, and a report that a person enjoys."""
