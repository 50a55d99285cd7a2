"""Decks that people edited: read as the merge sees them, and patched."""
