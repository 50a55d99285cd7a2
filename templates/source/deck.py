"""Builds deck.pptx of every template set and language: python-pptx over the design in deck_design.py.

    python templates/source/deck.py [--force]

A template that was edited by hand in Office is left as it is, unless --force is given.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from deck_charts import Series
from deck_design import (
    ACCENT,
    BODY_END,
    BODY_Y,
    FULL,
    GAP,
    GREY,
    INK,
    KAPOK,
    LEFT,
    MUTED,
    PALE,
    PLAIN,
    RIGHT,
    RULE,
    WHITE,
    Look,
    emu,
    layouts,
    master_xml,
    theme_xml,
)
from deck_districts import CARDS, DistrictSlides, row_names
from deck_kit import Canvas, P, Run
from deck_words import WORDS
from keeping import TEMPLATES, keep
from pptx import Presentation
from pptx.oxml import parse_xml

LOOKS = {
    ("standard", "zh"): Look("briefpack", "Arial", "微软雅黑", KAPOK),
    ("standard", "en"): Look("briefpack", "Calibri", "微软雅黑", KAPOK),
    ("gbt9704", "zh"): Look("briefpack-gbt9704", "Arial", "黑体", PLAIN),
    ("gbt9704", "en"): Look("briefpack-gbt9704", "Calibri", "黑体", PLAIN),
}
MESSAGES = {
    "city": "city.rows", "growth": "indicator.GDP.growth",
    "invest": "indicator.FAI.growth or indicator.IND_INVEST.growth",
    "work": "targets|selectattr('kind_code', 'eq', 'deliverable')|selectattr('place.n')|list", "progress": "observed",
    "gaps": "missing or elsewhere",
}  # fmt: skip
"""Each message of the whole deck, and when there is one."""
LOCALES = {"zh": "zh-CN", "en": "en-GB"}


class Deck(DistrictSlides):
    """One presentation being built."""

    def __init__(self, look: Look, lang: str) -> None:
        self.look, self.lang, self.words = look, LOCALES[lang], WORDS[lang]
        self.chinese, self.card = lang == "zh", CARDS[lang]
        self.prs = Presentation()
        self.prs.slide_width, self.prs.slide_height = emu(13.333), emu(7.5)
        self._design()

    def _design(self) -> None:
        master = self.prs.slide_masters[0]
        made = layouts(self.lang, self.words)
        for layout in list(self.prs.slide_layouts)[len(made) :]:
            self.prs.slide_layouts.remove(layout)
        self.layouts: dict[str, Any] = {}
        for layout, (name, xml) in zip(self.prs.slide_layouts, made.items(), strict=True):
            _replace(layout._element, xml)
            self.layouts[name] = layout
        from lxml import etree

        kept = etree.tostring(master._element.find("{*}sldLayoutIdLst"), encoding="unicode")
        _replace(master._element, master_xml(kept, 28 if self.chinese else 26, self.lang))
        for rel in master.part.rels.values():
            if rel.reltype.endswith("/theme"):
                rel.target_part._blob = theme_xml(self.look).encode()
        for rel in list(self.prs.part.package.iter_rels()):
            if rel.reltype.endswith("/thumbnail"):
                self.prs.part.package.drop_rel(rel.rId)

    def slide(self, layout: str, *, tags: tuple[str, ...] = ()) -> Canvas:
        canvas = Canvas(self.prs.slides.add_slide(self.layouts[layout]), self.lang)
        if tags:
            canvas.tags(*tags)
        return canvas

    def __getitem__(self, name: str) -> str:
        return self.words[name]

    # --- slides ----------------------------------------------------------------------------------------------------

    def cover(self) -> None:
        page = self.slide("Cover")
        page.fill(None, "Title", "{{ pack.title }}")
        page.fill(1, "Subtitle", "{{ pack.subtitle }}")
        page.fill(10, "Date", self["cover.date"])
        counts = ("pack.target_count", "pack.district_count", "sources|length")
        for at, (value, word) in enumerate(zip(counts, ("targets", "districts", "sources"), strict=True)):
            x = LEFT + at * 2.6
            page.text(
                f"Count {word}", (x, 4.93, 2.4, 0.72), f"{{{{ {value} }}}}", size=40, bold=True, colour=WHITE, line=85
            )
            page.text(f"Word {word}", (x, 5.68, 2.4, 0.36), self[f"cover.{word}"], size=16, colour=RULE)
        page.notes("{{ pack.title }}", "{{ pack.note }}")

    def messages(self) -> None:
        """What the whole deck says, before its parts."""
        page = self.slide("Messages")
        page.fill(None, "Headline", self["k.title"])
        page.fill(10, "Who", self["k.who"])
        paragraphs: list[P | str] = []
        for name, condition in MESSAGES.items():
            lead, _, text = self[f"k.{name}"].partition("|")
            said = P([Run(lead, None, True, ACCENT), Run(text)])
            paragraphs += [f"{{%p if {condition} %}}", said, "{%p endif %}"]
        page.fill(13, "Messages", *paragraphs)
        page.fill(11, "Source", self["s.foot"])
        page.page()
        page.notes("{{ pack.note }}")

    def city(self) -> None:
        page = self.slide("Statement", tags=("{%slide if city.targets %}" + row_names("city", 4) + "{%slide endif %}",))
        page.fill(None, "Headline", self["city.title"])
        page.fill(10, "Who", self["city.who"])
        width = (FULL - 3 * GAP) / 4
        for at in range(4):
            row = f"r{at + 1}"
            self._card(page, row, (LEFT + at * (width + GAP), BODY_Y, width, self.card.height), 32, row)
        self._city_below(page)
        page.fill(11, "Source", self["d.source"].replace("district.", "city."))
        page.page()
        self._notes(page, "city")

    def _city_below(self, page: Canvas) -> None:
        top = BODY_Y + self.card.height + 0.35
        half = (FULL - GAP) / 2
        heading = Run(self["city.quotes"], 16, True)
        clauses = "(city.targets|map(attribute='clause')|unique|list)[:3]"
        page.rule((LEFT, top, 0.04, BODY_END - top), ACCENT)
        page.text(
            "Quotes",
            (LEFT + 0.2, top, half - 0.2, BODY_END - top),
            heading,
            f"{{% for clause in {clauses} %}}",
            P(self["city.quote"], before=6),
            "{% endfor %}",
        )
        x = LEFT + half + GAP + 0.2
        page.rule((x - 0.2, top, half, BODY_END - top), PALE)
        page.text("Coverage", (x, top + 0.16, half - 0.4, 0.36), self["city.coverage"], bold=True)
        for at, (name, word) in enumerate((("covered", "full"), ("elsewhere", "elsewhere"), ("missing", "missing"))):
            y = top + 0.62 + at * 0.7
            colour = MUTED if name == "missing" else INK
            page.text(
                f"Number {word}",
                (x, y, 0.8, 0.56),
                f"{{{{ {name}|length }}}}",
                size=32,
                bold=True,
                colour=colour,
                line=85,
            )
            page.text(f"Word {word}", (x + 0.85, y + 0.16, half - 1.3, 0.36), self[f"city.{word}"])

    def comparison(self, indicator: str, code: str, name: str, line: str) -> None:
        """All districts that state growth of one indicator, as columns, with a named line across."""
        x = f"indicator.{code}"
        page = self.slide("Statement", tags=(f"{{%slide if {x}.growth|length > 1 %}}{{%slide endif %}}",))
        page.fill(None, "Headline", self[f"{indicator}.title"])
        page.fill(10, "Who", self[f"{indicator}.who"])
        end = "{% if loop.last %}{{ " + line + " }}{% endif %}"
        series = [
            Series(self["cmp.value"], "{{ t.value }}", GREY, leader=ACCENT),
            Series(self[f"{indicator}.line"], "{{ " + line + " }}", INK, line=True),
            Series(self[f"{indicator}.line"], end, INK, label="General", line=True, named=True),
        ]
        page.chart(
            name,
            (LEFT, BODY_Y, FULL, 4.2),
            series,
            self["cmp.category"],
            f"for t in {x}.growth[:12]",
            self["cmp.alt"].replace("x.", f"{x}."),
            horizontal=False,
            size=14 if self.chinese else 13,
            gap=70,
        )
        if indicator == "gdp":
            page.text("Absent", (LEFT, 6.26, FULL, 0.36), self["gdp.absent"], colour=MUTED)
        page.fill(11, "Source", self["cmp.source"].replace("x.", f"{x}."))
        page.page()
        each = self["n.target"].replace("{{ t.label }}", "{{ t.place.name }}　{{ t.label }}")
        page.notes(f"{{% for t in {x}.growth %}}", each, "{% endfor %}")

    def _notes(self, page: Canvas, place: str) -> None:
        page.notes(
            f"{{% for t in {place}.targets %}}",
            self["n.target"],
            "{% endfor %}",
            f"{{% for i in {place}.initiatives %}}",
            self["n.doing"],
            "{% endfor %}",
            f"{{% for s in {place}.sources %}}",
            self["n.source"],
            "{% endfor %}",
        )

    def progress(self) -> None:
        """What is behind comes first, on slides of its own."""
        behind = [Run(self["p.behind"], None, True, ACCENT)]
        on_time = (
            "{% if t.actual.status == 'met' %}"
            + self["p.met"]
            + "{% elif t.actual.status %}"
            + self["p.on_track"]
            + "{% else %}—{% endif %}"
        )
        self._progress("p.title.behind", "selectattr('actual.status', 'eq', 'behind')", behind)
        self._progress(
            "p.title.on_time", "selectattr('actual')|rejectattr('actual.status', 'eq', 'behind')", [Run(on_time)]
        )

    def _progress(self, title: str, chosen: str, status: list[Run]) -> None:
        found = f"observed|{chosen}|list"
        # At most nine rows on a slide, and about as many on each.
        slides = f"(({found}|length + 8) // 9)"
        size = f"[({found}|length + {slides} - 1) // [{slides}, 1]|max, 1]|max"
        page = self.slide("Statement", tags=(f"{{%slide for part in {found}|batch({size}) %}}", "{%slide endfor %}"))
        page.fill(None, "Headline", self[title])
        page.fill(10, "Who", self["p.who"])
        names = ("place", "indicator", "target", "actual", "rate", "status")
        page.table(
            "Progress",
            (LEFT, BODY_Y, FULL, 0.92),
            (1.3, 2.9, 2.95, 2.65, 1.2, FULL - 11),
            [self[f"p.{name}"] for name in names],
            "for t in part",
            [
                "{{ t.place.short|fit(1) }}",
                self["p.name"],
                self["p.aim"],
                Run("{{ t.actual.text|fit(1) }}", None, True),
                "{{ t.actual.rate_text|dash }}",
                status,
            ],
            descr=self["p.alt"],
            right=(4,),
        )
        page.fill(11, "Source", self["p.source"])
        page.page()
        page.notes(
            "{% for t in part %}",
            self["n.target"].replace("{{ t.label }}", "{{ t.place.name }}　{{ t.label }}"),
            "{% endfor %}",
        )

    def reading(self) -> None:
        page = self.slide("Columns")
        page.fill(None, "Headline", self["h.title"])
        page.fill(10, "Who", self["h.who"])
        half = (FULL - GAP) / 2
        rows = [self["h.words"], *(self[f"h.w{n}"] for n in range(1, 8))]
        page.static_table(
            "Words",
            (LEFT, BODY_Y, half, 1.0),
            (2.4, half - 2.4),
            [row.split("|") for row in rows],
            height=(BODY_END - BODY_Y) / len(rows),
            descr=self["h.who"],
        )
        page.fill(
            14,
            "Care",
            Run(self["h.care"], None, True),
            "{% if missing %}",
            P(self["h.missing"], level=1),
            "{% endif %}",
            "{% if elsewhere %}",
            P(self["h.elsewhere"], level=1),
            "{% endif %}",
            "{% for t in flagged %}{% for f in t.flags %}{% if f.code in ['looks_high', 'looks_low'] %}",
            P(self["h.flag"], level=1),
            "{% endif %}{% endfor %}{% endfor %}",
            P(self["h.note"], level=1),
        )
        page.fill(11, "Source", self["s.foot"])
        page.page()
        page.notes(
            self["h.note"],
            "{% for t in flagged %}",
            self["n.target"].replace("{{ t.label }}", "{{ t.place.name }}　{{ t.label }}"),
            "{% endfor %}",
        )

    def sources(self) -> None:
        page = self.slide("Statement", tags=("{%slide for part in sources|batch(7) %}", "{%slide endfor %}"))
        page.fill(None, "Headline", self["s.title"])
        page.fill(10, "Who", self["s.who"])
        page.table(
            "Sources",
            (LEFT, BODY_Y, FULL, 1.0),
            (0.7, FULL - 3.3, 2.6),
            [self["s.n"], self["s.source"], self["s.count"]],
            "for s in part",
            ["{{ s.n }}", "{{ s.citation|fit(2) }}", self["s.counted"]],
            height=0.6,
            descr=self["s.alt"],
            right=(2,),
        )
        page.fill(11, "Source", self["s.foot"])
        page.page()
        page.notes("{% for s in part %}", self["n.source"], "{% endfor %}")

    def build(self) -> bytes:
        self.cover()
        self.messages()
        self.city()
        self.comparison("gdp", "GDP", "GDP chart", "indicator.GDP.city_growth.value")
        self.comparison("fai", "FAI", "Investment chart", "indicator.FAI.median_growth")
        self.districts()
        self.progress()
        self.reading()
        self.sources()
        properties = self.prs.core_properties
        properties.title, properties.author = "{{ pack.title }}", "{{ pack.office }}"
        properties.subject, properties.language = "{{ pack.subtitle }}", self.lang
        properties.last_modified_by = ""
        import datetime as dt

        properties.created = properties.modified = dt.datetime(2023, 1, 1)
        out = io.BytesIO()
        self.prs.save(out)
        return out.getvalue()


def _replace(element: Any, xml: str) -> None:
    """Give an element of the package the attributes and children of *xml*; whoever holds it sees the new ones."""
    new = parse_xml(xml)
    element.attrib.clear()
    for child in list(element):
        element.remove(child)
    for name, value in new.attrib.items():
        element.set(name, value)
    for child in list(new):
        element.append(child)


def main() -> None:
    force = "--force" in sys.argv
    for (name, lang), look in LOOKS.items():
        path = TEMPLATES / name / lang / "deck.pptx"
        print(f"{path.relative_to(TEMPLATES)}: {keep(path, Deck(look, lang).build(), force=force)}")


if __name__ == "__main__":
    main()

__all__ = ["PALE", "RIGHT", "Deck", "main"]
