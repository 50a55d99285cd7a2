"""Builds the Word templates: ``python templates/source/word.py [--force]``.

Each is an ordinary .docx whose tags are visible text. Edit it in Word and it stays yours: this script leaves a template
alone whose bytes are not the ones that it wrote last.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from docx import Document
from docx.document import Document as DocumentType
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import parse_xml

sys.path.insert(0, str(Path(__file__).resolve().parent))

from keeping import TEMPLATES, keep
from wordkit import (
    DECLARED,
    Bookmark,
    Cell,
    Content,
    Raw,
    Run,
    add,
    add_chart,
    add_footnotes,
    bold,
    contents,
    field,
    footnote,
    inline_chart,
    paragraph,
    row,
    runs,
    table,
    twips,
    workbook,
)
from wordlooks import MM, Look, gbt9704, standard
from wordparts import chart_xml, numbering_xml, settings_xml, styles_xml
from wordwords import DOUBTFUL, EN, ZH, Words

SHORT = 8
"""A table of no more rows than this is not divided by the end of a page."""
FIXED = "2023-01-01T00:00:00Z"


class Briefing:
    """One template being put together."""

    def __init__(self, look: Look, words: Words) -> None:
        self.look, self.words = look, words
        self.document: DocumentType = Document()
        self.marks = Bookmark()
        self.xml: list[str] = []

    def say(self, content: Content, style: str = "", properties: str = "") -> None:
        self.xml.append(paragraph(content, style, properties))

    def build(self) -> bytes:
        self._frame()
        self._front()
        self._city()
        self._overview()
        self._progress()
        self._districts()
        self._notes()
        self._sources()
        add(self.document, "".join(self.xml))
        add_footnotes(self.document, [runs(self.words.footnote)] * 2)
        out = BytesIO()
        self.document.save(out)
        return out.getvalue()

    # --- frame -------------------------------------------------------------------------------------------------------

    def _frame(self) -> None:
        document, look, words = self.document, self.look, self.words
        document.part._styles_part._element = parse_xml(styles_xml(look, words.lang))
        document.part.numbering_part._element = parse_xml(numbering_xml(look))
        document.settings.element.getparent()
        document.part._settings_part._element = parse_xml(settings_xml(look, words.lang))
        package = document.part.package
        for rel_id, relation in list(package.rels.items()):
            if relation.reltype.endswith("/thumbnail"):
                package.rels.pop(rel_id)
        for rel_id, relation in list(document.part.rels.items()):
            if relation.reltype in {RT.CUSTOM_XML, RT.WEB_SETTINGS}:
                document.part.rels.pop(rel_id)
        core = document.core_properties
        core.title = "{{ pack.title }}"
        core.author = "{{ pack.office|default('briefpack', true) }}"
        core.subject = "{{ pack.subtitle }}"
        core.language = "{{ pack.locale }}"
        core.comments = ""
        core.keywords = ""
        core.last_modified_by = "briefpack"
        core.revision = 1
        for element in core._element:
            if element.tag.endswith("}created") or element.tag.endswith("}modified"):
                element.text = FIXED
        self._section()

    def _section(self) -> None:
        document, look = self.document, self.look
        top, right, bottom, left = (twips(value * MM) for value in look.margins)
        section = document.sections[0]
        sect = section._sectPr
        for child in list(sect):
            sect.remove(child)
        document.part.package  # noqa: B018 - the parts below belong to it
        width, height = twips(210 * MM), twips(297 * MM)
        footer = twips(look.footer_mm * MM)
        for xml in (
            f'<w:pgSz {DECLARED} w:w="{width}" w:h="{height}"/>',
            f'<w:pgMar {DECLARED} w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" w:header="624" '
            f'w:footer="{footer}" w:gutter="0"/>',
            f'<w:cols {DECLARED} w:space="425"/>',
            *([f"<w:titlePg {DECLARED}/>"] if look.header else []),
            f'<w:docGrid {DECLARED} w:type="default"/>',
        ):
            sect.append(parse_xml(xml))
        if look.header:
            self._fill(section.header, "Header", ["{{ pack.title }}"])
            self._fill(section.first_page_header, "Header", [""])
            first, between, last = self.words.footer
            numbers: list[object] = [first, field("PAGE", "1"), between, field("NUMPAGES", "1"), last]
            self._fill(section.footer, "Footer", numbers)
            self._fill(section.first_page_footer, "Footer", numbers)
            return
        number = ["— ", field("PAGE", "1"), " —"]
        self._fill(section.footer, "Footer", number)
        self._fill(section.even_page_footer, "Footer", number, '<w:ind w:left="280" w:right="0"/><w:jc w:val="left"/>')

    def _fill(self, story: object, style: str, content: Content, properties: str = "") -> None:
        story.is_linked_to_previous = False  # type: ignore[attr-defined]
        element = story._element  # type: ignore[attr-defined]
        for child in list(element):
            element.remove(child)
        element.append(parse_xml(paragraph(content, style, properties).replace("<w:p>", f"<w:p {DECLARED}>", 1)))

    # --- front -------------------------------------------------------------------------------------------------------

    def _front(self) -> None:
        words = self.words
        if self.look.name == "standard":
            self.say(words.kicker, "Kicker")
        self.say("{{ pack.title }}", "Title")
        self.say("{{ pack.subtitle }}", "Subtitle")
        self.say(words.byline, "Byline")
        messages = words.key_messages
        if self.look.name == "standard":
            self._key_figures()
            messages = messages[1:]
        self.say(words.key, "Heading1")
        for condition, lead, text in messages:
            self.say("{%p if " + condition + " %}")
            self.say([bold(lead), text], "KeyMessage")
            self.say("{%p endif %}")
        self.say(words.contents, "TOCHeading")
        first, second, third = words.example
        entries = [("TOC1", first, "1"), ("TOC1", second, "2"), ("TOC2", third, "3")]
        self.xml.append(contents('TOC \\o "1-2" \\h \\z \\u', entries))

    def _key_figures(self) -> None:
        """The city's first four targets, each a big figure with its words of strength."""
        words, widths = self.words, self.widths(1, 1, 1, 1)
        small = '<w:b w:val="0"/><w:bCs w:val="0"/>' + f'<w:sz w:val="{round(self.look.faces["KeyNote"].size * 2)}"/>'
        gap = " " if words.lang == "en" else ""
        cells = []
        for at in range(4):
            row_set = f"{{% set r = city.top[{at}] %}}"
            figure: Content = [
                Run("{% if r.base.lead %}{{ r.base.lead }}{% endif %}", small),
                Run("{{ r.base.amount|default(r.base.text, true) }}"),
                Run("{% if r.base.tail %}" + gap + "{{ r.base.tail }}{% endif %}", small),
            ]
            more = paragraph(figure, "KeyFigure") + paragraph(words.key_note, "KeyNote")
            cells.append(Cell(row_set + "{{ r.short }}", "KeyLabel", more=more))
        self.say("{%p if city.top %}")
        self.xml.append(table([row(cells, widths, 60)], widths, "KeyTable", words.captions["city"], heads=""))
        self.say("{%p endif %}")

    def caption(self, key: str, mark: str = "", *, figure: bool = False) -> None:
        words = self.words
        label = words.figure if figure else words.table
        gap = " " if words.lang == "en" else "\u00a0"
        name = [Run(label + gap), field(f"SEQ {label} \\* ARABIC", "1")]
        numbered: Content = self.marks.around(mark, runs(name)) if mark else name
        between = "　" if words.lang == "zh" else ". "
        style = "FigureCaption" if figure else "Caption"
        self.say([*(numbered if isinstance(numbered, list) else [numbered]), between, words.captions[key]], style)

    def refer(self, mark: str, *, figure: bool = False) -> Raw:
        words = self.words
        label = words.figure if figure else words.table
        gap = " " if words.lang == "en" else "\u00a0"
        return field(f"REF {mark} \\h", f"{label}{gap}1")

    # --- tables ------------------------------------------------------------------------------------------------------

    def widths(self, *shares: float) -> list[float]:
        """Widths of columns in whole twentieths of a point, by their shares of the text width."""
        total = sum(shares)
        made = [twips(self.look.width * share / total) / 20 for share in shares]
        made[0] += self.look.width - sum(made)
        return made

    def head(self, key: str, widths: list[float], texts: int) -> str:
        cells = [
            Cell(text, "TableHead" if number in self._left(key) else "TableHeadFigure")
            for number, text in enumerate(self.words.heads[key])
        ]
        assert len(cells) == texts
        return row(cells, widths, self.look.row_height, head=True)

    @staticmethod
    def _left(key: str) -> set[int]:
        return {"district": {0}, "matrix": {0}, "progress": {0, 1}, "words": {0, 1, 2, 3}, "flags": {0, 1, 3}}[key]

    def rows(
        self, each: str, of: str, cells: list[Cell], widths: list[float], also: str = "", end: bool = True
    ) -> list[str]:
        """A row for *each* of a list, twice: as it is, and held to the next. *also* names further rows to hold.

        The rows of a short table stay together; of a long one the first two and the last two.
        """
        held = f"not loop.last and ({of}|length <= {SHORT} or loop.first or loop.revindex == 2)"
        held = f"({also} or {held})" if also else f"({held})"
        first, *between, last = cells
        made = []
        for opening, closing, kept in (
            ("{%tr for " + each + " %}{%tr if " + held + " %}", "{%tr endif %}", True),
            ("{%tr if not " + held + " %}", "{%tr endif %}" + "{%tr endfor %}" * end, False),
        ):
            content = last.content + closing if isinstance(last.content, str) else [*last.content, Run(closing)]
            outer = replace(first, content=opening + first.content), replace(last, content=content)
            made.append(row([outer[0], *between, outer[1]], widths, self.look.row_height, keep=kept))
        return made

    def target_table(self, rows: str, description: str) -> None:
        """Level and growth of an indicator in one row, base and stretch too, milestones under their total."""
        words = self.words
        zh = words.lang == "zh"
        zh_shares = (55, 28, 35, 15) if self.look.name == "standard" else (59, 27, 33, 14)
        widths = self.widths(*(zh_shares if zh else (54, 29, 34, 24)))
        main = [
            Cell("{{ r.label }}", "TableText"),
            Cell("{{ r.level.text|dash }}", "TableFigure"),
            Cell(words.growth, "TableFigure"),
            Cell("{{ r.word|dash }}", "TableFigure"),
        ]
        part = [
            Cell("{%tr for m in r.milestones %}" + words.milestone, "TableSub"),
            Cell("{{ m.text }}", "TableFigure"),
            Cell("—", "TableFigure"),
            Cell("{{ m.word|dash }}{%tr endfor %}{%tr endfor %}", "TableFigure"),
        ]
        made = self.rows("r in " + rows, rows, main, widths, "r.milestones", end=False)
        made = [self.head("district", widths, 4), *made, row(part, widths, self.look.row_height)]
        self.xml.append(table(made, widths, "BriefTable", description))

    def remarks(self, place: str) -> None:
        """What to know of the figures of a place, below their table."""
        words = self.words
        self.say("{%p if " + place + ".flagged|" + DOUBTFUL + " %}")
        self.say([bold(words.remarks), words.remark.replace("PLACE", place)], "Note", "<w:keepLines/>")
        self.say("{%p endif %}")

    # --- sections ----------------------------------------------------------------------------------------------------

    def _city(self) -> None:
        words = self.words
        self.say(words.city, "Heading1", "<w:pageBreakBefore/>")
        loop = [Run("{% for s in city.sources %}"), footnote(1), Run("{% endfor %}")]
        self.say([words.city_lead, *loop])
        self.say("{%p if city.targets %}")
        self.caption("city", "_Ref_city")
        self.target_table("city.rows", words.captions["city"])
        self.say("{%p endif %}")
        self.remarks("city")

    def _overview(self) -> None:
        words, look = self.words, self.look
        zh = words.lang == "zh"
        self.say(words.overview, "Heading1")
        before, behind = words.overview_lead
        self.say([before, self.refer("_Ref_matrix"), behind])
        self.caption("matrix", "_Ref_matrix")
        zh_shares = (
            (14.5, 14, 17, 12, 15, 12.5, 20.5, 14.5)
            if look.name == "standard"
            else (11, 14, 19, 13.5, 16, 13.5, 21.5, 13.5)
        )
        en_shares = (
            (55, 58.2, 68.8, 56, 68.8, 56, 56.2, 50.5)
            if look.name == "standard"
            else (62, 55, 69, 53.5, 69, 53.5, 55, 51)
        )
        widths = self.widths(*(zh_shares if zh else en_shares))
        invest = "{{ (d.target.industrial_investment_growth or d.target.industrial_investment_multiple).text|dash }}"
        cells = [
            Cell("{{ d.short }}", "TableText"),
            Cell("{{ d.target.gdp_growth.text|dash }}", "TableFigure"),
            Cell("{{ d.target.fai_level.text|dash }}", "TableFigure"),
            Cell("{{ d.target.fai_growth.text|dash }}", "TableFigure"),
            Cell("{{ d.target.industrial_investment_level.text|dash }}", "TableFigure"),
            Cell(invest, "TableFigure"),
            Cell("{{ d.target.industrial_va_level.text|dash }}", "TableFigure"),
            Cell("{{ d.target.industrial_va_growth.text|dash }}", "TableFigure"),
        ]
        rows = [self.head("matrix", widths, 8), *self.rows("d in districts", "districts", cells, widths)]
        self.xml.append(table(rows, widths, "BriefTable", words.captions["matrix"]))
        self.say("{%p if indicator.GDP.growth %}")
        self._chart()
        self.say("{%p endif %}")

    def _chart(self) -> None:
        words, look = self.words, self.look
        first, second, third = words.chart_series
        city = "{{ indicator.GDP.city_growth.value }}"
        longest = "12" if words.lang == "zh" else "14"
        rows = [
            (first, second, third, words.chart_line),
            (
                "{% for t in indicator.GDP.growth[:12] %}{{ t.place.short|clip(" + longest + ") }}\n{{ t.text }}",
                "{{ t.value }}",
                city,
                "{% if loop.last %}" + city + "{% endif %}{% endfor %}",
            ),
        ]
        book = workbook(rows, (28, 16, 16, 16))
        rel_id = add_chart(self.document, chart_xml(look, words.lang), book)
        lead, end = words.chart_lead
        self.say(
            [lead, self.refer("_Ref_chart", figure=True), end],
            "",
            '<w:keepNext/><w:keepLines/><w:spacing w:before="160"/>',
        )
        self.say(inline_chart(rel_id, look.width, look.chart_height, words.figure, words.chart_alt), "Figure",
                 f'<w:spacing w:before="0" w:after="0" w:line="{twips(look.chart_height)}" w:lineRule="atLeast"/>')  # fmt: skip
        self.caption("chart", "_Ref_chart", figure=True)

    def _progress(self) -> None:
        words, look = self.words, self.look
        zh = words.lang == "zh"
        self.say("{%p if observed %}")
        self.say(words.progress, "Heading1")
        self.say(words.progress_lead)
        self.caption("progress")
        zh_shares = (14, 51, 23.5, 21.5, 12.5, 13.5) if look.name == "standard" else (14, 45.5, 23.5, 22.5, 13.5, 17)
        widths = self.widths(*(zh_shares if zh else (16, 42, 28, 24, 14, 16)))
        met, on_track, behind = words.statuses
        status: Content = [
            Run(
                "{% if t.actual.status == 'met' %}"
                + met
                + "{% elif t.actual.status == 'on_track' %}"
                + on_track
                + "{% elif not t.actual.status %}—{% endif %}"
            ),
            Run(
                "{% if t.actual.status == 'behind' %}" + behind + "{% endif %}",
                f'<w:b/><w:color w:val="{look.reference}"/>',
            ),
        ]
        cells = [
            Cell("{{ t.place.short }}", "TableText"),
            Cell(words.progress_label, "TableText"),
            Cell("{{ t.text }}", "TableFigure"),
            Cell("{{ t.actual.text }}", "TableFigure"),
            Cell("{{ t.actual.rate_text|dash }}", "TableFigure"),
            Cell(status, "TableFigure"),
        ]
        rows = [self.head("progress", widths, 6), *self.rows("t in observed if t.actual", "observed", cells, widths)]
        self.xml.append(table(rows, widths, "BriefTable", words.captions["progress"]))
        self.say(words.progress_note, "Note")
        self.say("{%p endif %}")

    def _districts(self) -> None:
        words = self.words
        self.say(words.districts, "Heading1")
        self.say(words.districts_lead)
        self.say("{%p for d in districts %}")
        self.say(words.district, "Heading2")
        self.say("{%p if d.leader %}")
        self.say(words.leader, "Leader")
        self.say("{%p endif %}")
        self.say("{%p if d.targets %}")
        loop = [Run("{% for s in d.sources %}"), footnote(2), Run("{% endfor %}")]
        self.say([words.lead, *loop])
        self.caption("district")
        self.target_table("d.rows", words.captions["district"])
        self.say("{%p if d.themes %}")
        self.say(words.measures, "Label")
        self._themes()
        self.say("{%p else %}")
        self.say(words.no_measures, "Note", "<w:keepNext/>")
        self.say("{%p endif %}")
        if words.clauses:
            self.say("{%p if d.clauses %}")
            self.say([bold(words.clauses), "{{ d.clauses }}"], "Note", "<w:keepLines/>")
            self.say("{%p endif %}")
        self.say("{%p if d.coverage == 'other_source' %}")
        self.say(words.other_source, "Note")
        self.say("{%p endif %}")
        self.remarks("d")
        self.say("{%p else %}")
        self.say(words.no_source, "", "<w:keepLines/>")
        self.say("{%p endif %}")
        self.say("{%p endfor %}")

    def _themes(self) -> None:
        """What a district will do, a row for each theme."""
        between, end = self.words.theme
        widths = self.widths(*((21.5, 98.5) if self.look.name == "standard" else (20, 100)))
        each = "{% for i in th.initiatives %}{{ i.text }}{% if loop.last %}" + end + "{% else %}" + between
        cells = [Cell("{{ th.name }}", "TableLabel"), Cell(each + "{% endif %}{% endfor %}", "TableText")]
        rows = self.rows("th in d.themes", "d.themes", cells, widths)
        self.xml.append(table(rows, widths, "BriefTable", self.words.measures, heads="column"))

    def _notes(self) -> None:
        words, look = self.words, self.look
        self.say(words.notes, "Heading1")
        scope = words.notes_scope + ("。" if words.lang == "zh" else ". ")
        self.say([bold(scope), words.notes_missing + "{{ pack.note }}"])
        self.say("{%p if strengths %}")
        self.say([bold(words.notes_words + ("。" if words.lang == "zh" else ". ")), words.notes_words_used])
        self.say("{%p endif %}")
        self.caption("words")
        widths = self.widths(34, 36, 26, 34) if words.lang == "zh" else self.widths(32, 46, 26, 36)
        half = len(words.strengths) // 2
        rows = [self.head("words", widths, 4)]
        for left, right in zip(words.strengths[:half], words.strengths[half:], strict=True):
            cells = [Cell(text, "TableText") for text in (*left, *right)]
            rows.append(row(cells, widths, look.row_height, keep=left != words.strengths[half - 1]))
        self.xml.append(table(rows, widths, "BriefTable", words.captions["words"]))
        self.say("{%p if flagged|" + DOUBTFUL + " %}")
        self.caption("flags")
        widths = self.widths(*((15, 33, 20, 62) if words.lang == "zh" else (20, 37, 23, 59)))
        cells = [
            Cell("{%tr for t in flagged|" + DOUBTFUL + " %}{{ t.place.short }}", "TableText"),
            Cell("{{ t.label }}", "TableText"),
            Cell("{{ t.text }}", "TableFigure"),
            Cell("{{ t.flag_text }}{%tr endfor %}", "TableText"),
        ]
        rows = [self.head("flags", widths, 4), row(cells, widths, look.row_height)]
        self.xml.append(table(rows, widths, "BriefTable", words.captions["flags"]))
        self.say([words.notes_flags_lead + (" " if words.lang == "en" else ""), words.notes_unverified], "Note")
        self.say("{%p endif %}")

    def _sources(self) -> None:
        words = self.words
        self.say(words.sources, "Heading1")
        self.say("{%p for s in sources %}")
        # A short list stays whole, with its heading: two lines on a page of their own look lost.
        self.say("{%p if loop.first or loop.length < 7 and not loop.last %}")
        self.say(words.source, "SourceItem", "<w:keepNext/>")
        self.say("{%p else %}")
        self.say(words.source, "SourceItem")
        self.say("{%p endif %}")
        self.say("{%p endfor %}")


def main(arguments: list[str]) -> int:
    force = "--force" in arguments
    for make in (standard, gbt9704):
        for words in (ZH, EN):
            look = make(words.lang)
            path = TEMPLATES / look.name / words.lang / "briefing.docx"
            done = keep(path, Briefing(look, words).build(), force=force)
            print(f"{path.relative_to(TEMPLATES)}: {done}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
