"""Edited documents: what they hold, and how new data is written into them."""
