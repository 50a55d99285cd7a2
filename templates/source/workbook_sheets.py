"""The sheets of the workbook templates."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Border
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet
from workbook_kit import (
    ACCENT,
    AMBER,
    AMBER_PALE,
    CENTER,
    FILL_IN,
    GREEN,
    GREEN_PALE,
    GREY,
    INDENTED,
    INDENTED_WRAP,
    INK,
    LEFT,
    LEFT_PLAIN,
    MUTED,
    NIGHT,
    PALE,
    RED,
    RED_PALE,
    RIGHT,
    RIGHT_WRAP,
    TOP_LEFT,
    UNDER,
    UNDER_NIGHT,
    WHITE,
    Looks,
    fill,
    line,
    page,
    ranked_columns,
)
from workbook_words import Words

from exporters.metrics import excel_width

RATES = '{% set rates = comparisons|selectattr("is_rate")|list %}'
# The columns that a line of the notes runs over.
_WIDE = 18 + 28 + 16 + 54
TOTALS = '{% set totals = comparisons|rejectattr("is_rate")|list %}'
PERCENT, RATE, DAY = "0.0####%", "0.0%", "yyyy-mm-dd"
# The two rows of the table of targets: percentages, and all others.
FIRST, LAST = 5, 6


class Builder:
    """Builds one language's workbook. ``alternatives`` collects name and alternative text of each chart."""

    def __init__(self, book: Workbook, words: Words) -> None:
        self.book, self.words = book, words
        self.looks = Looks(words.font)
        self.alternatives: list[tuple[str, str]] = []

    def build(self) -> None:
        words = self.words
        normal = self.book._named_styles["Normal"]
        normal.font = self.looks.font(10)
        sheet = self.book.active
        sheet.title = words.overview
        others = [self.book.create_sheet(name) for name in
                  (words.targets, words.matrix, words.measures, words.sources, words.notes)]  # fmt: skip
        self.overview(sheet)
        for make, other in zip(
            (self.targets, self.matrix, self.measures, self.sources, self.notes), others, strict=True
        ):
            make(other)
        for one, color in zip(self.book.worksheets, (ACCENT, NIGHT, NIGHT, GREY, GREY, GREY), strict=True):
            one.sheet_properties.tabColor = color
            one.sheet_view.zoomScale = 100
        properties = self.book.properties
        properties.title, properties.creator = "{{ pack.title }}", "{{ pack.office }}"
        properties.subject, properties.keywords = "{{ pack.subtitle }}", words.keywords
        properties.language = "{{ pack.locale }}"
        self.book.calculation.fullCalcOnLoad = False

    # --- helpers -------------------------------------------------------------------------------------------------

    def put(
        self, sheet, at, value=None, *, size=10, color=INK, bold=False, align=None, back=None, border=None, form=None
    ):
        """Write a cell with its look."""
        cell = sheet[at]
        if value is not None:
            cell.value = value
        cell.font = self.looks.font(size, color, bold)
        if align is not None:
            cell.alignment = align
        if back is not None:
            cell.fill = fill(back)
        if border is not None:
            cell.border = border
        if form is not None:
            cell.number_format = form
        return cell

    def title(self, sheet: Worksheet, text: str, hint: str = "", first: str = "") -> None:
        """The sheet's message in row 1, how to use it in row 2."""
        column = first or "A"
        self.put(sheet, f"{column}1", text, size=15, bold=True, align=LEFT_PLAIN)
        sheet.row_dimensions[1].height = 30
        if hint:
            self.put(sheet, f"{column}2", hint, color=MUTED, align=LEFT_PLAIN)
            sheet.row_dimensions[2].height = 18

    def heads(self, sheet: Worksheet, row: int, heads, first: int = 1, back: str = NIGHT) -> None:
        for number, text in enumerate(heads, first):
            self.put(sheet, f"{letter(number)}{row}", text, color=WHITE, bold=True, align=CENTER, back=back,
                     border=Border(right=line(WHITE)))  # fmt: skip
        sheet.row_dimensions[row].height = 26

    def widths(self, sheet: Worksheet, widths: dict[str, float], heads: dict[str, str] | None = None) -> None:
        for column, width in widths.items():
            head = (heads or {}).get(column, "")
            least = excel_width(head, 10, latin=self.words.font, bold=True) + 2.5 if head else 0
            sheet.column_dimensions[column].width = round(max(width, least), 2)

    def table(self, sheet: Worksheet, name: str, area: str) -> None:
        table = Table(displayName=name, name=name, ref=area)
        table.tableStyleInfo = TableStyleInfo(name=None, showRowStripes=False, showColumnStripes=False)
        sheet.add_table(table)

    def range(self, column: str, sheet: str | None = None) -> str:
        """The rows of the table of targets in one column, as a formula names them from another sheet."""
        return f"{sheet or self.words.targets}!${column}${FIRST}:${column}${LAST}"

    def running(self, sheet: Worksheet, titles: str, landscape: bool = True, pages: int = 0) -> None:
        page(sheet, titles, "{{ pack.title }}", self.words.page, landscape, pages)

    # --- overview ------------------------------------------------------------------------------------------------

    def overview(self, sheet: Worksheet) -> None:
        words = self.words
        sheet.sheet_view.showGridLines = False
        self.widths(sheet, {"A": 2, **{letter(number): 11.5 for number in range(2, 14)}, "N": 2})
        self.put(sheet, "B2", RATES + "{{ pack.title }}", size=22, bold=True, align=LEFT_PLAIN)
        self.put(sheet, "B3", words.subtitle, color=MUTED, align=LEFT_PLAIN)
        for number in range(2, 14):
            sheet[f"{letter(number)}3"].border = Border(bottom=line(ACCENT, "medium"))
        for row, height in {1: 8, 2: 36, 3: 22, 4: 10, 5: 20, 6: 38, 7: 20, 9: 10, 10: 18, 11: 28, 12: 12}.items():
            sheet.row_dimensions[row].height = height
        if words.lang == "en":
            sheet.column_dimensions["C"].width = 17
            sheet.row_dimensions[7].height = 30
        for number, column in enumerate((2, 5, 8, 11)):
            self._card(sheet, column, number)
        sheet.row_dimensions[8].hidden = True
        self._tiles(sheet)
        self._charts(sheet)
        last = self._progress(sheet, 30)
        self._chart_data(sheet, last + 2, last - 1)
        self.running(sheet, "", pages=1)
        sheet.print_area = f"A1:N{last}"

    def _card(self, sheet: Worksheet, column: int, number: int) -> None:
        """One of the city's four most important targets: name, number by formula, the source's own words."""
        first, last = letter(column), letter(column + 2)
        row = f"city.top[{number}]"
        value, unit, words = self.range("G"), self.range("I"), self.range("O")
        at = f"{first}8"
        number_shown = (
            f'IF(INDEX({value},{at})=INT(INDEX({value},{at})),TEXT(INDEX({value},{at}),"#,##0"),'
            f'TEXT(INDEX({value},{at}),"#,##0.0##"))'
        )
        shown = (
            f'=IF({at}="","",IF(INDEX({value},{at})="",INDEX({words},{at}),IF(INDEX({unit},{at})="%",TEXT(INDEX({value},{at}),"{PERCENT}"),'
            f"{self._with_unit(number_shown, f'INDEX({unit},{at})')})))"
        )
        stated = (self.words.stated + self.words.stated_growth).replace("R.", f"{row}.")
        texts = (
            (5, "{{ city.short }} {{ " + row + ".short }}", 10, MUTED, False),
            (6, shown, 22, NIGHT, True),
            (7, "{% if " + row + " %}" + stated + "{% endif %}", 10, MUTED, False),
        )
        for at_row, text, size, color, bold in texts:
            for place in range(column, column + 3):
                border = Border(left=line(ACCENT, "thick")) if place == column else Border()
                self.put(sheet, f"{letter(place)}{at_row}", back=PALE, border=border)
            self.put(sheet, f"{first}{at_row}", text, size=size, color=color, bold=bold, back=PALE,
                     align=INDENTED_WRAP if at_row == 7 else INDENTED)  # fmt: skip
            sheet.merge_cells(f"{first}{at_row}:{last}{at_row}")
        self.put(sheet, at, f'=IFERROR(MATCH("{{{{ {row}.base.key }}}}",{self.range("A")},0),"")', color=GREY)

    def _with_unit(self, number: str, unit: str) -> str:
        """A number with its unit in a formula; in English the currency comes first: CNY 420 bn."""
        if self.words.lang == "zh":
            return f'{number}&" "&{unit}'
        return f'IF(RIGHT({unit},3)=" bn",LEFT({unit},LEN({unit})-3)&" "&{number}&" bn",{number}&" "&{unit})'

    def _tiles(self, sheet: Worksheet) -> None:
        words = self.words
        met, track, behind = words.status[:3]
        formulas = (
            f"=COUNTA({self.range('A')})",
            f"=SUMPRODUCT(({words.matrix}!$D$10:$D$10>0)*1)",
            f"=COUNT({self.range('U')})",
            f'=COUNTIF({self.range("X")},"{met}")',
            f'=COUNTIF({self.range("X")},"{track}")',
            f'=COUNTIF({self.range("X")},"{behind}")',
        )
        colors = (INK, INK, INK, GREEN, AMBER, RED)
        for number, (text, formula, color) in enumerate(zip(words.tiles, formulas, colors, strict=True)):
            first, second = letter(2 + 2 * number), letter(3 + 2 * number)
            for column in (first, second):
                self.put(sheet, f"{column}10", border=Border(top=line(color, "medium")))
            self.put(sheet, f"{first}10", text, color=MUTED, align=LEFT_PLAIN)
            self.put(sheet, f"{first}11", formula, size=16, color=color, bold=True, align=LEFT_PLAIN, form="#,##0")
            sheet.merge_cells(f"{first}10:{second}10")
            sheet.merge_cells(f"{first}11:{second}11")

    def _charts(self, sheet: Worksheet) -> None:
        for (first, last), lead in zip((("B", "G"), ("H", "M")), self.words.leads, strict=True):
            self.put(sheet, f"{first}13", lead, size=11, bold=True, align=LEFT)
            sheet.merge_cells(f"{first}13:{last}13")
        sheet.row_dimensions[13].height = 22 if self.words.lang == "zh" else 34
        for row in range(14, 29):
            sheet.row_dimensions[row].height = 11.7

    def _chart_data(self, sheet: Worksheet, row: int, progress: int) -> None:
        """The two lists behind the charts: sorted by the data, their numbers by formula."""
        words = self.words
        self.put(sheet, f"B{row}", words.chart_data, size=11, bold=True, align=LEFT_PLAIN)
        at = row + 1
        for number, column in enumerate((1, 7)):
            name = f"rates[{number}]"
            heads = ("{{ " + name + ".short }}", *words.series)
            if number == 1:
                heads = tuple(self._either(head, other) for head, other in zip(heads, words.series_met, strict=True))
            self.heads(sheet, at, heads, 2, MUTED)
            first = at + 1
            loop = "{% for t in (" + name + ".targets or [])[:20] %}"
            border = UNDER
            self.put(sheet, f"B{first}", loop + "{{ t.place.short|clip(12) }}", border=border, align=LEFT_PLAIN)
            found = f'INDEX({self.range("G")},MATCH("{{{{ t.key }}}}",{self.range("A")},0))'
            self.put(sheet, f"C{first}", f'=IFERROR({found},"")', form=PERCENT, border=border, align=RIGHT)
            city = f'INDEX({self.range("G")},MATCH("{{{{ {name}.city.key }}}}",{self.range("A")},0))'
            self.put(sheet, f"D{first}", f"=IFERROR({city},NA())", form=PERCENT, border=border, align=RIGHT)
            self.put(
                sheet,
                f"E{first}",
                f'=B{first}&" "&CHAR(10)&TEXT(C{first},"{PERCENT}")',
                border=border,
                align=LEFT_PLAIN,
            )
            self.put(sheet, f"F{first}", "{{ t.text }}{% endfor %}", color=MUTED, border=border, align=LEFT_PLAIN)
            last = first
            if number == 1:
                last = first + 1
                self._met_shares(sheet, last, progress)
            grey = DifferentialStyle(font=self.looks.mark(WHITE))
            rule = Rule(type="expression", dxf=grey, formula=[f"ISNA(D{first})"])
            sheet.conditional_formatting.add(f"D{first}", rule)
            chart = ranked_columns(sheet, first, last, words.font, number == 0)
            chart.anchor = TwoCellAnchor(
                editAs="oneCell", _from=AnchorMarker(col=column, row=13), to=AnchorMarker(col=column + 6, row=28)
            )
            sheet.add_chart(chart)
            self.alternatives.append((words.chart_names[number], words.chart_texts[number]))
            at = last + 2

    @staticmethod
    def _either(text: str, other: str) -> str:
        return "{% if rates[1] %}" + text + "{% else %}" + other + "{% endif %}"

    def _met_shares(self, sheet: Worksheet, row: int, progress: int) -> None:
        """Where nothing else compares, the second chart shows which share of its targets each district has met."""
        name = "{% for d in ([] if rates[1] else districts)[:20] %}{{ d.short }}"
        self.put(sheet, f"B{row}", name, border=UNDER, align=LEFT_PLAIN)
        here = f"$B${progress}:$B${progress}"
        found = f"INDEX($M${progress}:$M${progress},MATCH(B{row},{here},0))"
        self.put(sheet, f"C{row}", f"=IFERROR({found}+0,0)", form="0%", border=UNDER, align=RIGHT)
        self.put(sheet, f"D{row}", f'=IF(ISNUMBER($M${progress + 1}),$M${progress + 1},NA())', form="0%", border=UNDER,
                 align=RIGHT)  # fmt: skip
        self.put(sheet, f"E{row}", f'=B{row}&" "&CHAR(10)&TEXT(C{row},"0%")', border=UNDER, align=LEFT_PLAIN)
        self.put(sheet, f"F{row}", "{% endfor %}", border=UNDER)

    def _progress(self, sheet: Worksheet, row: int) -> int:
        """A row for each district (the first twenty): how much is filled in, met, on track, behind."""
        words = self.words
        self.put(sheet, f"B{row}", words.progress, size=11, bold=True, align=LEFT_PLAIN)
        self.put(sheet, f"D{row}", words.progress_hint, color=MUTED, align=LEFT_PLAIN)
        sheet.row_dimensions[row].height = 22
        self.heads(sheet, row + 1, words.progress_heads, 2)
        at, total = row + 2, row + 3
        place, kind, _actual, status = (self.range(column) for column in "CMUX")
        mine = f"{place},$B{at}"
        counts = [f"=COUNTIF({mine})"]
        counts += [f'=COUNTIFS({mine},{kind},"{word}")' for word in words.kinds]
        counts += [f'=COUNTIFS({mine},{status},"<>{words.status[3]}")']
        counts += [f'=COUNTIFS({mine},{status},"{word}")' for word in words.status[:3]]
        self.put(
            sheet, f"B{at}", "{% for d in districts[:20] %}{{ d.short }}", bold=True, border=UNDER, align=LEFT_PLAIN
        )
        self.put(sheet, f"C{at}", "{{ d.coverage_text }}", color=MUTED, border=UNDER, align=LEFT_PLAIN)
        for number, formula in enumerate(counts, 4):
            self.put(sheet, f"{letter(number)}{at}", formula, border=UNDER, align=CENTER, form='#,##0;-#,##0;"–"')
        self.put(sheet, f"L{at}", f'=IF(D{at}=0,"",H{at}/D{at})', border=UNDER, align=CENTER, form="0%")
        self.put(sheet, f"M{at}", f'=IF(H{at}=0,"",I{at}/H{at})', border=UNDER, align=CENTER, form="0%")
        sheet[f"N{at}"].value = "{% endfor %}"
        self.put(sheet, f"B{total}", words.all_places, bold=True, border=UNDER_NIGHT, align=LEFT_PLAIN)
        self.put(sheet, f"C{total}", border=UNDER_NIGHT)
        for number in range(4, 12):
            column = letter(number)
            self.put(sheet, f"{column}{total}", f"=SUM({column}{at}:{column}{at})", bold=True, border=UNDER_NIGHT,
                     align=CENTER, form='#,##0;-#,##0;"–"')  # fmt: skip
        self.put(sheet, f"L{total}", f'=IF(D{total}=0,"",H{total}/D{total})', bold=True, border=UNDER_NIGHT, align=CENTER,
                 form="0%")  # fmt: skip
        self.put(sheet, f"M{total}", f'=IF(H{total}=0,"",I{total}/H{total})', bold=True, border=UNDER_NIGHT, align=CENTER,
                 form="0%")  # fmt: skip
        for column, color, back in zip("IJK", (GREEN, AMBER, RED), (GREEN_PALE, AMBER_PALE, RED_PALE), strict=True):
            look = DifferentialStyle(font=self.looks.mark(color, True), fill=_solid(back))
            sheet.conditional_formatting.add(
                f"{column}{at}", Rule(type="cellIs", operator="greaterThan", dxf=look, formula=["0"])
            )
        return total

    # --- the table of targets ------------------------------------------------------------------------------------

    def targets(self, sheet: Worksheet) -> None:
        words = self.words
        heads = {letter(number): head for number, head in enumerate(words.heads, 1)}
        self.title(sheet, words.targets_title, words.targets_hint, "C")
        zh = words.lang == "zh"
        self.widths(sheet, {
            "A": 24, "B": 24, "C": 9.5 if zh else 10.5, "D": 14.5 if zh else 22, "E": 6.5 if zh else 11, "F": 5, "G": 9, "H": 6.5,
            "I": 8 if zh else 10.5, "J": 7 if zh else 8, "K": 8 if zh else 10.5, "L": 9, "M": 9 if zh else 11, "N": 9 if zh else 10,
            "O": 11 if zh else 15, "P": 20 if zh else 24, "Q": 6 if zh else 8, "R": 15 if zh else 16, "S": 11, "T": 11, "U": 9, "V": 11,
            "W": 9 if zh else 11, "X": 8.5, "Y": 8.5, "AA": 9,
        })  # fmt: skip
        for column in "ABSTZ":
            sheet.column_dimensions[column].hidden = True
        # Folded away behind a +, so that what is read fits the width of a page at a size that can be read.
        for column in (*"HJLMN", "AA"):
            sheet.column_dimensions[column].hidden = True
            sheet.column_dimensions[column].outlineLevel = 1
        for column in "IKO":
            sheet.column_dimensions[column].collapsed = True
        for column in heads:
            filling = column in "UVWXY"
            self.put(sheet, f"{column}3", color=ACCENT if filling else MUTED, bold=True, align=LEFT_PLAIN,
                     border=Border(bottom=line(ACCENT if filling else NIGHT, "medium")))  # fmt: skip
        sheet["C3"].value, sheet["U3"].value = words.band_data, words.band_fill
        self.heads(sheet, 4, words.heads)
        sheet.row_dimensions[4].height = 34
        for column in "UVY":
            sheet[f"{column}4"].fill = fill(ACCENT)
        sheet["W4"].fill = sheet["X4"].fill = fill(MUTED)
        conditions = ("{% for t in targets %}{% if t.number_unit == '%' %}", "{% else %}")
        endings = ("", "{% endif %}{% endfor %}")
        for row, condition, ending, form in zip((FIRST, LAST), conditions, endings, (PERCENT, "General"), strict=True):
            self._target_row(sheet, row, condition, ending, form)
        self.table(sheet, "targets", f"A4:AA{LAST}")
        self._target_rules(sheet)
        sheet.freeze_panes = f"E{FIRST}"
        self.running(sheet, "1:4")
        sheet.print_area = f"A1:Y{LAST}"

    def _target_row(self, sheet: Worksheet, row: int, condition: str, ending: str, form: str) -> None:
        met, track, behind, empty, without = self.words.status
        totals = ",".join(f'E{row}="{word}"' for word in self.words.measures_of_progress)
        less, stock = self.words.judged
        lower = f'OR(F{row}="≤",F{row}="<",Z{row}="{less}")'
        strict = f'OR(F{row}=">",F{row}="<")'
        limit = f'IF(H{row}="",G{row},H{row})'
        reached = f"IF({lower},IF({strict},U{row}<{limit},U{row}<={limit}),IF({strict},U{row}>G{row},U{row}>=G{row}))"
        # Multiplied out: a quotient would be rounded before it is compared.
        pace = f"U{row}*(T{row}-S{row}+1)>=G{row}*(V{row}-S{row}+1)"
        on_track = f'AND(OR({totals}),NOT({lower}),Z{row}<>"{stock}",V{row}<>"",{pace})'
        status = (
            f'=IF(U{row}="","{empty}",IF(G{row}="","{without}",IF({reached},"{met}",'
            f'IF({on_track},"{track}","{behind}"))))'
        )
        cells = {
            "A": condition + "{{ t.key }}", "B": "{{ t.comparison }}", "C": "{{ t.place.short }}",
            "D": "{{ t.full_label }}", "E": "{{ t.measure }}",
            "F": "{{ t.comparator }}", "G": "{{ t.number }}", "H": "{{ t.number_upper }}", "I": "{{ t.number_unit }}",
            "J": "{{ t.stretch.number }}", "K": "{{ t.word }}", "L": "{{ t.role }}", "M": "{{ t.kind }}",
            "N": "{{ t.period }}", "O": "{{ t.text }}", "P": "{{ t.clause }}", "Q": "[{{ t.source.n }}]",
            "R": "{{ t.flag_text if t.flag_code != 'invented' }}", "S": "{{ t.period_start }}", "T": "{{ t.period_end }}",
            "U": "{{ t.actual.number }}", "V": "{{ t.actual.day }}",
            "W": f'=IF(U{row}="","",IF(OR(G{row}="",G{row}<=0,{lower}),"",U{row}/G{row}))', "X": status,
            "Y": "{{ t.actual.note }}",
            "Z": f"{{{{ '{less}' if t.lower_is_better else '{stock}' if t.stock else '' }}}}",
            "AA": "{% if t.actual.source %}[{{ t.actual.source.n }}]{% endif %}" + ending,
        }  # fmt: skip
        aligned = {**dict.fromkeys("GHJUW", RIGHT), **dict.fromkeys((*"EFIKLMNQVXZ", "AA"), CENTER)}
        forms = {**dict.fromkeys("GHJU", form), **dict.fromkeys("STV", DAY), "W": RATE}
        for column, text in cells.items():
            self.put(
                sheet, f"{column}{row}", text, align=aligned.get(column, LEFT if column in "CDOPQRY" else LEFT_PLAIN),
                border=UNDER,
                back=FILL_IN if column in "UVY" else None, form=forms.get(column), bold=column == "G",
                color=MUTED if column in "ABPQ" else AMBER if column == "R" else INK,
            )  # fmt: skip

    def _target_rules(self, sheet: Worksheet) -> None:
        words = self.words
        rows = f"{FIRST}:{{}}{LAST}"

        def both(column: str) -> str:
            return f"{column}{rows.format(column)}"

        lists = {"E": words.measure_words, "F": ("=", "≈", "≥", ">", "≤", "<", "–"), "L": words.roles, "M": words.kinds}
        for column, entries in lists.items():
            self._list(sheet, both(column), '"' + ",".join(entries) + '"')
        self._list(sheet, both("K"), f"{words.notes}!$B$18:$B$18")
        for column, (title, text) in zip("UV", words.prompts, strict=True):
            rule = DataValidation(type="decimal" if column == "U" else "date", operator="between", allow_blank=True,
                                  formula1="-1000000000" if column == "U" else "36526",
                                  formula2="1000000000" if column == "U" else "73050")  # fmt: skip
            rule.promptTitle, rule.prompt, rule.showInputMessage = title, text, True
            rule.errorStyle, rule.errorTitle, rule.error = "warning", *words.invalid
            rule.showErrorMessage = True
            rule.add(both(column))
            sheet.add_data_validation(rule)
        thousands = DifferentialStyle(numFmt=NumberFormat(numFmtId=200, formatCode="#,##0"))
        for column in "GHJU":
            test = f'AND($I{FIRST}<>"%",ISNUMBER({column}{FIRST}),{column}{FIRST}=INT({column}{FIRST}))'
            sheet.conditional_formatting.add(both(column), Rule(type="expression", dxf=thousands, formula=[test]))
        looks = ((GREEN, GREEN_PALE), (AMBER, AMBER_PALE), (RED, RED_PALE))
        for word, (color, back) in zip(words.status[:3], looks, strict=True):
            look = DifferentialStyle(font=self.looks.mark(color, True), fill=_solid(back))
            test = f'$X{FIRST}="{word}"'
            sheet.conditional_formatting.add(f"W{FIRST}:X{LAST}", Rule(type="expression", dxf=look, formula=[test]))
        faint = DifferentialStyle(font=self.looks.mark(GREY))
        test = f'$X{FIRST}="{words.status[3]}"'
        sheet.conditional_formatting.add(both("X"), Rule(type="expression", dxf=faint, formula=[test]))

    def _list(self, sheet: Worksheet, area: str, entries: str) -> None:
        rule = DataValidation(type="list", formula1=entries, allow_blank=True)
        rule.errorStyle, rule.errorTitle, rule.error = "warning", *self.words.invalid
        rule.showErrorMessage = True
        rule.add(area)
        sheet.add_data_validation(rule)

    # --- comparison ----------------------------------------------------------------------------------------------

    def matrix(self, sheet: Worksheet) -> None:
        """District by indicator. Rows 3 and 4, hidden, hold each column's look-up code and its highest value."""
        words = self.words
        zh = words.lang == "zh"
        self.title(sheet, RATES + TOTALS + words.matrix_title, words.matrix_hint, "B")
        sheet.sheet_view.showGridLines = False
        self.widths(sheet, {"A": 14, "B": 12, "C": 12 if zh else 17.5, "D": 8,
                            **{letter(number): 12 if zh else 12.5 for number in range(5, 17)}},
                    {"D": words.coverage_heads[2]})  # fmt: skip
        sheet.column_dimensions["A"].hidden = True
        sheet.row_dimensions[3].hidden = sheet.row_dimensions[4].hidden = True
        sheet.row_dimensions[5].height, sheet.row_dimensions[6].height = 22, 30
        for row in (7, 8, 9, 10):
            sheet.row_dimensions[row].height = 20 if zh or row > 7 else 30
        columns = [(letter(5 + number), f"rates[{number}]", PERCENT) for number in range(6)]
        columns += [(letter(11 + number), f"totals[{number}]", "General") for number in range(6)]
        self._matrix_heads(sheet, columns)
        last = (("{{ city.targets|length }}", 8, PALE), (None, 9, None), ("{{ d.targets|length }}", 10, None))
        rows = (
            (8, "{{ city.key }}", words.city_row, "", PALE),
            (10, "{% for d in districts %}{{ d.key }}", "{{ d.short }}", "{{ d.coverage_text }}", None),
        )
        value, keys = self.range("G"), self.range("B")
        for row, key, name, coverage, back in rows:
            self.put(sheet, f"A{row}", key, color=GREY)
            self.put(sheet, f"B{row}", name, bold=True, border=UNDER, align=LEFT_PLAIN, back=back)
            self.put(sheet, f"C{row}", coverage, color=MUTED, border=UNDER, align=LEFT_PLAIN, back=back)
            for column, _, form in columns:
                formula = f'=IFERROR(INDEX({value},MATCH($A{row}&"|"&{column}$3,{keys},0)),"")'
                self.put(sheet, f"{column}{row}", formula, border=UNDER, align=RIGHT, form=form, back=back)
        sheet["Q10"].value = "{% endfor %}"
        self.put(sheet, "B9", words.median_row, border=UNDER_NIGHT, align=LEFT_PLAIN, color=MUTED)
        self.put(sheet, "C9", border=UNDER_NIGHT)
        for text, row, back in last:
            self.put(sheet, f"D{row}", text, color=MUTED, align=RIGHT, back=back, form='#,##0;-#,##0;"–"',
                     border=UNDER_NIGHT if row == 9 else UNDER)  # fmt: skip
        for column, _, form in columns:
            all_rows = f"{column}$10:{column}$10"
            self.put(sheet, f"{column}4", f"=MAX({all_rows})", color=GREY, form=form)
            formula = f'=IF(COUNT({all_rows})=0,"",MEDIAN({all_rows}))'
            self.put(sheet, f"{column}9", formula, border=UNDER_NIGHT, align=RIGHT, form=form, color=MUTED)
        self._matrix_rules(sheet)
        sheet.freeze_panes = "E10"
        self.running(sheet, "5:7")
        sheet.print_area = "A1:P10"

    def _matrix_heads(self, sheet: Worksheet, columns: list[tuple[str, str, str]]) -> None:
        words = self.words
        comma = "，" if words.lang == "zh" else ", "
        for column, name, _ in columns:
            self.put(sheet, f"{column}3", "{{ " + name + ".code }}", color=GREY)
            self.put(sheet, f"{column}6", "{{ " + name + ".short }}", bold=True, align=RIGHT_WRAP)
            unit = "{{ " + name + ".measure }}{% if " + name + " %}" + comma + "{{ " + name + ".unit }}{% endif %}"
            self.put(sheet, f"{column}7", unit, color=MUTED, align=RIGHT_WRAP, border=UNDER_NIGHT)
        for column, held, text in zip("EK", ("rates", "totals"), words.bands, strict=True):
            text = f"{{% if {held} %}}{text}{{% endif %}}"
            self.put(sheet, f"{column}5", text, color=ACCENT, bold=True, align=LEFT_PLAIN)
        for column, text in zip("BCD", (*words.matrix_heads, words.coverage_heads[2]), strict=True):
            self.put(sheet, f"{column}6", text, bold=True, align=RIGHT if column == "D" else LEFT_PLAIN)
            self.put(sheet, f"{column}7", border=UNDER_NIGHT)

    def _matrix_rules(self, sheet: Worksheet) -> None:
        """The highest value of a column stands out; whole numbers get thousands separators."""
        thousands = NumberFormat(numFmtId=200, formatCode="#,##0")
        strong = self.looks.mark(ACCENT, True)
        whole = "AND(ISNUMBER({0}),{0}=INT({0}))"
        top = "AND(ISNUMBER(K10),K10=K$4,K10=INT(K10))"
        rules = (
            ("B10:P10", DifferentialStyle(fill=_solid(PALE), font=self.looks.mark(GREY)), "$D10=0"),
            ("E10:J10", DifferentialStyle(font=strong), "AND(ISNUMBER(E10),E10=E$4)"),
            ("K10:P10", DifferentialStyle(font=strong, numFmt=thousands), top),
            ("K10:P10", DifferentialStyle(font=strong), "AND(ISNUMBER(K10),K10=K$4)"),
            ("K8:P10", DifferentialStyle(numFmt=thousands), whole.format("K8")),
        )
        for area, look, test in rules:
            sheet.conditional_formatting.add(area, Rule(type="expression", dxf=look, formula=[test]))

    # --- lists ---------------------------------------------------------------------------------------------------

    def measures(self, sheet: Worksheet) -> None:
        words = self.words
        self.title(sheet, words.measures_title, first="B")
        heads = words.measures_heads
        zh = words.lang == "zh"
        self.widths(sheet, {"A": 24, "B": 10 if zh else 13, "C": 11 if zh else 16, "D": 38 if zh else 46, "E": 42 if zh else 44, "F": 8,
                            "G": 20, "H": 12, "I": 16})  # fmt: skip
        sheet.column_dimensions["A"].hidden = True
        self.heads(sheet, 3, heads)
        for column in "GHI":
            sheet[f"{column}3"].fill = fill(ACCENT)
        cells = {
            "A": "{% for i in initiatives %}{{ i.key }}", "B": "{{ i.place.short }}", "C": "{{ i.theme }}",
            "D": "{{ i.text }}", "E": "{{ i.clause }}", "F": "{% if i.source %}[{{ i.source.n }}]{% endif %}", "G": None, "H": None,
            "I": "{% endfor %}",
        }  # fmt: skip
        for column, text in cells.items():
            self.put(sheet, f"{column}4", text, align=CENTER if column == "F" else LEFT, border=UNDER, color=MUTED if column in "AEF" else INK,
                     back=FILL_IN if column in "GHI" else None)  # fmt: skip
        self.table(sheet, "initiatives", "A3:I4")
        sheet.freeze_panes = "C4"
        self.running(sheet, "1:3")

    def sources(self, sheet: Worksheet) -> None:
        words = self.words
        self.title(sheet, words.sources_title, first="B")
        self.widths(sheet, {"A": 20, "B": 7, "C": 40, "D": 20, "E": 15, "F": 26, "G": 36, "H": 13, "I": 13},
                    {"H": words.sources_heads[7], "I": words.sources_heads[8]})  # fmt: skip
        sheet.column_dimensions["A"].hidden = True
        self.heads(sheet, 3, words.sources_heads)
        cells = {
            "A": "{% for s in sources %}{{ s.key }}", "B": "{{ s.n }}", "C": "{{ s.title }}", "D": "{{ s.outlet }}",
            "E": "{{ s.published }}", "F": "{{ s.occasion }}", "G": "{{ s.address }}",
            "H": f'=COUNTIF({self.range("Q")},"["&B4&"]*")', "I": f'=COUNTIF({self.range("AA")},"["&B4&"]*")',
        }  # fmt: skip
        for column, text in cells.items():
            self.put(sheet, f"{column}4", text, align=CENTER if column in "BE" else RIGHT if column in "HI" else LEFT,
                     border=UNDER, color=MUTED if column in "AG" else INK)  # fmt: skip
        sheet["J4"].value = "{% endfor %}"
        self.table(sheet, "sources", "A3:I4")
        sheet.freeze_panes = "C4"
        self.running(sheet, "1:3")

    def notes(self, sheet: Worksheet) -> None:
        words = self.words
        sheet.sheet_view.showGridLines = False
        self.title(sheet, words.notes_title, first="B")
        self.widths(sheet, {"A": 2, "B": 18, "C": 28, "D": 16, "E": 54})
        at = 3
        self._section(sheet, at, words.how)
        for text in words.how_lines:
            at += 1
            self._wide(sheet, at, text, 20 if excel_width(text, 10, latin=words.font) <= _WIDE else 32)
        at += 1
        self._section(sheet, at, words.signs)
        for sign, text in words.sign_lines:
            at += 1
            self.put(sheet, f"B{at}", f"'{sign}" if sign == "=" else sign, bold=True, align=CENTER, border=UNDER)
            sheet[f"B{at}"].value = sign
            sheet[f"B{at}"].data_type = "s"
            self.put(sheet, f"C{at}", text, border=UNDER, align=LEFT_PLAIN)
        at += 1
        self._section(sheet, at, words.strengths)
        at += 1
        assert at == 17, at
        self.put(sheet, f"B{at}", "{% for w in strengths %}")
        at += 1
        self.put(sheet, f"B{at}", "{{ w }}", align=CENTER, border=UNDER)
        at += 1
        self.put(sheet, f"B{at}", "{% endfor %}")
        at += 2
        self._section(sheet, at, words.coverage)
        self.heads(sheet, at + 1, words.coverage_heads, 2, MUTED)
        cells = (
            "{% for d in districts %}{{ d.name }}",
            "{{ d.coverage_text }}",
            "{{ d.targets|length }}",
            "{{ d.note }}{% endfor %}",
        )
        for column, text in zip("BCDE", cells, strict=True):
            self.put(sheet, f"{column}{at + 2}", text, border=UNDER, align=RIGHT if column == "D" else LEFT)
        at += 4
        # What is only copied from elsewhere is counted, and that everything is invented is said once, both at the end.
        doubtful = "flagged|rejectattr('flag_code', 'in', ['unverified', 'invented'])|list"
        self.put(sheet, f"B{at}", "{% if " + doubtful + " %}")
        self._section(sheet, at + 1, words.flagged)
        self.heads(sheet, at + 2, words.flagged_heads, 2, MUTED)
        cells = (
            "{% for t in " + doubtful + " %}{{ t.place.short }}",
            "{{ t.label }}",
            "{{ t.text }}",
            "{{ t.flag_text }}{% endfor %}",
        )
        for column, text in zip("BCDE", cells, strict=True):
            self.put(sheet, f"{column}{at + 3}", text, border=UNDER, align=LEFT)
        self.put(sheet, f"B{at + 4}", "{% endif %}")
        at += 6
        self._wide(sheet, at, words.unverified)
        self._wide(sheet, at + 1, "{{ pack.note }}", 62)
        self.running(sheet, "", landscape=False)

    def _section(self, sheet: Worksheet, row: int, text: str) -> None:
        self.put(sheet, f"B{row}", text, size=12, bold=True, color=NIGHT, align=LEFT_PLAIN)
        sheet.row_dimensions[row].height = 26

    def _wide(self, sheet: Worksheet, row: int, text: str, height: float = 20) -> None:
        self.put(sheet, f"B{row}", text, align=TOP_LEFT if height > 40 else LEFT)
        sheet.merge_cells(f"B{row}:E{row}")
        sheet.row_dimensions[row].height = height


def _solid(color: str):  # type: ignore[no-untyped-def]
    from openpyxl.styles import PatternFill

    return PatternFill(bgColor=color, fill_type="solid")


__all__ = ["Builder"]
