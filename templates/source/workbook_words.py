"""What the workbook templates say, in Chinese and English. What stands between braces is the template language."""

from __future__ import annotations

from dataclasses import dataclass, field

import ranks


@dataclass(frozen=True)
class Words:
    """All wording of one language. Sheet names are used in formulas, so they are plain words."""

    lang: str
    font: str
    # sheets
    overview: str
    targets: str
    matrix: str
    measures: str
    sources: str
    notes: str
    # overview
    subtitle: str
    stated: str
    stated_growth: str
    tiles: tuple[str, str, str, str, str, str]
    leads: tuple[str, str]
    chart_names: tuple[str, str]
    chart_texts: tuple[str, str]
    series: tuple[str, str]
    series_met: tuple[str, str, str]
    progress: str
    progress_hint: str
    progress_heads: tuple[str, ...]
    all_places: str
    chart_data: str
    # targets
    targets_title: str
    targets_hint: str
    band_data: str
    band_fill: str
    heads: tuple[str, ...]
    measures_of_progress: tuple[str, ...]
    measure_words: tuple[str, ...]
    roles: tuple[str, ...]
    kinds: tuple[str, ...]
    status: tuple[str, str, str, str, str]
    """Met, on track, behind, not filled in, without a number."""
    judged: tuple[str, str]
    """What the column at the end holds of targets that are judged otherwise than their sign and measure say."""
    prompts: tuple[tuple[str, str], tuple[str, str]]
    invalid: tuple[str, str]
    # matrix
    matrix_title: str
    matrix_hint: str
    matrix_heads: tuple[str, str]
    bands: tuple[str, str]
    city_row: str
    median_row: str
    # measures, sources, notes
    measures_title: str
    measures_heads: tuple[str, ...]
    sources_title: str
    sources_heads: tuple[str, ...]
    notes_title: str
    how: str
    how_lines: tuple[str, ...]
    signs: str
    sign_lines: tuple[tuple[str, str], ...]
    strengths: str
    coverage: str
    coverage_heads: tuple[str, ...]
    flagged: str
    flagged_heads: tuple[str, ...]
    unverified: str
    page: str
    keywords: str
    widths: dict[str, float] = field(default_factory=dict)


ZH = Words(
    lang="zh",
    font="微软雅黑",
    overview="总览",
    targets="目标",
    matrix="对比",
    measures="举措",
    sources="来源",
    notes="说明",
    subtitle="{{ pack.subtitle }}　｜　数据截至{{ pack.date }}{% if pack.observed_date %}，实际值截至{{ pack.observed_date }}{% endif %}",
    stated="原文：{{ R.base.text }}",
    stated_growth="{% if R.level and R.growth %}{% if R.base.key == R.level.key %}，增速{{ R.growth.text }}{% else %}，{{ R.level.text }}{% endif %}{% endif %}",
    tiles=("目标项数", "有目标的区", "已填实际值", "已达到", "进度正常", "落后"),
    leads=(
        "{% if rates[0] %}" + ranks.listed("rates[0].highest", "zh") + "最高，为" + ranks.figure("rates[0].highest") + "："
        "各区{{ rates[0].short }}{{ rates[0].measure if rates[0].measure_code != 'ratio' }}目标{% if rates[0].city %}（虚线为全市{{ rates[0].city.text }}）{% endif %}{% endif %}",
        "{% if rates[1] %}" + ranks.listed("rates[1].highest", "zh") + "最高，为" + ranks.figure("rates[1].highest") + "："
        "各区{{ rates[1].short }}{{ rates[1].measure if rates[1].measure_code != 'ratio' }}目标{% if rates[1].city %}（虚线为全市{{ rates[1].city.text }}）{% endif %}"
        "{% elif observed %}各区达到比例：已填目标中已达到的占比（虚线为各区合计）{% endif %}",
    ),
    chart_names=("图1 第一指标目标", "图2 第二指标目标"),
    chart_texts=(
        "柱形图：各区{{ rates[0].short }}{{ rates[0].measure if rates[0].measure_code != 'ratio' }}目标，由高到低，虚线为全市目标；数据见本表下方“图表数据”。",
        "{% if rates[1] %}柱形图：各区{{ rates[1].short }}{{ rates[1].measure if rates[1].measure_code != 'ratio' }}目标，由高到低，虚线为全市目标{% else %}柱形图：各区目标达到比例，"
        "虚线为合计{% endif %}；数据见本表下方“图表数据”。",
    ),
    series=("目标", "全市目标"),
    series_met=("区", "达到比例", "合计"),
    progress="各区进展",
    progress_hint="由“目标”表实时统计；在“目标”表填入实际值后自动更新",
    progress_heads=(
        "区", "资料情况", "目标数", "经济指标", "任务成果", "项目盘子", "已填", "已达到", "进度正常", "落后", "填报率",
        "达到比例",
    ),
    all_places="各区合计",
    chart_data="图表数据",
    targets_title="目标台账：{{ pack.target_count }}项目标，每项一行，均有出处",
    targets_hint=(
        "深色表头为数据，重建时更新；红色表头由各单位填写，重建时保留。≥ 含本数，> 不含本数，≈ 左右；来源为“来源”表序号；"
        "上限、力争值、性质等列收在“＋”里。"
    ),
    band_data="目标（来自数据）",
    band_fill="进展（请填写）",
    heads=(
        "键", "对照键", "区域", "指标", "口径", "关系", "目标值", "上限", "单位", "力争值", "强度用词", "性质", "类别",
        "期限", "原文数字", "依据原文", "来源", "待核", "起始日", "截止日", "实际值", "实际日期", "完成率", "状态", "备注",
        "评判", "实际来源",
    ),
    measures_of_progress=("总量", "数量", "增量", "完成量"),
    measure_words=("总量", "增速", "百分点变化", "占比", "倍数", "增长倍数", "数量", "增量", "完成量", "位次", "定性"),
    roles=("基本目标", "力争目标", "节点目标"),
    kinds=("经济指标", "任务成果", "项目盘子"),
    status=("已达到", "进度正常", "落后", "未填", "—"),
    judged=("越低越好", "存量"),
    prompts=(
        ("实际值", "按左侧“单位”列填写；百分比直接填 6.5%。填后完成率与状态自动更新。"),
        ("实际日期", "数据截止日，如 2023-06-30。总量类目标据此判断是否跟上进度。"),
    ),
    invalid=("请核对", "不在可选范围内，确需如此请选“是”。"),
    matrix_title=(
        "{% if rates[0] %}{{ rates[0].short }}{{ rates[0].measure if rates[0].measure_code != 'ratio' }}目标：" + ranks.listed("rates[0].highest", "zh") + ranks.figure("rates[0].highest", apart=True) + "最高，"
        + ranks.listed("rates[0].lowest", "zh") + ranks.figure("rates[0].lowest", apart=True) + "最低"
        "{% else %}各区指标对比{% endif %}"
    ),
    matrix_hint="各格按“区域|指标|口径”查“目标”表，目标表排序、增行不影响；列最高值加粗；空白为原文未载",
    matrix_heads=("区", "资料情况"),
    bands=("增速与占比", "总量与数量"),
    city_row="全市",
    median_row="各区中位数",
    measures_title="举措：{{ initiatives|length }}项，按区、按主题",
    measures_heads=("键", "区域", "主题", "举措", "依据原文", "来源", "进展", "责任单位", "备注"),
    sources_title="来源：{{ sources|length }}份，每项目标都指向其中一份",
    sources_heads=("键", "序号", "标题", "发布者", "日期", "场合", "网址", "引用目标数", "实际值数"),
    notes_title="说明：怎么看、怎么填、哪些要核",
    how="怎么看，怎么填",
    how_lines=(
        "“总览”的数字全部由公式取自“目标”表，改动“目标”表即随之更新。",
        "“目标”表一行一项目标；金额统一为亿元，百分比按数值存放（6.5%即0.065），个数按个。",
        "实际值、实际日期、备注由各单位填写；完成率＝实际值÷目标值，上限和越低越好的不计；总量类目标按时间进度判断“进度正常”或“落后”，存量除外（隐藏的“评判”列）。",
        "隐藏的“键”列用于重建时对应各行，请勿改动；排序、筛选、增行、增列都可以。",
    ),
    signs="关系列的符号",
    sign_lines=(
        ("=", "等于，原文只写数值"), ("≥", "以上、不低于，含本数"), (">", "超、突破，不含本数"), ("≈", "左右"),
        ("≤", "以内、以下，含本数"), ("<", "低于，不含本数"), ("–", "区间，上限见“上限”列"),
    ),
    strengths="强度用词（由强到弱）",
    coverage="资料情况",
    coverage_heads=("区", "资料情况", "目标数", "说明"),
    flagged="待核事项",
    flagged_heads=("区域", "指标", "原文数字", "待核说明"),
    unverified=(
        "{% for d in districts if d.flagged|selectattr('flag_code', 'eq', 'unverified')|list %}"
        "{% if loop.first %}据转载、未见原报道的目标：{% else %}、{% endif %}{{ d.short }}"
        "{{ d.flagged|selectattr('flag_code', 'eq', 'unverified')|list|length|after(d.short) }}项{% if loop.last %}。{% endif %}{% endfor %}"
    ),
    page="第 &P 页，共 &N 页",
    keywords="目标, 指标, 区域对比",
)  # fmt: skip

EN = Words(
    lang="en",
    font="Calibri",
    overview="Overview",
    targets="Targets",
    matrix="Comparison",
    measures="Initiatives",
    sources="Sources",
    notes="Notes",
    subtitle=(
        "{{ pack.subtitle }}   |   data as of {{ pack.date }}"
        "{% if pack.observed_date %}, actual values as of {{ pack.observed_date }}{% endif %}"
    ),
    stated="Source: {{ R.base.text }}",
    stated_growth="{% if R.level and R.growth %}, {% if R.base.key == R.level.key %}{{ R.growth.phrase }}{% else %}{{ R.level.phrase }}{% endif %}{% endif %}",
    tiles=("Targets", "Districts with targets", "Actuals filled in", "Met", "On track", "Behind"),
    leads=(
        "{% if rates[0] %}" + ranks.listed("rates[0].highest", "en") + ranks.verb("rates[0].highest", " is", " are")
        + " highest with " + ranks.figure("rates[0].highest") + ": "
        "{{ rates[0].short }}{{ ' ' ~ rates[0].measure if rates[0].measure_code != 'ratio' }} targets by district{% if rates[0].city %} (dashed: city, {{ rates[0].city.text }}){% endif %}{% endif %}",
        "{% if rates[1] %}" + ranks.listed("rates[1].highest", "en") + ranks.verb("rates[1].highest", " is", " are")
        + " highest with " + ranks.figure("rates[1].highest") + ": "
        "{{ rates[1].short }}{{ ' ' ~ rates[1].measure if rates[1].measure_code != 'ratio' }} targets by district{% if rates[1].city %} (dashed: city, {{ rates[1].city.text }}){% endif %}"
        "{% elif observed %}Share of reported targets already met, by district (dashed: all districts){% endif %}",
    ),
    chart_names=("Chart 1 targets", "Chart 2 targets"),
    chart_texts=(
        "Column chart: {{ rates[0].short }}{{ ' ' ~ rates[0].measure if rates[0].measure_code != 'ratio' }} targets by district, highest first; the dashed line is the city’s "
        "target. Its data stand below on this sheet.",
        "{% if rates[1] %}Column chart: {{ rates[1].short }}{{ ' ' ~ rates[1].measure if rates[1].measure_code != 'ratio' }} targets by district, highest first; the dashed line is "
        "the city’s target{% else %}Column chart: share of targets met by district; the dashed line is the total"
        "{% endif %}. Its data stand below on this sheet.",
    ),
    series=("Target", "City target"),
    series_met=("District", "Met share", "All districts"),
    progress="Progress by district",
    progress_hint="Counted live from the Targets sheet; fill in actual values there and this follows",
    progress_heads=(
        "District", "Coverage", "Targets", "Indicators", "Deliverables", "Portfolios", "Filled in", "Met", "On track",
        "Behind", "Reported", "Met share",
    ),
    all_places="All districts",
    chart_data="Chart data",
    targets_title="All {{ pack.target_count }} targets, one to a row, each with its source",
    targets_hint=(
        "Dark headers: from the data, renewed by a rebuild. Red headers: yours to fill in, kept. ≥ includes the number, > does "
        "not, ≈ about. Source: number in Sources. Upper, stretch, role, kind and period: behind the +."
    ),
    band_data="Targets (from the data)",
    band_fill="Progress (to be filled in)",
    heads=(
        "Key", "Lookup key", "Place", "Indicator", "Measure", "Sign", "Target", "Upper", "Unit", "Stretch", "Strength",
        "Role", "Kind", "Period", "As stated", "Clause", "Source", "To check", "Start", "End", "Actual", "As of",
        "Completion", "Status", "Remarks", "Judged", "Actual from",
    ),
    measures_of_progress=("level", "number", "increment", "amount done"),
    measure_words=(
        "level", "growth", "change in points", "share", "multiple", "growth multiple", "number", "increment",
        "amount done", "rank", "qualitative",
    ),
    roles=("base", "stretch", "milestone"),
    kinds=("indicator", "deliverable", "portfolio"),
    status=("Met", "On track", "Behind", "Open", "—"),
    judged=("lower is better", "stock"),
    prompts=(
        ("Actual value", "In the unit given on the left; type percentages as 6.5%. Completion and status follow."),
        ("As of", "The day that the value stands for, such as 2023-06-30. Totals are judged against it."),
    ),
    invalid=("Please check", "This is not one of the usual entries. Choose Yes to keep it."),
    matrix_title=(
        "{% if rates[0] %}{{ rates[0].short }}{{ ' ' ~ rates[0].measure if rates[0].measure_code != 'ratio' }} targets: " + ranks.listed("rates[0].highest", "en") + " highest "
        "(" + ranks.figure("rates[0].highest") + "), " + ranks.listed("rates[0].lowest", "en") + " lowest "
        "(" + ranks.figure("rates[0].lowest") + "){% else %}Indicators by district{% endif %}"
    ),
    matrix_hint=(
        "Each cell looks up place, indicator and measure in the Targets sheet, which may be sorted and extended; "
        "the highest value of a column is bold, an empty cell means that the source states none"
    ),
    matrix_heads=("District", "Coverage"),
    bands=("Growth and shares", "Totals and numbers"),
    city_row="City",
    median_row="Median of districts",
    measures_title="{{ initiatives|length }} initiatives by district and theme",
    measures_heads=("Key", "Place", "Theme", "Initiative", "Clause", "Source", "Progress", "Lead unit", "Remarks"),
    sources_title="{{ sources|length }} sources; every target points to one of them",
    sources_heads=("Key", "No.", "Title", "Publisher", "Date", "Occasion", "Address", "Targets citing it", "Actual values from it"),
    notes_title="Notes: how to read, what to fill in, what to check",
    how="How to read and use this workbook",
    how_lines=(
        "Every figure on the Overview is a formula over the Targets sheet and follows its changes.",
        "Targets has one row per target; money is in CNY bn, percentages are numbers (6.5% is 0.065), counts are in ones.",
        "Actual values, their dates and remarks are for you to fill in; completion is actual over target, none where less is better; totals "
        "are on track or behind by the share of the period that has passed, but not stocks (hidden column Judged).",
        "The hidden key column ties rows to the data when the pack is rebuilt; sort, filter, add rows and columns freely.",
    ),
    signs="Signs",
    sign_lines=(
        ("=", "equal to; the source gives the bare number"), ("≥", "at least, the number included"),
        (">", "over, the number excluded"), ("≈", "about"), ("≤", "at most, the number included"),
        ("<", "under, the number excluded"), ("–", "a range; its upper end is in the Upper column"),
    ),
    strengths="Words of strength, firmest first",
    coverage="Coverage",
    coverage_heads=("District", "Coverage", "Targets", "Note"),
    flagged="To be checked",
    flagged_heads=("Place", "Indicator", "As stated", "What to check"),
    unverified=(
        "{% for d in districts if d.flagged|selectattr('flag_code', 'eq', 'unverified')|list %}"
        "{% if loop.first %}Known only from a copy of the report: {% else %}, {% endif %}{{ d.short }} "
        "({{ d.flagged|selectattr('flag_code', 'eq', 'unverified')|list|length }} targets){% if loop.last %}.{% endif %}{% endfor %}"
    ),
    page="Page &P of &N",
    keywords="targets, indicators, district comparison",
)  # fmt: skip
