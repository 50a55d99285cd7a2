"""The YAML parser's complaints in words that tell a person what to type."""

from __future__ import annotations

import re

import yaml
from yaml.reader import ReaderError

from .document import Misfit, SourceText, Spot

_TAB = "indent with spaces; YAML allows no tab there"


def syntax_misfit(source: SourceText, error: yaml.YAMLError) -> Misfit:
    """Return the fault for a syntax error, at the line where a person has to change something."""
    if isinstance(error, ReaderError):
        spot = source.spot(min(error.position, len(source.text) - 1))
        return Misfit(spot, "control-character", f"character U+{ord(error.character):04X} cannot be read", "delete it")
    if not isinstance(error, yaml.MarkedYAMLError):
        return Misfit(Spot(""), "syntax", str(error))
    mark = error.problem_mark or error.context_mark
    problem = error.problem or "the text is not YAML"
    if mark is None:
        return Misfit(Spot(""), "syntax", problem)
    offset = min(mark.index, max(len(source.text) - 1, 0))
    at = source.text[mark.index : mark.index + 1]
    context = error.context_mark
    opened = source.line_of(context.index) if context is not None else 0
    spot = source.spot(offset)
    for line in dict.fromkeys((source.line_of(offset), opened)):
        if line and (found := _wide_punctuation(source, line)):
            return found
    if "quoted scalar" in (error.context or "") and "end of stream" in problem:
        assert context is not None
        return Misfit(
            source.spot(context.index), "syntax", "a quoted text opens here and never closes", "add the closing quote"
        )
    if mark.index >= len(source.text.rstrip()) and "flow" in (error.context or ""):
        start = context.index if context is not None else mark.index
        return Misfit(source.spot(start), "syntax", "a list or mapping opens here and the file ends", "close it")
    if "flow" in (error.context or ""):
        kind, close = ("mapping", "}") if "mapping" in (error.context or "") else ("list", "]")
        if opened and opened != source.line_of(offset):
            assert context is not None
            message = f"a {kind} opens here and is not closed with {close!r}"
            return Misfit(
                source.spot(context.index), "syntax", message, f"the reader gave up on line {source.line_of(offset)}"
            )
        return Misfit(spot, "syntax", f"a comma or {close!r} is missing", "quote a text that holds , [ ] { } or ': '")
    if "tab character" in problem:
        return Misfit(spot, "tab", "a tab stands where YAML wants spaces", _TAB)
    if "cannot start any token" in problem:
        if at == "\t":
            return Misfit(spot, "tab", "a tab stands where YAML wants spaces", _TAB)
        return Misfit(spot, "syntax", f"a text cannot start with {at!r}", "put the text in quotes")
    if "mapping values are not allowed" in problem:
        return Misfit(
            spot, "syntax", "': ' stands inside a text, or the line is indented wrongly", "put the text in quotes"
        )
    if "could not find expected ':'" in problem and opened:
        assert context is not None
        return Misfit(
            source.spot(context.index),
            "syntax",
            "a field's name needs ': ' behind it",
            "or a quote before it never closes",
        )
    if "did not find expected key" in problem or "did not find expected '-' indicator" in problem:
        hint = (
            _TAB
            if "\t" in _indent(source, offset)
            else f"the record it belongs to starts on line {opened}"
            if opened
            else ""
        )
        return Misfit(spot, "syntax", "this line does not fit the indentation of the lines above it", hint)
    if "unknown escape" in problem or "escape code" in problem:
        return Misfit(
            spot, "syntax", "this backslash escape is unknown in a double-quoted text", r"write \\ for a backslash"
        )
    return Misfit(spot, "syntax", problem)


def _indent(source: SourceText, offset: int) -> str:
    line = source.line(source.line_of(offset))
    return line[: len(line) - len(line.lstrip())]


def _wide_punctuation(source: SourceText, line: int) -> Misfit | None:
    text = source.line(line)
    offset = source.text.find(text)
    spot = Spot(f"line {line}", text.strip()[:200], (line, offset))
    if re.match(r"\s*(- )?[A-Za-z_.]+\s*：", text):
        return Misfit(spot, "syntax", "the colon behind the field's name is the full-width '：'", "type ': '")
    if re.search(r"[{\[][^}\]]*，\s*(zh|en|start|end|clause|source|label|code|note)\b", text):
        return Misfit(spot, "syntax", "the comma between two fields is the full-width '，'", "type ', '")
    return None
