"""A compiled template: text and statements in one stream, with the place of every tag.

The source is Jinja2 text between the compiler's own delimiters (noncharacters), so that nothing in an Office part has
to be escaped. Routes inside the stream say which part the text that follows belongs to.
"""

from __future__ import annotations

import itertools
import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Literal, cast

from jinja2 import Template, TemplateSyntaxError, nodes
from jinja2 import TemplateError as JinjaError
from msgspec import Struct

from exporters.binding.bounds import BoundedGenerator, Budget
from exporters.binding.bytecode import code
from exporters.binding.environment import BLOCK, TOKEN, VALUE, Sandbox, with_filters
from exporters.binding.generating import MARKED, ROUTE, Inlined
from exporters.binding.tags import Tag
from exporters.cache import Store
from exporters.errors import Fault, TemplateError

_TOKEN = re.compile(f"{TOKEN[0]}([0-9]+){TOKEN[1]}")

Event = tuple[Literal["open", "text", "close"], str]


def opening(part: str) -> str:
    """Return the route that sends the text behind it into a new part until :func:`closing`."""
    return f"{ROUTE[0]}>{part}{ROUTE[1]}"


def closing() -> str:
    """Return the route that ends the part opened last."""
    return f"{ROUTE[0]}<{ROUTE[1]}"


class Weaver:
    """Collects the snippets of one program while its parts are walked as trees.

    Each snippet is stood for by a token that may stand in text, tail or attribute; :meth:`weave` puts the snippets
    where their tokens are, once the tree is text again.
    """

    HERE = TOKEN[0]

    def __init__(self) -> None:
        self._snippets: list[str] = []
        self._places: list[str] = []

    def _token(self, snippet: str) -> str:
        self._snippets.append(snippet)
        return f"{TOKEN[0]}{len(self._snippets) - 1}{TOKEN[1]}"

    def value(self, expression: str, place: str, filter_name: str = "_text") -> str:
        """Return the token of a value; ``filter_name`` is the format's filter that makes it text of the part.

        Without one it is text of the part already, to be given to a filter by :meth:`gathered`.
        """
        ending = f"|{filter_name}" if filter_name else ""
        return self._token(f"{VALUE[0]}{self._at(place)}({expression}){ending}{VALUE[1]}")

    def values(self, expressions: Iterable[tuple[str, str]], filter_call: str) -> str:
        """Return the token of several values, (expression, place) each, given together as a tuple to one filter."""
        items = "".join(f"{self._at(place)}({expression})," for expression, place in expressions)
        return self._token(f"{VALUE[0]}({items})|{filter_call}{VALUE[1]}")

    def gathered(self, text: str, filter_call: str) -> tuple[str, str]:
        """Return the token that gives the values in *text* to one filter, as a tuple of texts; and *text* without them.

        :data:`HERE` stands where each was. The token is empty where *text* holds no value, or a token of another kind.
        """
        snippets = [self._snippets[int(found)] for found in _TOKEN.findall(text)]
        if not snippets or any(snippet[:1] != VALUE[0] for snippet in snippets):
            return "", text
        items = "".join(f"({snippet[1:-1]})," for snippet in snippets)
        return self._token(f"{VALUE[0]}({items})|{filter_call}{VALUE[1]}"), _TOKEN.sub(self.HERE, text)

    def statement(self, body: str, place: str) -> str:
        """Return the token of a statement such as ``for x in xs`` or ``endif``."""
        return self._token(f"{BLOCK[0]}{self._at(place)} {body} {BLOCK[1]}")

    def tag(self, tag: Tag) -> str:
        """Return the token of a statement tag; nothing for a comment."""
        return "" if tag.kind == "comment" else self.statement(tag.body, tag.place)

    def depth(self, text: str) -> int:
        """Return how many more statements *text* opens than it closes."""
        total = 0
        for found in _TOKEN.finditer(text):
            words = self._snippets[int(found[1])].split()
            if len(words) > 1 and words[0].startswith(BLOCK[0]):
                total += (words[1] in {"for", "if"}) - (words[1] in {"endfor", "endif"})
        return total

    def pieces(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield *text* in pieces, each with the statement that it is the token of (``for x in xs``), or nothing."""
        last = 0
        for found in _TOKEN.finditer(text):
            if found.start() > last:
                yield text[last : found.start()], ""
            last = found.end()
            snippet = self._snippets[int(found[1])]
            yield found[0], snippet.partition("\n ")[2][: -len(BLOCK[1])].strip() if snippet[:1] == BLOCK[0] else ""
        if last < len(text):
            yield text[last:], ""

    def balanced(self, text: str) -> bool:
        """Return whether every statement in *text* has its partner, and each ``else`` its ``if``, in *text* too."""
        depth = 0
        for found in _TOKEN.finditer(text):
            words = self._snippets[int(found[1])].split()
            if len(words) < 2 or not words[0].startswith(BLOCK[0]):
                continue
            depth += (words[1] in {"for", "if"}) - (words[1] in {"endfor", "endif"})
            if depth < 0 or (depth == 0 and words[1] in {"else", "elif"}):
                return False
        return depth == 0

    def raw(self, text: str) -> str:
        """Return the token of text that is put in as it stands (routes, XML that the tree cannot hold)."""
        return self._token(text)

    def _at(self, place: str) -> str:
        # One newline inside each tag: Jinja2's line number of a node then leads to the tag's place.
        self._places.append(place)
        return f"{TOKEN[0]}{len(self._places) - 1}.{TOKEN[1]}\n"

    def weave(self, xml: str) -> str:
        """Return *xml* with every token replaced by its snippet."""

        def snippet(found: re.Match[str]) -> str:
            return self._snippets[int(found[1])]

        while _TOKEN.search(xml):
            xml = _TOKEN.sub(snippet, xml)
        return xml

    def program(self, source: str) -> Program:
        """Return the finished program of *source* (woven text), with the places in order of its lines."""
        mark = re.compile(f"{TOKEN[0]}([0-9]+)\\.{TOKEN[1]}")
        lines: list[int] = []
        line = 1
        last = 0
        places: list[str] = []
        for found in mark.finditer(source):
            line += source.count("\n", last, found.start())
            last = found.start()
            lines.append(line + 1)
            places.append(self._places[int(found[1])])
        return Program(mark.sub("", source), tuple(lines), tuple(places))


class Program(Struct, frozen=True, dict=True):
    """A compiled part or set of parts. ``lines[i]`` is the line of ``source`` where the tag of ``places[i]`` stands."""

    source: str
    lines: tuple[int, ...]
    places: tuple[str, ...]
    store: Store | None = None
    """Where the runnable form is kept between processes, if anywhere."""

    def place(self, line: int) -> str:
        """Return the place of the tag on *line* of the source, or of the one before it."""
        found = ""
        for at, place in zip(self.lines, self.places, strict=True):
            if at > line:
                break
            found = place
        return found

    @cached_property
    def syntax(self) -> nodes.Template:
        """The program as Jinja2's syntax tree; raises TemplateError with the tag's place."""
        try:
            return with_filters({}).parse(self.source)
        except TemplateSyntaxError as error:
            raise TemplateError(self._fault(error, error.lineno)) from None
        except RecursionError:
            raise TemplateError(_TOO_DEEP) from None

    def bind(
        self,
        filters: Mapping[str, Callable[..., Any]],
        extra: Mapping[str, Any] | None = None,
        inlined: Inlined | None = None,
    ) -> Bound:
        """Return the program ready to run with a format's filters, the code of some of them, extra global names."""
        env = with_filters(filters, inlined)
        budget = Budget()
        env.filters = env.filters | budget.filters(env.filters)
        env.made = budget.made  # type: ignore[method-assign]
        env.code_generator_class = BoundedGenerator
        try:
            made_for = (*env.filters, env.inlined.forms, str(env.inlined.octets))
            runnable = code(self.store or Store(None), self.source, made_for, lambda: env.compile(self.source))
        except TemplateSyntaxError as error:
            raise TemplateError(self._fault(error, error.lineno)) from None
        except (SyntaxError, RecursionError, MemoryError):
            raise TemplateError(_TOO_DEEP) from None
        template = Template.from_code(env, runnable, env.make_globals(dict(extra or {})))
        return Bound(self, template, env, budget)

    def _fault(self, error: Exception, line: int) -> Fault:
        message = str(getattr(error, "message", None) or error).replace("_text", "text")
        for mark in (*VALUE, *BLOCK):
            message = message.replace(mark, "")
        return Fault("template", message, where=self.place(line))


_WRONG = (JinjaError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError, NameError, AssertionError,
          RecursionError)  # fmt: skip
"""What an expression can end in: NameError for 1e400 (written as ``inf``), AssertionError for wrong lengths."""
_TOO_DEEP = Fault(
    "too-deep", "loops, conditions or brackets lie too deep inside each other", hint="twenty loops are the most"
)


class Bound:
    """A program with its filters: give it names, and it streams its text, or the octets of it."""

    def __init__(self, program: Program, template: Template, env: Sandbox, budget: Budget) -> None:
        self._program, self._template, self._env, self._budget = program, template, env, budget

    def stream(self, names: Mapping[str, Any]) -> Iterator[str]:
        """Yield the text of :meth:`events`, of all parts and what is around them."""
        for kind, text in self.events(names):
            if kind == "text":
                yield text

    def events(self, names: Mapping[str, Any]) -> Iterator[Event]:
        """Yield the stream as parts: ``("open", part)``, ``("text", piece)``, ``("close", "")``; parts may nest.

        Raises TemplateError with the place of what failed. That includes a run that goes beyond what
        :mod:`exporters.binding.bounds` allows.
        """
        targets = names.get("targets")
        self._budget.start(len(targets) if isinstance(targets, list) else 0)
        root: Any = self._template.root_render_func
        # Not copied: a name that no tag asks for need not be worked out.
        layered = cast(dict[str, Any], ChainMap(cast(dict[str, Any], names), self._template.globals))
        try:
            routes: Iterator[Any] = root(self._template.new_context(layered, shared=True))
            waiting: list[str] = next(routes)
            for route in itertools.chain(routes, (None,)):
                if waiting:
                    text = "".join(waiting)
                    waiting.clear()
                    self._budget.spend(text)
                    if root.routed:
                        yield from self._parted(text)
                    else:
                        yield "text", text
                if route is not None:
                    yield route
        except MemoryError:
            raise TemplateError(Fault("template", "more text or items than this machine can hold")) from None
        except _WRONG as error:
            raise TemplateError(self._program._fault(error, self._line(error))) from error

    def _parted(self, text: str) -> Iterator[Event]:
        """Yield text and the routes in it, which a captured block has put there."""
        for number, piece in enumerate(MARKED.split(text)):
            if number % 2:
                yield ("open", piece[1:]) if piece.startswith(">") else ("close", "")
            elif piece:
                yield "text", piece

    def _line(self, error: BaseException) -> int:
        line, trace = 0, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == (self._template.filename or "<template>"):
                line = self._template.get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        return line
