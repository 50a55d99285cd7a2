"""The body of a template, compiled: values, anchors, notes, charts, captions, contents and the page count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from exporters.binding.program import Weaver, closing, opening
from exporters.binding.tags import may_hold_tag
from exporters.binding.trees import HELD
from exporters.binding.weave import Places, TreeWeaver, after, before
from exporters.charts import chart_meta, compile_chart
from exporters.errors import Fault
from exporters.package import Package, rt
from exporters.word import contents as listing
from exporters.word.blocks import Blocks
from exporters.word.bookmarks import Bookmarks
from exporters.word.controls import Emitter, in_flow, mark_fields, unmark_fields
from exporters.word.counting import NOTE_BEGINS, NOTE_ENDS
from exporters.word.fields import Captions, complex_fields, join_codes, page_reference
from exporters.word.geometry import Section, Styles, flag, sections
from exporters.word.names import DIALECT, W15, C, R, W
from exporters.word.notes import KINDS, Notes
from exporters.word.scopes import Scopes
from exporters.word.xmlparts import Element, clean, is_fallback, parse, prefix_of, serialise

_SPLIT = "\ufdde"
_HERE = f"{W}contentsHere"
_RELATIONS = {"footnotes": rt.FOOTNOTES, "endnotes": rt.ENDNOTES, "comments": rt.COMMENTS}
_SEPARATOR = 6.2


class Document:
    """Compiles the main part of a template together with its notes and charts."""

    def __init__(
        self,
        package: Package,
        main: str,
        weaver: Weaver,
        bookmarks: Bookmarks,
        plans: list[list[Any]],
        faults: list[Fault],
    ) -> None:
        self._package, self._main, self._weaver, self._faults = package, main, weaver, faults
        self._bookmarks, self._plans = bookmarks, plans
        self._root = parse(package.read(main))
        self._styles = Styles(package, main)
        self._variables = 0
        self.notes: list[Notes] = []
        self.charts: list[dict[str, Any]] = []
        self.meta: dict[str, Any] = {}
        self.head, self.body = "", ""

    def compile(self) -> None:
        root, weaver = self._root, self._weaver
        clean(root)
        join_codes(root)
        body = root.find(f"{W}body")
        if body is None:
            self._faults.append(Fault("no-body", "the document has no body"))
            return
        found, holders = sections(body)
        emitter = Emitter(weaver, self._plans, prefix=prefix_of(root, W, "w"), w15=prefix_of(root, W15, "w15"))
        self._read_notes()
        places = Places(root, DIALECT)
        lists = listing.find(body)
        last = self._take_out_lists(lists, body)
        self._weave(root, places, emitter)
        for notes in self.notes:
            self._weave(notes.root, notes.place, emitter)
        scopes = Scopes(weaver)
        scopes.walk(root)
        self._refer(scopes, emitter)
        captions = Captions(weaver, emitter.values)
        captions.number(body, scopes)
        captions.refer(body, scopes)
        pages = self._page_references(body)
        blocks = Blocks(weaver, self._styles, scopes, emitter.values, found)
        names = self._name_paragraphs(root, scopes, emitter, lists, captions, pages, blocks)
        counted = bool(lists or pages)
        flows_on = last is not None and not self._begins_page(last)
        self.meta["flows_on"] = flows_on
        shown = [one for runs in pages.values() for one in runs]
        self.meta["rehearsed"] = flows_on or any(self._is_behind(one, last) for one in shown)
        if counted:
            self._count(blocks, body, holders, found)
        self._bookmarks.repeat_own(root, scopes)
        for one in (root, *(note for notes in self.notes for note in notes.dynamic.values())):
            self._bookmarks.free_ids(one, scopes)
        self._charts(root, scopes)
        for paragraph, own in names.items():
            self._bookmarks.enclose(paragraph, own)
        emitter.finish()
        self._insert_notes()
        self._keep_rows(root)
        self._split(root, body, last)
        self.meta |= self._list_meta(lists, blocks, found) if counted else {}

    # --- weaving -----------------------------------------------------------------------------------------------------

    def _weave(self, root: Element, places: Callable[[Element], str], emitter: Emitter) -> None:
        mark_fields(root)
        for item in TreeWeaver(DIALECT, self._weaver, self._faults, emitter).weave(root, places):
            message = f"{{%{item.tag.level} … %}} has no meaning in a Word document"
            self._faults.append(Fault("level", message, where=item.tag.place, hint="known are p and tr"))
        unmark_fields(root)

    def _take_out_lists(self, lists: list[listing.Contents], body: Element) -> Element | None:
        """Put calls in the place of the contents lists; return the child of the body that ends with the last one."""
        last: Element | None = None
        for number, one in enumerate(lists):
            holder = one.paragraphs[-1].getparent()
            assert holder is not None
            token = self._weaver.value(str(number), "", "_toc")
            mark, last = holder.makeelement(_HERE, {}), holder.makeelement(_HERE, {})
            one.paragraphs[0].addprevious(mark)
            mark.tail = token
            mark.addnext(last)
            last.tail, mark.tail = None, token
            listing.take_out(one)
            while last.getparent() is not body:
                parent = last.getparent()
                assert parent is not None
                last = parent
        return last

    def _begins_page(self, last: Element) -> bool:
        """Return whether what follows the contents lists certainly begins a page."""
        for element in last.itersiblings():
            if element.tag == f"{W}p":
                return self._styles.paragraph(element).break_before
            if element.tag in {f"{W}tbl", f"{W}sdt"}:
                return False
        return True

    def _is_behind(self, element: Element, last: Element | None) -> bool:
        """Return whether an element stands behind the contents lists."""
        if last is None:
            return False
        order = {one: number for number, one in enumerate(self._root.iter())}
        return order[element] > order[last]

    def _read_notes(self) -> None:
        relationships = self._package.relationships(self._main)
        for kind in KINDS:
            part = relationships.target_of_type(_RELATIONS[kind.name])
            if part and part in self._package:
                self.notes.append(Notes.read(kind, self._package.stored_name(part), self._package.read(part)))

    def _refer(self, scopes: Scopes, emitter: Emitter) -> None:
        """Decide which notes are written anew, each in the scope of its reference."""
        taken: list[tuple[Element, Element]] = []
        for notes in self.notes:
            for reference in list(self._root.iter(notes.kind.reference)):
                repeated = any(one.keyword == "for" for one in scopes.of(reference))
                found = None if is_fallback(reference) else notes.refer(reference, repeated)
                if found is not None:
                    emitter.copied(found[1], found[0])
                    taken.append((reference, found[0]))
        for reference, note in taken:
            scopes.walk(note, scopes.of(reference))

    def _insert_notes(self) -> None:
        weaver = self._weaver
        for notes in self.notes:
            notes.cut(controls=bool(notes.dynamic))
            for reference in notes.dynamic:
                self._variables += 1
                variable = f"_n{self._variables}"
                number = reference.get(f"{W}id", "")
                carriers = [
                    one
                    for one in self._root.iter(notes.kind.reference, *notes.kind.others)
                    if one is reference or (one.tag != notes.kind.reference and one.get(f"{W}id") == number)
                ]
                before(carriers[0], weaver.statement(f"set {variable} = '{notes.kind.name}'|_note", ""))
                notes.insert(weaver, reference, variable)
                for one in carriers:
                    one.set(f"{W}id", weaver.value(variable, "", "_raw"))

    # --- names -------------------------------------------------------------------------------------------------------

    def _page_references(self, body: Element) -> dict[str, list[Element]]:
        """Return the runs that show the page of a bookmark, by the bookmark's name."""
        found: dict[str, list[Element]] = {}
        for one in complex_fields(body):
            name = page_reference(one.code)
            texts = [text for run in one.results for text in run.iter(f"{W}t")]
            if name and texts:
                found.setdefault(name, []).extend(texts[:1])
                for extra in texts[1:]:
                    extra.text = ""
        return found

    def _name_paragraphs(
        self,
        root: Element,
        scopes: Scopes,
        emitter: Emitter,
        lists: list[listing.Contents],
        captions: Captions,
        pages: dict[str, list[Element]],
        blocks: Blocks,
    ) -> dict[Element, list[tuple[str, str]]]:
        """Return the names of the bookmarks that each paragraph gets; note what the page count must tell."""
        names: dict[Element, list[tuple[str, str]]] = {}
        sequences = {next(run.iterancestors(f"{W}p")): name for name, run, _ in captions.order}
        asked: dict[Element, list[str]] = {}
        twins = _other_forms(root, scopes)
        numbers: dict[Element, int] = {}
        for paragraph in self._named_paragraphs(root, scopes):
            number = self._bookmarks.number()
            number = numbers[paragraph] = numbers.get(twins.get(paragraph, paragraph), number)
            suffix = scopes.suffix(paragraph)
            own = names.setdefault(paragraph, [])
            if scopes.of(paragraph) or paragraph in emitter.holders or paragraph in scopes.varying:
                own.append((f"_bp_{number}", suffix))
            for one in lists if in_flow(paragraph) else ():
                level = one.level_of(paragraph, self._styles)
                listed = one.sequence and sequences.get(paragraph) == one.sequence
                if level or listed:
                    own.append((f"_Toc_{number}", suffix))
                    name = f"'_Toc_{number}'" + (f" ~ {suffix}" if suffix else "")
                    asked.setdefault(paragraph, []).append(f"{level or 1}, {one.sequence!r}, {name}")
                    break
            for start in paragraph.iter(f"{W}bookmarkStart"):
                name = start.get(f"{W}name", "")
                if name in pages:
                    inner = scopes.suffix(start)
                    asked.setdefault(paragraph, []).append(f"0, '', {name!r}" + (f" ~ {inner}" if inner else ""))
                    self._show_pages(pages[name], name, start, scopes)
        for row in root.iter(f"{W}tr"):
            first = self._first_of_row(row, scopes) if scopes.of(row) and not is_fallback(row) else None
            if first is not None:
                number = self._bookmarks.row_number()
                numbers[row] = numbers.get(twins.get(row, row), number)
                names.setdefault(first, []).insert(0, (f"_bp_r{numbers[row]}", scopes.suffix(row)))
        blocks.marks = {paragraph: f"({', '.join(parts)})" for paragraph, parts in asked.items()}
        return {paragraph: own for paragraph, own in names.items() if own}

    def _named_paragraphs(self, root: Element, scopes: Scopes) -> Iterator[Element]:
        yield from (one for one in root.iter(f"{W}p") if not is_fallback(one))
        for notes in self.notes:
            if notes.kind.name != "comments":
                for note in notes.dynamic.values():
                    yield from (one for one in note.iter(f"{W}p") if one in scopes)

    def _first_of_row(self, row: Element, scopes: Scopes) -> Element | None:
        around = scopes.of(row)
        return next((one for one in row.iter(f"{W}p") if scopes.of(one) == around), None)

    def _show_pages(self, texts: list[Element], name: str, start: Element, scopes: Scopes) -> None:
        suffix = scopes.suffix(start)
        for text in texts:
            same = not suffix or suffix in {one.suffix for one in scopes.of(text)}
            if same:
                full = f"{name!r} ~ {suffix}" if suffix else repr(name)
                text.text = self._weaver.value(full, "", f"_page({text.text or ''!r})")

    # --- pages -------------------------------------------------------------------------------------------------------

    def _count(self, blocks: Blocks, body: Element, holders: list[Element], found: list[Section]) -> None:
        blocks.body(body, holders)
        width = found[0].width if found else 450.0
        for notes in self.notes:
            if notes.kind.name != "footnotes":
                continue
            for note in notes.dynamic.values():
                blocks.note(note, width)
                before(note[0], self._weaver.statement(f"set _ = {NOTE_BEGINS}|_inside", ""))
                note[-1].tail = (note[-1].tail or "") + self._weaver.statement(f"set _ = {NOTE_ENDS}|_inside", "")

    def _list_meta(self, lists: list[listing.Contents], blocks: Blocks, found: list[Section]) -> dict[str, Any]:
        metas: list[dict[str, Any]] = []
        width = found[0].width if found else 450.0
        for one in lists:
            meta = one.meta(self._styles)
            for paragraph in one.paragraphs:
                level = str(self._styles.contents_level(paragraph) or 1)
                form = meta["forms"].get(level)
                if form is not None and "block" not in form:
                    run = self._styles.run(paragraph, None)
                    form["block"] = blocks.plain_paragraph(self._styles.paragraph(paragraph), run, width)
            metas.append(meta)
        return {
            "lists": metas,
            "blocks": blocks.blocks,
            "own": blocks.texts,
            "sections": [
                {"height": one.height, "kind": one.kind, "start": one.start, "form": one.number_form} for one in found
            ],
            "rules": {"separator": self._separator(), "adds": self._adds()},
        }

    def _separator(self) -> float:
        """Return the room between text and footnotes: the template's separator, or the least that an editor takes."""
        for notes in self.notes:
            lines = notes.root.iter(f"{W}separator") if notes.kind.name == "footnotes" else ()
            paragraph = next((one for line in lines for one in line.iterancestors(f"{W}p")), None)
            if paragraph is not None:
                form = self._styles.paragraph(paragraph)
                if form.rule == "exact":
                    return max(form.before + form.line + form.after, _SEPARATOR)
        return _SEPARATOR

    def _adds(self) -> bool:
        """Return whether spaces between paragraphs add up in this document."""
        part = self._package.relationships(self._main).target_of_type(rt.SETTINGS)
        if part is None or part not in self._package:
            return False
        settings = parse(self._package.read(part))
        return bool(flag(settings.find(f"{W}compat"), "doNotUseHTMLParagraphAutoSpacing"))

    # --- charts ------------------------------------------------------------------------------------------------------

    def _charts(self, root: Element, scopes: Scopes) -> None:
        relationships = self._package.relationships(self._main)
        for number, frame in enumerate(list(root.iter(f"{C}chart")), 1):
            rel_id = frame.get(f"{R}id", "")
            if rel_id not in relationships or is_fallback(frame):
                continue
            part = self._package.stored_name(relationships.target(rel_id))
            program = compile_chart(self._package, part, self._weaver, self._faults, f"chart {number}")
            repeated = any(one.keyword == "for" for one in scopes.of(frame))
            if program is None:
                continue
            self._variables += 1
            variable = f"_n{self._variables}"
            index = len(self.charts)
            source = self._weaver.raw(opening(f"chart:{index}") + program.source + closing())
            before(frame, self._weaver.statement(f"set {variable} = {index}|_chart", "") + source)
            frame.set(f"{R}id", self._weaver.value(variable, "", "_raw"))
            relations = chart_meta(self._package, part)
            self.charts.append({"meta": program.meta, "relations": relations, "rel": rel_id, "many": repeated})

    # --- text --------------------------------------------------------------------------------------------------------

    def _keep_rows(self, root: Element) -> None:
        """Let a table go whose rows may all be missing: a table without rows is not valid."""
        weaver = self._weaver
        for number, table in enumerate(list(root.iter(f"{W}tbl"))):
            depth, certain = weaver.depth(table.text or ""), False
            for child in table:
                certain |= depth == 0 and child.tag == f"{W}tr"
                depth += weaver.depth(child.tail or "")
            heads = [child for child in table if child.tag in {f"{W}tblPr", f"{W}tblGrid"}]
            if certain or not heads or table.find(f"{W}tr") is None:
                continue
            name = f"{HELD}{number}"
            before(table, weaver.statement(f"set {name}", ""))
            after(table, weaver.statement("endset", "") + weaver.value(name, "", "_table"))

    def _split(self, root: Element, body: Element, last: Element | None) -> None:
        """Make the program texts of what stands before the end of the contents, and of the rest."""
        weaver = self._weaver
        if last is not None:
            self._mark_split(body, last)
        text = serialise(root, controls=True).replace(f"<{prefix_of(root, W, 'w')}:{_HERE.removeprefix(W)}/>", "")
        head, split, rest = text.partition(_SPLIT)
        if not split:
            head, rest = "", head
        self.head, self.body = weaver.weave(head), weaver.weave(self._hoisted(head) + rest)

    def _mark_split(self, body: Element, last: Element) -> None:
        """Put the split at the first place behind *last* where no construct is open."""
        weaver = self._weaver
        depth = weaver.depth(body.text or "")
        depth += sum(weaver.depth(child.tail or "") for child in last.itersiblings(preceding=True))
        element: Element | None = last
        while element is not None:
            made: list[str] = []
            for piece, _ in [("", ""), *weaver.pieces(element.tail or "")]:
                depth += weaver.depth(piece)
                made.append(piece)
                if depth == 0:
                    element.tail = "".join((*made, _SPLIT, (element.tail or "")[len("".join(made)) :]))
                    return
            element = element.getnext()

    def _hoisted(self, head: str) -> str:
        """Return the assignments of the head outside all constructs: the rest, written first, may use them."""
        depth, found = 0, []
        for piece, statement in self._weaver.pieces(head):
            depth += self._weaver.depth(piece)
            if depth == 0 and statement.startswith("set ") and not statement.startswith("set _"):
                found.append(piece)
        return "".join(found)


def has_tags(data: bytes) -> bool:
    """Return whether a part may hold tags, without reading it as XML."""
    return b"{" in data and may_hold_tag(data.decode("utf-8", "replace"))


def _other_forms(root: Element, scopes: Scopes) -> dict[Element, Element]:
    """Return the rows that a condition puts in the place of the row before them, with that row, and their paragraphs.

    They differ in nothing but whether they are held to the next row, which may follow from how many there are. So
    they go by one name: what people do to the one is done to the other.
    """
    found: dict[Element, Element] = {}
    for row in root.iter(f"{W}tr"):
        first = row.getprevious()
        if first is None or first not in scopes or not scopes.of(row) or not scopes.of(first):
            continue
        *outside, asked = scopes.of(first)
        *around, here = scopes.of(row)
        if around == outside and here.excludes(asked) and _look(row) == _look(first):
            found[row] = first
            found.update(zip(row.iter(f"{W}p"), first.iter(f"{W}p"), strict=True))
    return found


def _look(row: Element) -> list[tuple[Any, dict[Any, Any]]]:
    """Return what a row is made of but for its words, and for what is held together."""
    return [(one.tag, dict(one.attrib)) for one in row.iter() if one.tag != f"{W}keepNext"]
