"""Builds the Word templates: ``python templates/source/word.py [--force]``.

Each is an ordinary .docx whose tags are visible text. Edit it in Word and it stays yours: this script leaves a template
alone whose bytes are not the ones that it wrote last.
"""

from __future__ import annotations

import sys
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
        add_footnotes(self.document, [runs(self.words.footnote)])
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
            *([f'<w:titlePg {DECLARED}/>'] if look.header else []),
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
        self.say(words.key, "Heading1")
        for condition, lead, text in words.key_messages:
            self.say("{%p if " + condition + " %}")
            self.say([bold(lead), text], "KeyMessage")
            self.say("{%p endif %}")
        self.say(words.contents, "TOCHeading")
        first, second, third = words.example
        entries = [("TOC1", first, "1"), ("TOC1", second, "2"), ("TOC2", third, "3")]
        self.xml.append(contents('TOC \\o "1-2" \\h \\z \\u', entries))

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
        return {"district": {0, 4}, "matrix": {0}, "progress": {0, 1}, "words": {0, 1}, "flags": {0, 1, 3}}[key]

    def target_table(self, rows: str, description: str) -> None:
        """Level and growth of an indicator in one row, base and stretch too, milestones under their total."""
        words, look = self.words, self.look
        zh = words.lang == "zh"
        zh_shares = (35, 22, 25, 15, 23) if look.name == "standard" else (40, 22, 24, 13, 21)
        widths = self.widths(*(zh_shares if zh else (47, 22, 23, 20, 28)))
        period = "（{{ r.base.period }}）" if zh else " ({{ r.base.period }})"
        remark = "；" if zh else "; "
        main = row(
            [
                Cell(
                    "{%tr for r in " + rows + " %}{{ r.label }}{% if r.base.period_end.year|string != pack.year %}"
                    + period + "{% endif %}",
                    "TableText",
                ),
                Cell("{{ r.level.text|dash }}", "TableFigure"),
                Cell(words.growth, "TableFigure"),
                Cell("{{ r.word|dash }}", "TableFigure"),
                Cell(
                    "{% for f in r.base.flags %}{{ f.label }}{% if not loop.last %}" + remark + "{% endif %}{% endfor %}",
                    "TableText",
                ),
            ],
            widths,
            look.row_height,
        )
        part = row(
            [
                Cell("{%tr for m in r.milestones %}" + words.milestone, "TableSub"),
                Cell("{{ m.text }}", "TableFigure"),
                Cell("—", "TableFigure"),
                Cell("{{ m.word|dash }}", "TableFigure"),
                Cell("{%tr endfor %}{%tr endfor %}", "TableText"),
            ],
            widths,
            look.row_height,
        )
        self.xml.append(table([self.head("district", widths, 5), main, part], widths, "BriefTable", description))

    # --- sections ----------------------------------------------------------------------------------------------------

    def _city(self) -> None:
        words = self.words
        self.say(words.city, "Heading1", "<w:pageBreakBefore/>")
        loop = [Run("{% for s in city.sources %}"), footnote(1), Run("{% endfor %}")]
        self.say([words.city_lead, *loop])
        self.caption("city", "_Ref_city")
        self.target_table("city.rows", words.captions["city"])

    def _overview(self) -> None:
        words, look = self.words, self.look
        before, behind = words.overview_lead
        zh = words.lang == "zh"
        self.say(words.overview, "Heading1")
        stop = "。" if zh else "."
        chart = ["，增速比较见" if zh else "; growth is compared in ", self.refer("_Ref_chart", figure=True)]
        self.say([before, self.refer("_Ref_matrix"), *chart, behind.rstrip("。.") + stop])
        self.caption("matrix", "_Ref_matrix")
        zh_shares = (8, 12, 17, 12, 24, 24, 14) if look.name == "standard" else (8, 14, 18, 13, 22, 21, 15)
        en_shares = (14, 16, 20, 15.5, 24, 21, 21.5) if look.name == "standard" else (17, 15, 18, 14, 23, 21, 18)
        widths = self.widths(*(zh_shares if zh else en_shares))
        va = (
            "{% set level = d.target.industrial_va_level %}{% set growth = d.target.industrial_va_growth %}"
            "{% if level %}{{ level.text }}{% if growth %}" + ("，" if zh else ", ") + "{% endif %}{% endif %}"
            "{% if growth %}{{ growth.phrase }}{% endif %}{% if not (level or growth) %}—{% endif %}"
        )
        cells = [
            Cell("{%tr for d in districts %}{{ d.short }}", "TableText"),
            Cell("{{ d.target.gdp_growth.text|dash }}", "TableFigure"),
            Cell("{{ d.target.fai_level.text|dash }}", "TableFigure"),
            Cell("{{ d.target.fai_growth.text|dash }}", "TableFigure"),
            Cell(words.matrix_invest, "TableFigure"),
            Cell(va, "TableFigure"),
            Cell("{{ d.coverage_text }}{%tr endfor %}", "TableFigure"),
        ]
        rows = [self.head("matrix", widths, 7), row(cells, widths, look.row_height)]
        self.xml.append(table(rows, widths, "BriefTable", words.captions["matrix"]))
        self.say("{%p if indicator.GDP.growth %}")
        self._chart()
        self.say("{%p endif %}")

    def _chart(self) -> None:
        words, look = self.words, self.look
        first, second, third = words.chart_series
        rows = [
            (first, second, third),
            (
                "{% for t in indicator.GDP.growth[:12] %}{{ t.place.short }}\n{{ t.text }}",
                "{{ t.value }}",
                "{{ indicator.GDP.city_growth.value }}{% endfor %}",
            ),
        ]
        book = workbook(rows, (28, 16, 16))
        rel_id = add_chart(self.document, chart_xml(look, words.lang), book)
        self.say("", "Note", '<w:keepNext/><w:spacing w:before="0" w:after="0" w:line="160" w:lineRule="exact"/>')
        self.say(inline_chart(rel_id, look.width, look.chart_height, words.figure, words.chart_alt), "Figure",
                 f'<w:spacing w:before="0" w:after="0" w:line="{twips(look.chart_height)}" w:lineRule="atLeast"/>')  # fmt: skip
        self.caption("chart", "_Ref_chart", figure=True)
        self.say(words.figure_note, "Note")

    def _progress(self) -> None:
        words, look = self.words, self.look
        zh = words.lang == "zh"
        self.say("{%p if observed %}")
        self.say(words.progress, "Heading1")
        self.say(words.progress_lead)
        self.caption("progress")
        widths = self.widths(*((9, 25, 19, 18, 12, 24, 13) if zh else (15, 27, 19, 17, 11, 20, 12)))
        met, on_track, behind = words.statuses
        status = ("{% if t.actual.status == 'met' %}" + met + "{% elif t.actual.status == 'on_track' %}" + on_track
                  + "{% else %}" + behind + "{% endif %}{%tr endfor %}")  # fmt: skip
        cells = [
            Cell("{%tr for t in observed if t.actual %}{{ t.place.short }}", "TableText"),
            Cell("{{ t.label }}", "TableText"),
            Cell("{{ t.text }}", "TableFigure"),
            Cell("{{ t.actual.text }}", "TableFigure"),
            Cell("{{ t.actual.rate_text|dash }}", "TableFigure"),
            Cell("{{ t.actual.date }}", "TableFigure"),
            Cell(status, "TableFigure"),
        ]
        rows = [self.head("progress", widths, 7), row(cells, widths, look.row_height)]
        self.xml.append(table(rows, widths, "BriefTable", words.captions["progress"]))
        self.say("{%p endif %}")

    def _districts(self) -> None:
        words = self.words
        self.say(words.districts, "Heading1", "<w:pageBreakBefore/>" if self.look.name == "gbt9704" else "")
        self.say(words.districts_lead)
        self.say("{%p for d in districts %}")
        # A district with targets begins a page; one without stays where it falls.
        self.say("{%p if d.targets and d.n > 1 %}")
        self.say(words.district, "Heading2", "<w:pageBreakBefore/>")
        self.say("{%p else %}")
        self.say(words.district, "Heading2")
        self.say("{%p endif %}")
        self.say("{%p if d.leader %}")
        self.say(words.leader, "Leader")
        self.say("{%p endif %}")
        self.say("{%p if d.targets %}")
        loop = [Run("{% for s in d.sources %}"), footnote(1), Run("{% endfor %}")]
        self.say([words.lead, *loop])
        self.say("{%p if d.coverage == 'other_source' %}")
        self.say(words.other_source, "Note")
        self.say("{%p endif %}")
        self.caption("district")
        self.target_table("d.rows", words.captions["district"])
        self.say("{%p if d.themes %}")
        self.say(words.measures, "Label")
        self._themes()
        self.say("{%p endif %}")
        if words.clauses:
            self.say("{%p if d.clauses %}")
            self.say([bold(words.clauses), "{{ d.clauses }}"], "Note")
            self.say("{%p endif %}")
        self.say("{%p else %}")
        self.say(words.no_source, "", "<w:keepLines/>")
        self.say("{%p endif %}")
        self.say("{%p endfor %}")

    def _themes(self) -> None:
        """What a district will do, a row for each theme."""
        between, end = self.words.theme
        widths = self.widths(20, 100)
        each = "{% for i in th.initiatives %}{{ i.text }}{% if loop.last %}" + end + "{% else %}" + between
        cells = [
            Cell("{%tr for th in d.themes %}{{ th.name }}", "TableLabel"),
            Cell(each + "{% endif %}{% endfor %}{%tr endfor %}", "TableText"),
        ]
        rows = [row(cells, widths, self.look.row_height)]
        self.xml.append(table(rows, widths, "BriefTable", self.words.measures, head=False))

    def _notes(self) -> None:
        words, look = self.words, self.look
        self.say(words.notes, "Heading1", "<w:pageBreakBefore/>")
        scope = words.notes_scope + ("。" if words.lang == "zh" else ". ")
        self.say([bold(scope), words.notes_missing + "{{ pack.note }}"])
        self.say("{%p if strengths %}")
        self.say([bold(words.notes_words + ("。" if words.lang == "zh" else ". ")), words.notes_words_used])
        self.say("{%p endif %}")
        self.caption("words")
        widths = self.widths(40, 80)
        rows = [self.head("words", widths, 2)]
        rows += [
            row([Cell(word, "TableText"), Cell(meaning, "TableText")], widths, look.row_height)
            for word, meaning in words.strengths
        ]
        self.xml.append(table(rows, widths, "BriefTable", words.captions["words"]))
        self.say("{%p if flagged %}")
        self.caption("flags")
        widths = self.widths(*((12, 34, 22, 52) if words.lang == "zh" else (16, 34, 20, 50)))
        cells = [
            Cell("{%tr for t in flagged if " + DOUBTFUL + " %}{{ t.place.short }}", "TableText"),
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
        self.say(words.source, "SourceItem")
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
