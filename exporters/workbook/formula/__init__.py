"""Formulas: read, moved with the rows they refer to, and worked out for their cached values."""
