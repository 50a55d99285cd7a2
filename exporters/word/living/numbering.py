"""Notes in the order of what refers to them."""

from __future__ import annotations

from exporters.word.living.document import Document
from exporters.word.names import W
from exporters.word.xmlparts import Element


def order_notes(document: Document) -> set[Element]:
    """Let notes stand, and be numbered, in the order of their references: LibreOffice counts them off.

    Return the roots of the parts of notes that this changed.
    """
    changed: set[Element] = set()
    for kind, part in document.note_parts.items():
        name = kind.removesuffix("s")
        root = document.roots[part]
        notes = [note for note in root.iter(f"{W}{name}") if note.get(f"{W}type", "normal") == "normal"]
        by_id = {note.get(f"{W}id", ""): note for note in notes}
        if not notes:
            continue
        marks = [mark for mark in document.body.root.iter(f"{W}{name}Reference") if mark.get(f"{W}id", "") in by_id]
        wanted = list(dict.fromkeys(mark.get(f"{W}id", "") for mark in marks))
        if wanted == list(by_id):
            continue
        changed.add(root)
        first = min(int(number) for number in by_id)
        numbers = {old: str(first + at) for at, old in enumerate(wanted)}
        for note in notes:
            root.remove(note)
        for old in wanted:
            by_id[old].set(f"{W}id", numbers[old])
            root.append(by_id[old])
        for mark in marks:
            mark.set(f"{W}id", numbers[mark.get(f"{W}id", "")])
    return changed
