"""From any picture to the 28×28 that a network sees: load → ink → segment → normalise. NumPy and OpenCV, no network."""
