"""Data sets: looking at them."""
