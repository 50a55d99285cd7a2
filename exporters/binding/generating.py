"""The Python that a program becomes: Jinja2's own code generator, with shorter ways for what packs say most often."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

from jinja2.compiler import CodeGenerator, Frame, operators
from jinja2.idtracking import VAR_LOAD_RESOLVE, VAR_LOAD_UNDEFINED
from jinja2.nodes import (
    AssignBlock,
    Compare,
    Concat,
    Const,
    Expr,
    Filter,
    For,
    Getattr,
    Getitem,
    Impossible,
    Name,
    Node,
    Output,
    Slice,
    Template,
    TemplateData,
    UnaryExpr,
)
from msgspec import Struct, field

from exporters.binding.trees import (
    assigned,
    drop_unread,
    either_way,
    filtered,
    is_given,
    is_held,
    is_length,
    is_public,
    is_there,
    silent_call,
)
from exporters.binding.turns import item_of

#: Around a route in a program's text: control characters, which no XML can hold and octets leave as they are.
ROUTE = ("\x1e", "\x1f")
MARKED = re.compile(f"{ROUTE[0]}(.*?){ROUTE[1]}")

#: Filters whose result is text of the part already: the generated code does not escape it once more. What they return
#: is a ``str``, and a plain one only where it needs no escaping.
FINISHED = frozenset((
    "_text", "_cell", "_fill", "_fit", "_rest", "_shape", "_slide", "_start", "_number", "_v", "_x", "_begin",
    "_row", "_rows", "_end", "_control", "_field", "_mark", "_unmark", "_raw", "_id", "_note", "_seq", "_seq_near",
    "_page", "_toc", "_table", "_chart", "_inside",
))  # fmt: skip


class Code(str):
    """An expression of the generated program; a plain ``str`` beside it is text as it stands in the output."""

    __slots__ = ()


class Silent(Code):
    """A call that is made for what it does and returns nothing."""

    __slots__ = ()


def octets(text: str) -> str:
    """Return *text* in UTF-8, a character for each byte.

    Python joins and encodes text of Chinese at a fifth of the speed: each of its characters takes two bytes or four,
    and so do those of the markup around it.
    """
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")


def from_octets(text: str) -> str:
    """Return the text of its :func:`octets`."""
    return text if text.isascii() else text.encode("latin-1").decode("utf-8", "surrogatepass")


_MANY = 400
"""So many pieces of text are worth a stop."""
_TOGETHER = 30
"""So many pieces become a tuple at once; Python gathers more in a list first, one by one."""
_BEGIN, _PAUSE = Output([]), Output([])
"""Stand at the beginning and at the end of a loop's body."""

Inline = Callable[["Generator", Filter, Frame], Iterable[str]]
"""Returns what is written in place of a filter's call: texts, and code of the others (of octets where they stream)."""


class Inlined(Struct, frozen=True):
    """A format's filters that are written into the program, where a call would cost more than what it does."""

    writers: Mapping[str, Inline] = field(default_factory=dict)
    needed: tuple[str, ...] = ()
    """Filters that the written code uses."""
    forms: str = ""
    """What the writers know beside the program's text; code is kept under this as well."""
    octets: bool = False
    """Whether the program streams :func:`octets` of its text."""


class Generator(CodeGenerator):
    """Writes what a finished filter returns straight into the stream, and nothing of it into the code.

    A filter may know of the very file that is being written; its code may be kept for the next one.

    The program first yields the list that its text gathers in, then nothing wherever a turn of a loop is over and much
    waits there, and each route. Whoever runs it takes out what waits.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._silent: set[int] = set()
        self._inlined: Inlined = self.environment.inlined  # type: ignore[attr-defined]
        self._held: set[str] = set()
        """The buffers of captured blocks that stay what the program streams."""
        self._loops: list[str] = []
        """What the loops around call their items; empty where that name is given to something else as well."""
        self._asked: set[str] = set()
        """Variables of items whose kind is looked at once in a turn."""
        self._digits: Iterator[tuple[str, str]] = iter(())
        """What is left of the ten numbers that were taken last."""
        self._tens = 0
        self._wanted: list[str] = []
        """The variables of tens that the code of the next text needs."""
        self._routed = False
        """Whether a captured block holds a route, which then comes as text."""

    def visit_Template(self, node: Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja2's name
        while drop_unread(node):
            # What is taken out may have been the only one to read another.
            pass
        super().visit_Template(node, frame)
        self.writeline(f"root.routed = {self._routed}")

    def visit_For(self, node: For, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        name = item_of(node)
        self._loops.append("" if name in assigned(node.body) else name)
        node.body = [_BEGIN, *node.body, _PAUSE]
        super().visit_For(node, frame)
        self._loops.pop()

    def enter_frame(self, frame: Frame) -> None:
        """Leave undefined what the compiler has named and may not have set: no data is called so."""
        loads = frame.symbols.loads
        for target, (action, name) in loads.items():
            if action == VAR_LOAD_RESOLVE and name is not None and name.startswith("_"):
                loads[target] = VAR_LOAD_UNDEFINED, None
        super().enter_frame(frame)

    def pop_assign_tracking(self, frame: Frame) -> None:
        """Tell the context of no such name."""
        self._assign_stack[-1] -= {name for name in self._assign_stack[-1] if name.startswith("_")}
        super().pop_assign_tracking(frame)

    def start_write(self, frame: Frame, node: Node | None = None) -> None:
        if frame.buffer is None:
            self.writeline("waiting.append(", node)
        else:
            super().start_write(frame, node)

    def end_write(self, frame: Frame) -> None:
        self.write(")")

    def blockvisit(self, nodes: Iterable[Node], frame: Frame) -> None:
        # What is inside may run often, or never: its numbers are its own.
        self._digits = iter(())
        super().blockvisit(list(self._joined(either_way(nodes))), frame)
        self._digits = iter(())

    def _joined(self, nodes: Iterable[Node]) -> Iterator[Node]:
        """Yield *nodes* with neighbouring outputs and silent calls as one output."""
        run: list[Expr] = []
        for node in nodes:
            if isinstance(node, Output) and node is not _BEGIN and node is not _PAUSE:
                run += node.nodes
            elif (call := silent_call(node)) is not None:
                self._silent.add(id(call))
                run.append(call)
            else:
                if run:
                    yield Output(run, lineno=run[0].lineno)
                    run = []
                yield node
        if run:
            yield Output(run, lineno=run[0].lineno)

    def pull_dependencies(self, body: Iterable[Node]) -> None:
        super().pull_dependencies(body)
        self.writeline("kinds, octets, from_octets = environment.direct, environment.octets, environment.from_octets")
        self.writeline("LoopContext, compared, said = environment.turns, environment.compared, environment.said")
        self.writeline("absent = environment.missing")
        self.writeline("waiting = []")
        self.writeline("yield waiting")
        for name in self._inlined.needed:
            self.writeline(f"{self.needed(name)} = environment.filters[{name!r}]")

    def needed(self, name: str) -> str:
        """Return the variable of a filter that written code uses."""
        return f"needed{name}"

    def number(self) -> tuple[str, str]:
        """Return a number that no other text of the run has: the variable of its tens, and a digit.

        They rise from text to text. The format's filter ``_numbers`` gives them, one for each ten.
        """
        found = next(self._digits, None)
        if found is None:
            self._tens += 1
            ten = f"ten{self._tens}"
            self._wanted.append(ten)
            self._digits = ((ten, digit) for digit in "0123456789")
            found = next(self._digits)
        return found

    def code(self, node: Node, frame: Frame) -> Code:
        """Return the code of an expression."""
        stream, self.stream = self.stream, StringIO()
        try:
            self.visit(node, frame)
            return Code(self.stream.getvalue())
        finally:
            self.stream = stream

    def record(self, node: Node, frame: Frame) -> tuple[str, str]:
        """Return code that asks whether an expression is a view, and what it is called from there on."""
        ref = frame.symbols.find_ref(node.name) if isinstance(node, Name) else None
        if ref and ref in self._asked:
            return f"asked_{ref}", ref
        return f"(record := {self.code(node, frame)}).__class__ in kinds", "record"

    def literal(self, text: str) -> str:
        """Return the code of *text* as the program streams it."""
        return repr(octets(text) if self._inlined.octets else text)

    def streamed(self, code: str) -> Code:
        """Return code whose value is a text as code whose value is what the program streams."""
        return Code(f"octets({code})" if self._inlined.octets else code)

    def visit_Output(self, node: Output, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        if node is _BEGIN or node is _PAUSE:
            self._turn(node is _BEGIN, frame)
            return
        begin, end = "waiting += (", ")"
        if frame.buffer is not None:
            # What a block captures is a value, which may be streamed later.
            begin, end = f"{frame.buffer}.extend((", "))"
            if self._inlined.octets and frame.buffer not in self._held:
                begin, end = f"{frame.buffer}.append(from_octets(''.join((", "))))"
        step: list[tuple[Expr, str]] = []
        for child in node.nodes:
            for piece in self._pieces(child, frame):
                routed = not isinstance(piece, Code) and MARKED.search(piece) is not None
                if not routed or frame.buffer is not None:
                    self._routed |= routed
                    step.append((child, piece))
                    continue
                for number, text in enumerate(MARKED.split(piece)):
                    if not number % 2:
                        step.append((child, text))
                        continue
                    self._step(step, node, begin, end)
                    step = []
                    self.writeline(f"yield {('open', text[1:]) if text.startswith('>') else ('close', '')!r}", child)
        self._step(step, node, begin, end)

    def _turn(self, begins: bool, frame: Frame) -> None:
        """Write what a turn of a loop begins or ends with."""
        item = frame.symbols.ref(self._loops[-1]) if self._loops[-1] else ""
        if not begins:
            self._asked.discard(item)
            if frame.buffer is None:
                self.writeline(f"if len(waiting) > {_MANY}: yield")
        elif item:
            self._asked.add(item)
            self.writeline(f"asked_{item} = {item}.__class__ in kinds")

    def _step(self, pieces: Sequence[tuple[Expr, str]], node: Output, begin: str, end: str) -> None:
        """Write pieces of text that follow each other; nothing where there is no text in them."""
        if not any(piece for _, piece in pieces):
            return
        for ten in self._wanted:
            self.writeline(f"{ten} = str(next({self.needed('_numbers')}))")
        self._wanted.clear()
        self.writeline(begin, node)
        self.indent()
        text, owed, last, written = "", False, None, 0
        for child, piece in (*pieces, (None, Code("''"))):
            if isinstance(piece, Code) and text:
                self.write(f"{self.literal(text)}, ")
                text, owed, written = "", False, written + 1
            if child is None and not owed:
                break
            if written == _TOGETHER:
                self.outdent()
                self.writeline(end)
                self.writeline(begin)
                self.indent()
                last, written = None, 0
            if child is not last:
                # A line of its own, so that an error leads to its own tag.
                self.newline(child)
                self.write("")
                last = child
            if not isinstance(piece, Code):
                text += piece
            elif isinstance(piece, Silent):
                # What follows stands for its nothing.
                self.write(f"{piece} or ")
                owed = True
            else:
                self.write(f"({piece}), " if owed else f"{piece}, ")
                owed, written = False, written + 1
        self.outdent()
        self.writeline(end)

    def visit_AssignBlock(self, node: AssignBlock, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        """Hold what a block captures; but for that, and for making it no value, this is Jinja2's own."""
        if not is_held(node.target):
            super().visit_AssignBlock(node, frame)
            return
        self.push_assign_tracking()
        inner = frame.inner()
        inner.require_output_check = False
        inner.symbols.analyze_node(node)
        self.enter_frame(inner)
        self.buffer(inner)
        assert inner.buffer is not None
        self._held.add(inner.buffer)
        self.blockvisit(node.body, inner)
        self.newline(node)
        self.visit(node.target, frame)
        self.write(f" = concat({inner.buffer})")
        self.pop_assign_tracking(frame)
        self.leave_frame(inner)

    def _pieces(self, node: Expr, frame: Frame) -> Iterable[str]:
        if isinstance(node, Filter) and node.name == "_text" and is_held(filtered(node)):
            return (self.code(filtered(node), frame),)
        finalize = self._make_finalize()
        try:
            return (self._output_child_to_const(node, frame, finalize),)
        except Impossible:
            pass
        if isinstance(node, Filter):
            inline = self._inlined.writers.get(node.name)
            if inline is not None:
                return inline(self, node, frame)
            if id(node) in self._silent:
                return (Silent(self.code(node, frame)),)
            if node.name in FINISHED:
                return (self.streamed(self.code(node, frame)),)
        stream, self.stream = self.stream, StringIO()
        try:
            self._output_child_pre(node, frame, finalize)
            self.visit(node, frame)
            self._output_child_post(node, frame, finalize)
            return (self.streamed(self.stream.getvalue()),)
        finally:
            self.stream = stream

    def _output_child_to_const(self, node: Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        if not isinstance(node, (TemplateData, Const)):
            raise Impossible
        return str(super()._output_child_to_const(node, frame, finalize))

    def visit_Name(self, node: Name, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        """Take what the compiler itself has named as set: it is, wherever it is asked for."""
        if node.ctx == "load" and node.name.startswith("_"):
            self.write(frame.symbols.ref(node.name))
        else:
            super().visit_Name(node, frame)

    def visit_Getattr(self, node: Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        """Ask a view directly for a public name; all else goes through the sandbox's ``getattr``."""
        if not is_public(node.attr):
            super().visit_Getattr(node, frame)
            return
        asked = node.node
        ref = frame.symbols.find_ref(asked.name) if isinstance(asked, Name) else None
        if ref and isinstance(asked, Name) and asked.name == "loop" and is_given(frame.symbols, ref):
            self.write(f"{ref}.{node.attr}")
        elif ref in self._asked:
            self.write(f"({ref}.{node.attr} if asked_{ref} else environment.getattr({ref}, {node.attr!r}))")
        else:
            # The condition is worked out first; what it has found is used at once, so one name serves all.
            self.write(f"(found.{node.attr} if (found := ")
            self.visit(asked, frame)
            self.write(f").__class__ in kinds else environment.getattr(found, {node.attr!r}))")

    def visit_Filter(self, node: Filter, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        """Ask a list directly for its length."""
        if not is_length(node):
            super().visit_Filter(node, frame)
            return
        assert node.node is not None
        self.write("(len(sized) if (sized := ")
        self.visit(node.node, frame)
        self.write(f").__class__ is list else {self.filters[node.name]}(sized))")

    def visit_Getitem(self, node: Getitem, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        """Ask a list directly for an item by its number; cut one that may be missing. What is found is used at once."""
        at = node.arg.value if isinstance(node.arg, Const) else None
        if type(at) is int and at >= 0:
            self.write(f"(cut[{at}] if (cut := ")
            self.visit(node.node, frame)
            self.write(f").__class__ is list and len(cut) > {at} else environment.getitem(cut, {at}))")
            return
        if not isinstance(node.arg, Slice):
            super().visit_Getitem(node, frame)
            return
        self.write("(cut if (cut := ")
        self.visit(node.node, frame)
        self.write(").__class__ not in absent else [])[")
        self.visit(node.arg, frame)
        self.write("]")

    def visit_Compare(self, node: Compare, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        """Compare what may be missing; what has no side effects may be worked out twice in a chain."""
        terms = [node.expr, *(link.expr for link in node.ops)]
        codes = [self.code(term, frame) for term in terms]
        links = []
        for at, link in enumerate(node.ops):
            left, right = codes[at : at + 2]
            if link.op in {"eq", "ne"} or (is_there(terms[at]) and is_there(terms[at + 1])):
                links.append(f"{left} {operators[link.op]} {right}")
            else:
                links.append(f"compared[{link.op!r}]({left}, {right})")
        self.write(f"({' and '.join(links)})")

    def visit_Neg(self, node: UnaryExpr, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        """Write a number below zero as it is: nothing of it can be missing."""
        if isinstance(node.node, Const):
            self.write(f"({-node.node.value!r})")
        else:
            super().visit_Neg(node, frame)

    def visit_Concat(self, node: Concat, frame: Frame) -> None:  # noqa: N802 - Jinja2's name
        pieces = [self.code(piece, frame) for piece in node.nodes]
        self.write(f"markup_join(({''.join(f'said({piece}), ' for piece in pieces)}))")
