"""A value's content control: a run control whose alias is the value's key, in a bookmark that spells the key as well.

Word keeps the alias; for other editors see :mod:`exporters.word.anchors`. Its appearance is hidden, so readers see
plain text. A control may not stand inside a hyperlink, a field, a comment or another inline control.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from msgspec import Struct

from exporters.binding.environment import sandbox
from exporters.binding.expressions import key_of
from exporters.binding.program import Weaver
from exporters.binding.weave import Located, remove
from exporters.word.anchors import PREFIX
from exporters.word.names import MC, W
from exporters.word.xmlparts import Element, xml_of

IN_FIELD = "briefpack-field"
_VALUE = "\ufdde"
# A dash in the place of nothing is the same form of the value.
_SAME_FORM = frozenset(("after", "dash", "default", "d"))
_NO_CONTROL = frozenset((f"{W}hyperlink", f"{W}fldSimple", f"{W}sdtContent", f"{W}smartTag", f"{W}ruby", f"{W}dir"))

# LibreOffice loads no document that has a control within a comment, and Word offers none there.
_NO_CONTROLS_WITHIN = frozenset((f"{MC}Fallback", f"{W}comment"))


def mark_fields(root: Element) -> None:
    """Mark every run inside a field, so that pieces cut from it are known as well."""
    depth = 0
    for run in root.iter(f"{W}r"):
        inside = depth > 0
        for mark in run.iter(f"{W}fldChar"):
            kind = mark.get(f"{W}fldCharType")
            depth += (kind == "begin") - (kind == "end")
        if inside or depth:
            run.set(IN_FIELD, "1")


def unmark_fields(root: Element) -> None:
    for run in root.iter(f"{W}r"):
        if IN_FIELD in run.attrib:
            del run.attrib[IN_FIELD]


class _Control(Struct, frozen=True):
    """A value that gets a control: its expression, the record's, and what stands behind the record's key."""

    item: Located
    flow: bool
    owner: str
    tail: str


class Emitter:
    """Puts values into their runs and notes which paragraphs hold values."""

    def __init__(
        self, weaver: Weaver, plans: list[list[Any]], *, flow: bool = True, prefix: str = "w", w15: str = "w15"
    ) -> None:
        self._weaver, self._plans, self._flow = weaver, plans, flow
        self._w, self._w15 = prefix, w15
        self._controls: dict[Element, _Control] = {}
        self.holders: set[Element] = set()
        """Paragraphs that hold values."""
        self.values: set[Element] = set()
        """The runs whose text is counted for the page."""

    def __call__(self, item: Located) -> None:
        run, tag = item.run, item.tag
        text = next(run.iter(f"{W}t"))
        flow = self._flow and in_flow(run)
        text.text = self._weaver.value(tag.body, tag.place, "_v" if flow else "_x")
        self.holders.add(item.paragraph)
        if flow:
            self.values.add(run)
        found = key_of(tag.body, of_lists=True)
        if found is not None and _may_hold_control(run):
            owner, field = found
            self._controls[run] = _Control(item, flow, owner, alias_tail(tag.body, field))

    def copied(self, original: Element, copy: Element) -> None:
        """Know the runs and paragraphs of a copied tree as those of its original."""
        if copy is original:
            return
        for one, other in zip(original.iter(), copy.iter(), strict=True):
            if one in self.values:
                self.values.add(other)
            if one in self.holders:
                self.holders.add(other)
            if one in self._controls:
                self._controls[other] = self._controls[one]

    def finish(self) -> None:
        """Put one call in the place of each value's run: it writes the run, its control and the bookmark around it."""
        for run, control in self._controls.items():
            if run.getparent() is None:
                continue
            text = next(run.iter(f"{W}t"))
            text.text = _VALUE
            before_text, after_text = xml_of(run).split(_VALUE)
            above, _, name = control.owner.rpartition(".")
            plain = above and not control.owner.startswith("(") and "[" not in name
            if not plain or above.endswith(".target") or above == "indicator":
                above, name = "none", ""
            w, w15 = self._w, self._w15
            tag, field = control.item.tag, key_of(control.item.tag.body, of_lists=True)
            assert field is not None
            dash = _dash(tag.body)
            plan = [
                f'<{w}:bookmarkStart {w}:id="',
                f'" {w}:name="{PREFIX}',
                f'"/><{w}:sdt><{w}:sdtPr><{w}:alias {w}:val="',
                f'"/><{w15}:appearance {w15}:val="hidden"/></{w}:sdtPr><{w}:sdtContent>{before_text}',
                f'{after_text}</{w}:sdtContent></{w}:sdt><{w}:bookmarkEnd {w}:id="',
                '"/>',
                control.tail,
                f".{name}",
                control.flow,
                dash or "",
            ]
            if plan not in self._plans:
                self._plans.append(plan)
            number = self._plans.index(plan)
            if dash is None:
                call = f"_control({number}, {control.owner}, {above})"
                token = self._weaver.value(tag.body, tag.place, call)
            else:
                # The call takes the field itself: the record is then worked out once for value and key.
                token = self._weaver.value(control.owner, tag.place, f"_field({field[1]!r}, {number}, {above})")
            remove(run, token)


def _dash(expression: str) -> str | None:
    """Return what stands for an empty value where an expression is a bare field, or one with a dash; else None."""
    applied = filters_of(expression)
    if not applied:
        return ""
    if len(applied) == 1 and applied[0].partition("(")[0] == "dash":
        return "—" if applied[0] == "dash" else _argument(applied[0])
    return None


def _argument(call: str) -> str | None:
    try:
        found = ast.literal_eval(call.partition("(")[2].removesuffix(")"))
    except (SyntaxError, ValueError):
        return None
    return found if isinstance(found, str) else None


def in_flow(element: Element) -> bool:
    """Return whether an element takes part in the flow of the page (a text box does not)."""
    return all(parent.tag != f"{W}txbxContent" for parent in element.iterancestors())


def _may_hold_control(run: Element) -> bool:
    if run.get(IN_FIELD):
        return False
    for parent in run.iterancestors():
        if parent.tag == f"{MC}Fallback":
            return False
        if parent.tag in _NO_CONTROL and not (parent.tag == f"{W}sdtContent" and len(parent.findall(f"{W}p"))):
            return False
        if parent.tag == f"{W}p":
            break
    return all(parent.tag not in _NO_CONTROLS_WITHIN for parent in run.iterancestors())


@lru_cache(maxsize=4096)
def alias_tail(expression: str, field: str) -> str:
    """Return what stands behind the record's key: ``.text``, or ``.value|percent`` where filters change the form."""
    applied = [name for name in filters_of(expression) if name.partition("(")[0] not in _SAME_FORM]
    return "|".join((f".{field}", *applied))


def filters_of(expression: str) -> list[str]:
    """Return the filters of an expression as typed, in the order in which they are applied."""
    try:
        output = sandbox().parse("\ufdd0(" + expression + ")\ufdd1").body[0]
    except TemplateSyntaxError:
        return []
    found: list[str] = []
    node = output.nodes[0] if isinstance(output, nodes.Output) else None
    while isinstance(node, nodes.Filter):
        args = [repr(arg.value) for arg in node.args if isinstance(arg, nodes.Const)]
        args += [f"{arg.key}={arg.value.value!r}" for arg in node.kwargs if isinstance(arg.value, nodes.Const)]
        found.append(f"{node.name}({', '.join(args)})" if args else node.name)
        node = node.node
    return found[::-1]
