"""The slides of the districts: four variants by how many figures a district states, each with a chart of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from deck_charts import Series
from deck_design import ACCENT, BODY_END, BODY_Y, GREY, INK, LEFT, MAIN, MUTED, NIGHT, PANEL, PANEL_X, RULE
from deck_kit import Canvas, P, Run

Box = tuple[float, float, float, float]
CARD_GAP = 0.1


@dataclass(frozen=True)
class Card:
    """Where the lines of a card stand below its rule, in inches; English words take two lines more often."""

    height: float
    figure: tuple[float, float]
    strength: tuple[float, float]


CARDS = {"zh": Card(1.44, (0.4, 0.7), (1.1, 0.34)), "en": Card(1.6, (0.6, 0.48), (1.09, 0.58))}


class DistrictSlides:
    """The part of the deck that is repeated; the deck gives words, language and slides."""

    chinese: bool
    card: Card

    def __getitem__(self, name: str) -> str:
        raise NotImplementedError

    def slide(self, layout: str, *, tags: tuple[str, ...] = ()) -> Canvas:
        raise NotImplementedError

    def _notes(self, page: Canvas, place: str) -> None:
        raise NotImplementedError

    def districts(self) -> None:
        """One slide for each district, in four variants by how many figures it states."""
        count = "district.top|length"
        self._figures(
            ("{%slide for district in districts %}", f"{{%slide if {count} > 4 %}}", "{%slide endif %}"), 3, 6, 32
        )
        self._figures((f"{{%slide if {count} in [3, 4] %}}", "{%slide endif %}"), 2, 4, 40)
        self._figures((f"{{%slide if {count} in [1, 2] %}}", "{%slide endif %}"), 1, 2, 40)
        self._missing((f"{{%slide if {count} == 0 %}}", "{%slide endif %}", "{%slide endfor %}"))

    def _figures(self, tags: tuple[str, ...], columns: int, cards: int, size: float) -> None:
        rates = "{%slide set rates = district.growth[:6]|sort(attribute='value', reverse=true) %}"
        page = self.slide("Figures", tags=(*tags, rates, row_names("district", cards)))
        page.fill(None, "Headline", self["d.headline"])
        page.fill(10, "Who", self["d.who"])
        width = (MAIN - (columns - 1) * 0.25) / columns
        for at in range(cards):
            down, across = divmod(at, columns)
            box = (
                LEFT + across * (width + 0.25),
                BODY_Y + down * (self.card.height + CARD_GAP),
                width,
                self.card.height,
            )
            self._card(page, f"r{at + 1}", box, size, f"r{at + 1}")
            if (at >= cards - 2 and at % 2) or (columns == 3 and at == 5):
                self._rest_card(page, box, size, f"not r{at + 1}")
        self._initiatives(page)
        self._growth_chart(page)
        page.fill(11, "Source", self["d.source"])
        page.page()
        self._notes(page, "district")

    def _card(self, page: Canvas, row: str, box: Box, size: float, condition: str) -> None:
        """A rule, the indicator, its number with the words of strength beside it, and what goes with it."""
        x, y, w, _ = box
        base = f"{row}.base"
        card = page.group(f"Card {row[1:]}", condition)
        card.rule((x, y, w, 0.02), INK)
        flag = f"{{% for f in {base}.flags %}}{{% if f.code in ['looks_high', 'looks_low'] %}}{self['d.flag']}"
        flag += "{% endif %}{% endfor %}"
        card.text("Label", (x, y + 0.09, w, 0.34), f"{{{{ {row}.short }}}}" + (flag if self.chinese else ""), bold=True)
        top, high = self.card.figure
        # One number leads the page: the first card's is in the accent colour and the others are not.
        shade = ACCENT if row == "r1" else NIGHT
        small, big = {"size": 16.0}, {"size": size, "bold": True, "colour": shade}
        if self.chinese:
            number = [
                P(
                    [
                        Run(f"{{{{ {base}.lead }}}}", **small),
                        Run(f"{{{{ {base}.amount }}}}", **big),
                        Run(f"{{{{ {base}.tail }}}}", **small),
                    ]
                )
            ]
            card.text("Figure", (x, y + top, w, high), *number, anchor="b", fit="normAutofit", line=85, size=size)
        else:
            card.text("Lead", (x, y + 0.34, w, 0.28), flag + f"{{{{ {base}.lead|trim }}}}")
            number = [P(Run(f"{{{{ {base}.amount }}}}", min(size, 32), True, shade))]
            card.text(
                "Figure", (x, y + top, w, high), *number, anchor="b", fit="normAutofit", line=85, size=min(size, 32)
            )
        top, high = self.card.strength
        both = re.sub(r"\br\b", row, "{{ r.base.word }}" + self["d.both"])
        card.text("Strength", (x, y + top, w, high), both, colour=MUTED)

    def _rest_card(self, page: Canvas, box: Box, size: float, condition: str) -> None:
        """The last place of the grid, where no figure fills it: how many targets there are in all."""
        x, y, w, _ = box
        card = page.group("All targets", condition)
        card.rule((x, y, w, 0.02), RULE)
        card.text(
            "Count",
            (x, y + self.card.figure[0], w, self.card.figure[1]),
            "{{ district.targets|length }}",
            size=size if self.chinese else min(size, 32),
            bold=True,
            colour=MUTED,
            anchor="b",
            line=85,
        )
        card.text("Word", (x, y + self.card.strength[0], w, 0.34), self["d.rest"], colour=MUTED)

    def _initiatives(self, page: Canvas) -> None:
        page.fill(
            13,
            "Initiatives",
            "{% if district.initiatives %}",
            Run(self["d.doing"], None, True),
            "{% for i in district.initiatives[:4] %}",
            P("{{ i.text|fit(1) }}", level=1),
            "{% endfor %}",
            "{% else %}",
            Run(self["d.origin"], None, True),
            "{% for x in (district.flagged|map(attribute='flag_text')|unique|list)[:2] %}",
            P(self["d.origin.text"], level=1),
            "{% endfor %}",
            "{% for x in (district.targets|map(attribute='note')|select|unique|list)[:1] %}",
            P(self["d.origin.text"], level=1),
            "{% endfor %}",
            P(self["d.origin.none"], level=1),
            "{% endif %}",
        )

    def _growth_chart(self, page: Canvas) -> None:
        heading = [
            Run(
                f"{{% if district.growth %}}{self['d.chart']}{{% elif indicator.GDP.growth %}}{self['d.context']}{{% endif %}}"
            )
        ]
        page.fill(14, "Chart heading", heading)
        box = (PANEL_X + 0.1, BODY_Y + 0.8, PANEL - 0.2, BODY_END - BODY_Y - 0.9)
        others = "indicator[t.indicator]"
        median = f"{{{{ {others}.median_growth if {others}.growth|length > 1 else none }}}}"
        series = [
            Series(self["d.chart.own"], "{{ t.value }}", ACCENT),
            Series(self["d.chart.median"], median, GREY, label=self["d.chart.format"], label_colour=MUTED),
        ]
        size = 13
        # Two bars alone would be blocks: where there are few, they keep their weight by wider gaps.
        for condition, gap in (("rates|length > 2", 70), ("rates|length in [1, 2]", 220)):
            shown = f"{{%shape if {condition} %}}{{%shape endif %}}"
            page.chart(
                "Growth chart",
                box,
                series,
                self["d.chart.category"],
                "for t in rates",
                shown + self["d.alt"],
                horizontal=True,
                size=size,
                gap=gap,
                overlap=-5,
            )
        self._context_chart(page, box, "{%shape if not district.growth and indicator.GDP.growth %}{%shape endif %}")

    def _context_chart(self, page: Canvas, box: Box, condition: str) -> None:
        series = [Series(self["cmp.value"], "{{ t.value }}", GREY)]
        page.chart(
            "Context chart",
            box,
            series,
            self["d.context.category"],
            "for t in indicator.GDP.growth[:8]",
            condition + self["d.context.alt"],
            horizontal=True,
            size=14 if self.chinese else 12,
            gap=55,
        )

    def _missing(self, tags: tuple[str, ...]) -> None:
        page = self.slide("Figures", tags=tags)
        page.fill(None, "Headline", self["m.headline"])
        page.fill(10, "Who", self["d.who"])
        page.rule((LEFT, BODY_Y, MAIN, 0.02), INK)
        page.text(
            "Coverage", (LEFT, BODY_Y + 0.16, MAIN, 0.58), self["m.big"], size=32, bold=True, colour=MUTED, line=85
        )
        page.text(
            "Explanation",
            (LEFT, BODY_Y + 0.78, MAIN - 0.4, self.card.height - 0.73),
            self["m.text"],
        )
        width = (MAIN - 0.25) / 2
        for at, (word, value) in enumerate((("m.city", "city_growth.text"), ("m.median", "median_growth|percent"))):
            x, y = LEFT + at * (width + 0.25), BODY_Y + self.card.height + CARD_GAP
            card = page.group(f"Comparison {at + 1}", f"indicator.GDP.{value.split('.')[0].split('|')[0]}")
            card.rule((x, y, width, 0.02), RULE)
            card.text("Label", (x, y + 0.09, width, 0.34), self[word], bold=True)
            card.text(
                "Figure",
                (x, y + self.card.figure[0], width, self.card.figure[1]),
                f"{{{{ indicator.GDP.{value} }}}}",
                size=32,
                bold=True,
                colour=MUTED,
                anchor="b",
                line=85,
            )
            card.text("Use", (x, y + self.card.strength[0], width, 0.34), self["m.contrast"], colour=MUTED)
        page.fill(
            13,
            "Initiatives",
            "{% if district.initiatives %}",
            Run(self["d.doing"], None, True),
            "{% for i in district.initiatives[:4] %}",
            P("{{ i.text|fit(1) }}", level=1),
            "{% endfor %}",
            "{% else %}",
            Run(self["m.need"], None, True),
            P(self["m.need.1"], level=1),
            P(self["m.need.2"], level=1),
            "{% endif %}",
        )
        page.fill(14, "Chart heading", "{% if indicator.GDP.growth %}" + self["d.context"] + "{% endif %}")
        compared = "{%shape if indicator.GDP.growth %}{%shape endif %}"
        self._context_chart(page, (PANEL_X + 0.1, BODY_Y + 0.8, PANEL - 0.2, BODY_END - BODY_Y - 0.9), compared)
        page.fill(11, "Source", self["m.source"])
        page.page()
        page.notes(self["n.none"], "{% for i in district.initiatives %}", self["n.doing"], "{% endfor %}")


def row_names(place: str, count: int) -> str:
    """Slide tags that name the first rows of a place r1, r2, ..."""
    return "".join(f"{{%slide set r{at + 1} = {place}.top[{at}] %}}" for at in range(count))
