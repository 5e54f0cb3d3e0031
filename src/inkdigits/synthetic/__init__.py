"""Digits of our own making: pen strokes written as coordinates, and the paper, light and camera that they meet."""
