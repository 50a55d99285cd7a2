"""The same text set by LibreOffice and by us: line counts, line breaks, and the 22 x 28 page of GB/T 9704."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from html import unescape
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import pytest

from exporters.metrics import break_lines, count_lines, line_height

pytestmark = pytest.mark.office

CHINESE = [
    "全市坚持高质量发展不动摇，把制造业立市摆在更加突出的位置，全力以赴拼经济、抓项目、促消费、稳外贸，推动各项工作迈上新台阶。",
    "（一）加快建设现代化产业体系，培育壮大新能源汽车、生物医药、新型显示等战略性新兴产业集群，支持企业开展技术改造和数字化转型。",
    "会议强调，要坚持“一张蓝图绘到底”，以“功成不必在我”的境界和“功成必定有我”的担当，抓好《规划纲要》的贯彻落实；对重点任务，逐项分解、逐月调度、逐季通报。",
    "统筹发展和安全——既要算经济账，也要算民生账——确保全年目标任务圆满完成……",
    "在城市更新方面，稳步推进城中村改造；在公共服务方面，新增一批学校、医院、养老机构；在生态环境方面，持续打好蓝天、碧水、净土保卫战。",
    "推动港口、机场、铁路枢纽联动发展，打造国际综合交通枢纽（含临空、临港、临铁三大经济区），提升全球资源配置能力。",
    "原文未载。",
    "谁来干？怎么干？干到什么程度？各区各部门要逐条回答：定人、定责、定时限！",
    "、。，；：这一段故意以句读开头，看一看换行的规则在标点密集处（例如：“《『【〔（甲）〕】』》”，等等）是否仍然成立。",
    "党建引领基层治理，网格员入户走访，居民议事协商，矛盾纠纷化解在萌芽状态，群众获得感幸福感安全感持续增强，社会大局保持和谐稳定。",
]
MIXED = [
    "2023年，全区地区生产总值力争增长10%以上，规模以上工业增加值超730亿元，固定资产投资突破1.2万亿元。",
    "GDP增长6.5%左右，R&D经费投入强度达到3.4%，新增5G基站8000座，AI、IoT、VR等场景应用超过100个。",
    "引进Top 500企业12家，建设CBD核心区（约6.19平方公里），税收超亿元楼宇达到70栋以上。",
    "一般公共预算收入增长5%—6%，社会消费品零售总额增长7.5%，外贸进出口总额与全国同步。",
    "“十四五”期间，建成TOD综合体20个、EOD项目3个，PM2.5年均浓度控制在25微克/立方米以内。",
    "广州地铁18号线、22号线northbound延长线开工，Nansha Science City核心区建成面积150万平方米。",
    "汽车产量达到300万辆，其中新能源汽车65万辆（占比21.7%）；GAC Aion、Xpeng等企业产能利用率≥80%。",
    "依托API、SDK与SaaS平台，打造city information modelling（CIM）应用示范，接入数据2,345,678条。",
    "全年接待游客1.8亿人次，实现旅游收入3500亿元，同比分别增长17.0%、56.5%；白云机场旅客吞吐量重回6000万人次以上。",
    "项目编号GZ-2023-0117，联系人：张三（020-12345678，zhangsan@example.com），截止时间为2023年12月31日17:30。",
    "到2025年，培育“专精特新”企业5000家、“小巨人”企业300家、“单项冠军”企业50家，即“5000+300+50”计划。",
    "强化与HKUST(GZ)合作，设立1000000000元的venture capital母基金，投早、投小、投科技。",
]
LATIN = [
    "Nansha aims for growth of at least 10%, and expects fixed-asset investment to exceed CNY 73 bn by year’s end.",
    "The district will open twelve new schools, three hospitals and a 4.2-kilometre riverside park before 1 May 2023.",
    "Industrial value added should reach CNY 1.2 trillion; retail sales are planned to rise by about 7.5%.",
    "“We shall keep our word,” the mayor said, “and publish every figure – good or bad – with its source.”",
    "Well-known state-of-the-art semiconductor, bio-pharmaceutical and new-energy-vehicle manufacturers were invited.",
    "Internationalisation and interdisciplinarity notwithstanding, counterrevolutionary characterisations are rare.",
]


class Setting(NamedTuple):
    latin: str
    east_asian: str
    size: float
    box: float


SETTINGS = [
    Setting("Liberation Sans", "Noto Sans CJK SC", 16, 300),
    Setting("Liberation Serif", "FandolFang", 16, 260),
    Setting("Carlito", "Noto Sans CJK SC", 12, 211),
    Setting("Carlito", "Noto Serif CJK SC", 10.5, 333),
]
CASES = [(text, setting) for setting in SETTINGS for text in CHINESE + MIXED + LATIN]


class Office(NamedTuple):
    folder: Path
    env: dict[str, str]

    def rows(self, docx: Path) -> list[tuple[int, float, str]]:
        """(page, height on the page, text without spaces) of every line from top to bottom."""
        profile = f"-env:UserInstallation=file://{self.folder / 'profile'}"
        subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(self.folder), str(docx)],
            env=self.env, check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        pdf = docx.with_suffix(".pdf")
        xml = subprocess.run(
            ["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True, encoding="utf-8"
        ).stdout
        result: list[tuple[int, float, str]] = []
        for page, body in enumerate(xml.split("<page ")[1:]):
            words = [
                (float(x), (float(top) + float(bottom)) / 2, unescape(text))
                for x, top, bottom, text in re.findall(
                    r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="[\d.-]+" yMax="([\d.-]+)">(.*?)</word>', body
                )
            ]
            rows: list[tuple[float, list[tuple[float, str]]]] = []
            for x, middle, text in sorted(words, key=lambda word: word[1]):
                if not rows or middle - rows[-1][0] > 5:
                    rows.append((middle, []))
                rows[-1][1].append((x, text))
            result += [(page, middle, "".join(text for _, text in sorted(row))) for middle, row in rows]
        return result

    def lines(self, docx: Path) -> list[tuple[int, str]]:
        return [(page, text) for page, _, text in self.rows(docx)]

    def middles(self, docx: Path) -> list[float]:
        return [middle for _, middle, _ in self.rows(docx)]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    for tool in ("soffice", "pdftotext", "fc-list"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    folder = tmp_path_factory.mktemp("office")
    fandol = sorted(Path("/usr/share").glob("tex*/**/FandolFang-Regular.otf"))
    if not fandol:
        pytest.skip("the Fandol fonts are not installed (Debian: texlive-lang-chinese)")
    conf = folder / "fonts.conf"
    conf.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{fandol[0].parent}</dir>'
        '<match target="pattern"><test name="family"><string>仿宋_GB2312</string></test>'
        '<edit name="family" mode="prepend" binding="strong"><string>FandolFang R</string></edit></match>'
        '<match target="pattern"><test name="family"><string>FandolFang</string></test>'
        '<edit name="family" mode="prepend" binding="strong"><string>FandolFang R</string></edit></match>'
        f"<cachedir>{folder / 'fc-cache'}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    env = {**os.environ, "FONTCONFIG_FILE": str(conf)}
    families = subprocess.run(["fc-list", ":", "family"], env=env, capture_output=True, text=True, check=True).stdout
    for family in ("Noto Sans CJK SC", "Noto Serif CJK SC", "Carlito", "Liberation Sans", "Liberation Serif"):
        if family not in families:
            pytest.skip(f"the font {family} is not installed")
    return Office(folder, env)


def write_docx(path: Path, cases: list[tuple[str, Setting]]) -> None:
    from docx import Document
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Pt(600), Pt(842)
    section.left_margin, section.right_margin = Pt(50), Pt(50)
    for text, setting in cases:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.right_indent = Pt(500 - setting.box)
        paragraph.paragraph_format.line_spacing = Pt(setting.size * 1.8)
        run = paragraph.add_run(text)
        run.font.size, run.font.name = Pt(setting.size), setting.latin
        properties = run._r.get_or_add_rPr()
        properties.rFonts.set(qn("w:eastAsia"), setting.east_asian)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "en-GB")
        language.set(qn("w:eastAsia"), "zh-CN")
        properties.append(language)
    document.save(str(path))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def lines_per_case(lines: list[str], texts: list[str]) -> list[list[str]]:
    """Deal the rendered lines out to the paragraphs they came from."""
    rest = iter(lines)
    result = []
    for text in texts:
        own: list[str] = []
        while len("".join(own)) < len(squeezed(text)):
            own.append(next(rest))
        assert "".join(own) == squeezed(text)
        result.append(own)
    return result


def test_line_counts_agree_with_libreoffice(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    path = office.folder / "texts.docx"
    write_docx(path, CASES)
    rendered = lines_per_case([line for _, line in office.lines(path)], [text for text, _ in CASES])
    same_count = same_breaks = kind_count = 0
    differing = []
    for (text, setting), theirs in zip(CASES, rendered, strict=True):
        fonts = {"latin": setting.latin, "east_asian": setting.east_asian, "flow": "word"}
        ours = break_lines(text, setting.size, setting.box, keep_units=False, **fonts)
        assert count_lines(text, setting.size, setting.box, **fonts) == len(ours)
        kind_count += len(break_lines(text, setting.size, setting.box, **fonts)) == len(theirs)
        same_count += len(ours) == len(theirs)
        same_breaks += [squeezed(line) for line in ours] == theirs
        if [squeezed(line) for line in ours] != theirs:
            differing.append(f"{setting}\n  ours   {ours}\n  theirs {theirs}")
    total = len(CASES)
    with capsys.disabled():
        print(f"\n{total} texts: line count {same_count}, with units kept {kind_count}, every break {same_breaks}")
        if os.environ.get("BRIEFPACK_SHOW_DIFFERENCES"):
            print("\n".join(differing))
    assert same_count / total >= 0.95
    assert same_breaks / total >= 0.8


def test_the_official_page_holds_22_lines_of_28_characters(office: Office) -> None:
    from docx import Document
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    text = "".join(islice(cycle("广州各区年度目标任务分解落实情况通报"), 28 * 50))
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.line_spacing = Pt(28.95)
    run = paragraph.add_run(text)
    run.font.size = Pt(16)
    properties = run._r.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), "仿宋_GB2312")
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), "-5")
    properties.append(spacing)
    path = office.folder / "official.docx"
    document.save(str(path))

    rendered = office.lines(path)
    box = 156 / 25.4 * 72
    ours = break_lines(text, 16, box, east_asian="仿宋_GB2312", spacing=-0.25)
    assert [line for _, line in rendered] == ours
    assert {len(line) for line in ours} == {28}
    assert [sum(page == number for page, _ in rendered) for number in (0, 1, 2)] == [22, 22, 6]
    assert int((225 / 25.4 * 72) // 28.95) == 22


def test_line_heights_are_never_less_than_rendered(office: Office) -> None:
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Pt

    families = ["Noto Sans CJK SC", "Noto Serif CJK SC", "FandolFang", "Carlito", "Liberation Sans", "Liberation Serif"]
    document = Document()
    document.styles["Normal"].paragraph_format.space_after = Pt(0)
    for family in families:
        for _ in range(5):
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.line_spacing = 1.0
            chinese = "CJK" in family or "Fandol" in family
            run = paragraph.add_run("中文" if chinese else "Text")
            run.font.size, run.font.name = Pt(20), family
            run._r.get_or_add_rPr().rFonts.set(qn("w:eastAsia"), family)
    path = office.folder / "heights.docx"
    document.save(str(path))
    middles = office.middles(path)
    for number, family in enumerate(families):
        first = middles[number * 5 : number * 5 + 5]
        pitch = (first[-1] - first[0]) / 4
        assert pitch - 0.1 <= line_height(20, family) <= pitch * 1.06, (family, pitch)
