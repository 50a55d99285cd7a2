"""Workbooks that people edit: read as they are, and changed in place, byte by byte."""
