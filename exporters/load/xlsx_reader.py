"""tmp"""

from .document import Document


def read_xlsx(raw: bytes, file: str) -> Document:
    raise NotImplementedError
