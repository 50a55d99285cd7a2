"""briefpack: one dataset, three Office files, hand edits kept."""

__version__ = "0.1.0"
