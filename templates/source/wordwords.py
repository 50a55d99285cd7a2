"""What the Word templates say, in Chinese and English. Everything between braces is the template language."""

from __future__ import annotations

from dataclasses import dataclass

import ranks

ZH_ROW = (
    "{{ r.label }}{% if r.word %}{{ r.word|after(r.label) }}{% endif %}{% if r.level %}{{ r.level.phrase|after(r.label, r.word) }}"
    "{% if r.growth %}，{{ r.growth.phrase }}{% endif %}{% elif r.growth %}{{ r.growth.phrase|after(r.label, r.word) }}{% endif %}"
    "{% if r.stretch %}，{{ r.stretch.word }}{{ r.stretch.text|after(r.stretch.word) }}{% endif %}"
)
EN_ROW = (
    "{{ r.label|inline }} {% if r.level %}{{ r.level.text }}{% if r.growth %}, {% endif %}{% endif %}"
    "{% if r.growth %}{{ r.growth.phrase }}{% endif %}"
    "{% if r.stretch %} ({{ r.stretch.word }} {{ r.stretch.text }}){% endif %}"
)
BELOW = "indicator.GDP.growth|selectattr('reach', 'lt', indicator.GDP.city_growth.value)|list"
ABOVE = "indicator.GDP.growth|selectattr('value', 'gt', indicator.GDP.city_growth.reach)|list|length"
STATUS = "observed|selectattr('actual.status', 'eq', 'CODE')|list|length"
UNJUDGED = "observed|selectattr('actual')|selectattr('actual.status', 'eq', '')|list|length"
KIND = "targets|selectattr('place.n')|selectattr('kind_code', 'eq', 'CODE')|list|length"
# The rarer first: what is asked for all statements should be little. KIND keeps its order, which is the key of a value.
WORK = "targets|selectattr('kind_code', 'eq', 'deliverable')|selectattr('place.n')|list"
ACTUAL_SOURCES = (
    "{% for s in observed|selectattr('actual.source')|map(attribute='actual.source')|unique|sort(attribute='n') %}"
    "{% if loop.first %}LEAD{% endif %}[{{ s.n }}]{% if loop.last %}END{% endif %}{% endfor %}"
)
DOUBTFUL = "rejectattr('flag_code', 'in', ['unverified', 'invented'])|list"
EACH_FLAG = (
    "{% for code in PLACE.flagged|" + DOUBTFUL + "|map(attribute='flag_code')|unique %}"
    "{% for t in PLACE.flagged if t.flag_code == code %}"
)


@dataclass(frozen=True)
class Words:
    """All wording of one language. A pair is a bold lead and what follows it; tags are typed as an office types them."""

    lang: str
    kicker: str
    byline: str
    key: str
    key_messages: tuple[tuple[str, str, str], ...]
    """(condition or nothing, lead, text)."""
    contents: str
    city: str
    city_lead: str
    overview: str
    overview_lead: tuple[str, str]
    """What stands before and behind the reference to the matrix."""
    progress: str
    progress_lead: str
    districts: str
    districts_lead: str
    district: str
    leader: str
    lead: str
    no_source: str
    no_measures: str
    other_source: str
    notes: str
    notes_scope: str
    notes_words: str
    notes_words_used: str
    notes_missing: str
    notes_flags: str
    notes_flags_lead: str
    notes_unverified: str
    sources: str
    source: str
    footnote: str
    table: str
    figure: str
    captions: dict[str, str]
    heads: dict[str, tuple[str, ...]]
    strengths: tuple[tuple[str, str], ...]
    chart_alt: str
    chart_series: tuple[str, str, str]
    chart_line: str
    key_note: str
    chart_lead: tuple[str, str]
    """What stands before and behind the reference to the chart."""
    progress_label: str
    progress_note: str
    remarks: str
    remark: str
    growth: str
    milestone: str
    measures: str
    theme: tuple[str, str]
    clauses: str
    footer: tuple[str, str, str]
    statuses: tuple[str, str, str]
    example: tuple[str, ...]
    """Entries of the template's own table of contents, as Word writes them before the first build."""


ZH = Words(
    lang="zh",
    kicker="目标简报　{{ pack.period }}",
    byline="{% if pack.office %}{{ pack.office }}　{% endif %}{% if pack.date %}数据截至{{ pack.date }}{% endif %}",
    key="要点",
    key_messages=(
        (
            "city.rows",
            "全市目标：",
            "{% for r in city.top[:4] %}{{ r.short }}{% if r.level %}{{ r.level.text|after(r.short) }}{% if r.growth %}、"
            "{{ r.growth.phrase }}{% endif %}{% elif r.growth %}{{ r.growth.phrase|after(r.short) }}{% endif %}{% if loop.last %}。{% else %}；{% endif %}{% endfor %}",
        ),
        (
            "indicator.GDP.growth",
            "经济增速：",
            ranks.names("indicator.GDP.growth_first", "zh")
            + "以"
            + ranks.figure("indicator.GDP.growth_first")
            + "居首，{{ indicator.GDP.growth|length }}个区的中位数为{{ indicator.GDP.median_growth|percent }}"
            "{% if indicator.GDP.city_growth %}，{{ " + ABOVE + " }}个区的目标数值高于全市"
            "（{{ indicator.GDP.city_growth.text }}）{% for t in "
            + BELOW
            + " %}{% if loop.first %}，低于全市的是{% else %}、"
            "{% endif %}{{ t.place.short }}（{{ t.text }}）{% endfor %}{% endif %}。",
        ),
        (
            "indicator.FAI.growth or indicator.IND_INVEST.growth",
            "投资：",
            "{% if indicator.FAI.growth %}固定资产投资增速"
            + ranks.names("indicator.FAI.growth_first", "zh")
            + "最高，为"
            + ranks.figure("indicator.FAI.growth_first")
            + "，中位数{{ indicator.FAI.median_growth|percent }}"
            "{% endif %}{% if indicator.FAI.growth and indicator.IND_INVEST.growth %}；{% endif %}"
            "{% if indicator.IND_INVEST.growth %}工业投资增速"
            + ranks.names("indicator.IND_INVEST.growth_first", "zh")
            + "最高，为"
            + ranks.figure("indicator.IND_INVEST.growth_first")
            + "{% endif %}。",
        ),
        (
            WORK,
            "任务：",
            "各区另列可交付的任务成果{{ "
            + KIND.replace("CODE", "deliverable")
            + " }}项、在手项目盘子{{ "
            + KIND.replace("CODE", "portfolio")
            + " }}项，逐项列在各区表内。",
        ),
        (
            "observed",
            "进展：",
            "已有实际值的目标{{ observed|selectattr('actual')|list|length }}项，截至{{ pack.observed_date }}达到{{ observed|selectattr("
            "'actual.status', 'eq', 'met')|list|length }}项，进度正常{{ observed|selectattr('actual.status', 'eq', "
            "'on_track')|list|length }}项，落后{{ observed|selectattr('actual.status', 'eq', 'behind')|list|length }}项"
            "{% if " + UNJUDGED + " %}，{{ " + UNJUDGED + " }}项目标未列数字、不作评判{% endif %}。",
        ),
        (
            "missing or elsewhere",
            "缺口：",
            "{% if missing %}{{ missing|map(attribute='short')|listed }}{{ missing|length|after(missing[-1].short) }}个区原文未载，不作推测"
            "{% endif %}{% if missing and elsewhere %}；{% endif %}{% if elsewhere %}{{ elsewhere|map(attribute='short')"
            "|listed }}的目标取自其他报道{% endif %}{% for t in flagged if t.flag_code == 'looks_high' %}；"
            "{{ t.place.short }}{{ t.short|after(t.place.short) }}{{ t.text|after(t.short) }}看来偏高，待核{% endfor %}。",
        ),
    ),
    contents="目录",
    city="一、全市目标",
    city_lead="{{ city.name }}{{ pack.period|after(city.name) }}目标{% if city.targets %}{{ city.targets|length }}项，总量与增速同列一行"
    "{% else %}，所据来源未载{% endif %}。",
    overview="二、各区目标一览",
    overview_lead=("各区同类指标对照见", "，“—”表示所据来源未列。"),
    progress="三、目标进展",
    progress_lead="截至{{ pack.observed_date }}，{{ observed|selectattr('actual')|list|length }}项目标有实际值：已达到{{ "
    + STATUS.replace("CODE", "met")
    + " }}项，进度正常{{ "
    + STATUS.replace("CODE", "on_track")
    + " }}项，落后{{ "
    + STATUS.replace("CODE", "behind")
    + " }}项{% if "
    + UNJUDGED
    + " %}，{{ "
    + UNJUDGED
    + " }}项目标未列数字、不作评判{% endif %}。",
    progress_label="{{ t.full_label }}{% if t.measure_code == 'growth_yoy' %}增速{% endif %}{% if t.role_code == 'milestone' %}{{ '（' ~ t.period ~ '）' }}{% endif %}",
    progress_note="完成率为实际值与目标之比，上限和越低越好的不计；“进度正常”指完成率不低于目标期限已过时间的比例。"
    + ACTUAL_SOURCES.replace("LEAD", "实际值来源：").replace("END", "。")
    + "{% for t in observed if t.actual and t.actual.date != pack.observed_date %}{{ t.place.short }}{{ t.label|after(t.place.short) }}（{{ t.period }}）的实际值"
    "截至{{ t.actual.date }}。{% endfor %}",
    remarks="注：",
    remark=EACH_FLAG
    + "{% if loop.first %}{{ t.flags[0].label }}（{% endif %}{{ t.label }}{{ t.text|after(t.label) }}{% if loop.last %}）{% else %}、{% endif %}"
    "{% endfor %}{% if loop.last %}。{% else %}；{% endif %}{% endfor %}",
    key_note="{{ r.base.word }}{% if r.base.word and (r.level and r.growth or r.stretch) %}，{% endif %}"
    "{% if r.level and r.growth %}{% if r.base.key == r.level.key %}{{ r.growth.phrase }}{% else %}{{ r.level.phrase }}"
    "{% endif %}{% elif r.stretch %}{{ r.stretch.word }}{{ r.stretch.phrase|after(r.stretch.word) }}{% endif %}",
    chart_lead=(
        "{{ indicator.GDP.growth|length }}个区提出GDP增速目标，"
        + ranks.names("indicator.GDP.growth_first", "zh")
        + "最高，为"
        + ranks.figure("indicator.GDP.growth_first")
        + "；由高到低见",
        "。",
    ),
    districts="{% if observed %}四{% else %}三{% endif %}、各区目标与举措",
    districts_lead="各区按行政区划代码排列。数字后的“以上”“左右”等词照录原文，含义见数据说明。",
    district="（{{ d.n|chinese }}）{{ d.name }}",
    leader="{{ d.leader.full_title }}　{{ d.leader.name }}",
    lead="{{ d.name }}提出{{ pack.period|after('提出') }}目标{{ d.targets|length }}项：{% for r in d.top[:3] %}"
    + ZH_ROW
    + "{% if loop.last %}。{% else %}；{% endif %}{% endfor %}",
    no_source="{% if d.coverage == 'none' %}原文未载。{% endif %}所据来源没有{{ d.name }}的目标，不作推测。",
    no_measures="所据来源未提{{ d.name }}的举措。",
    other_source="目标不见于原文，取自其他报道。",
    notes="附：数据说明",
    notes_scope="数据范围",
    notes_words="用语含义",
    notes_words_used="原文出现的力度用语：{{ strengths|listed }}。目标表“力度”一栏照录原词。",
    notes_missing="{% if missing %}原文未载：{{ missing|map(attribute='name')|listed }}。{% endif %}"
    "{% if elsewhere %}另据其他来源：{{ elsewhere|map(attribute='name')|listed }}。{% endif %}",
    notes_flags="需要说明的数字",
    notes_flags_lead="以上数字照录来源，引用前请留意。",
    notes_unverified="{% for d in districts if d.flagged|selectattr('flag_code', 'eq', 'unverified')|list %}"
    "{% if loop.first %}据转载、未见原报道的目标：{% else %}、{% endif %}{{ d.short }}"
    "{{ d.flagged|selectattr('flag_code', 'eq', 'unverified')|list|length|after(d.short) }}项{% if loop.last %}。{% endif %}{% endfor %}",
    sources="附：资料来源",
    source="[{{ s.n }}]\t{{ s.citation }}{% if s.address %}，{{ s.address }}{% endif %}。",
    footnote="{{ s.citation }}{% if s.address %}，{{ s.address }}{% endif %}。",
    table="表",
    figure="图",
    captions={
        "city": "{{ city.name }}{{ pack.period|after(city.name) }}目标",
        "matrix": "各区主要目标一览",
        "chart": "各区地区生产总值增速目标与全市目标{% if indicator.GDP.growth|length > 12 %}（前12位）{% endif %}",
        "district": "{{ d.name }}{{ pack.period|after(d.name) }}目标",
        "progress": "目标与实际对照",
        "words": "用语含义",
        "flags": "需要说明的数字",
    },
    heads={
        "district": ("指标", "总量", "增速", "力度"),
        "matrix": ("区", "GDP增速", "固定资产投资", "增速", "工业投资", "增速", "规上工业增加值", "增速"),
        "progress": ("地区", "指标", "目标", "实际", "完成率", "状态"),
        "words": ("用语", "含义", "用语", "含义"),
        "flags": ("地区", "指标", "数值", "说明"),
    },
    strengths=(
        ("确保", "必须完成"),
        ("目标是、计划、预期", "列为年度任务"),
        ("完成、实现", "要求按期达成"),
        ("推进、推动、加快、紧盯", "在办事项，重在进度"),
        ("力争、争取、争", "努力方向，不作硬性承诺"),
        ("以上、以下、以内", "包含本数"),
        ("超、突破、低于", "不含本数"),
        ("左右", "约数"),
    ),
    chart_alt="柱形图：各区地区生产总值增速目标由高到低排列，虚线为全市目标。"
    "最高"
    + ranks.names("indicator.GDP.growth_first", "zh")
    + ranks.figure("indicator.GDP.growth_first", apart=True)
    + "{% if indicator.GDP.city_growth %}，全市{{ indicator.GDP.city_growth.text }}{% endif %}。",
    chart_series=("区", "增速目标（%）", "全市目标（%）"),
    chart_line="全市{{ indicator.GDP.city_growth.text }}",
    growth="{{ r.growth.text|dash }}{% if r.stretch %}，{{ r.stretch.word }}{{ r.stretch.text|after(r.stretch.word) }}{% endif %}",
    milestone="其中：{{ m.period }}",
    measures="主要举措",
    theme=("；", "。"),
    clauses="原文语句：",
    footer=("第", "页　共", "页"),
    statuses=("已达到", "进度正常", "落后"),
    example=("要点", "一、全市目标", "（一）某区"),
)

EN = Words(
    lang="en",
    kicker="Targets briefing, {{ pack.period }}",
    byline="{% if pack.office %}{{ pack.office }}{% endif %}{% if pack.date %}{% if pack.office %}, data{% else %}Data{% endif %} as of "
    "{{ pack.date }}{% endif %}",
    key="Key messages",
    key_messages=(
        (
            "city.rows",
            "The city: ",
            "{% for r in city.top[:4] %}{{ r.short|inline }} {% if r.level %}{{ r.level.text }}{% if r.growth %}, {% endif %}{% endif %}"
            "{% if r.growth %}{{ r.growth.phrase }}{% endif %}{% if loop.last %}.{% else %}; {% endif %}{% endfor %}",
        ),
        (
            "indicator.GDP.growth",
            "Growth: ",
            ranks.names("indicator.GDP.growth_first", "en")
            + ranks.verb("indicator.GDP.growth_first", " leads with ", " lead with ")
            + ranks.figure("indicator.GDP.growth_first")
            + "; the median of {{ indicator.GDP.growth|length }} districts is "
            "{{ indicator.GDP.median_growth|percent }}{% if indicator.GDP.city_growth %}, and {{ "
            + ABOVE
            + " }} of them {% if "
            + ABOVE
            + " == 1 %}sets{% else %}set{% endif %} a higher figure than the city ({{ indicator.GDP.city_growth.text }})"
            "{% for t in "
            + BELOW
            + " %}{% if loop.first %}. Below the city: {% else %}, {% endif %}{{ t.place.short }} "
            "({{ t.text }}){% endfor %}{% endif %}.",
        ),
        (
            "indicator.FAI.growth or indicator.IND_INVEST.growth",
            "Investment: ",
            "{% if indicator.FAI.growth %}fixed-asset growth is highest in "
            + ranks.names("indicator.FAI.growth_first", "en")
            + " ("
            + ranks.figure("indicator.FAI.growth_first")
            + "; median "
            "{{ indicator.FAI.median_growth|percent }}){% endif %}"
            "{% if indicator.FAI.growth and indicator.IND_INVEST.growth %}, {% endif %}"
            "{% if indicator.IND_INVEST.growth %}industrial in "
            + ranks.names("indicator.IND_INVEST.growth_first", "en")
            + " ("
            + ranks.figure("indicator.IND_INVEST.growth_first")
            + "){% endif %}.",
        ),
        (
            WORK,
            "Delivery: ",
            "the districts also list {{ "
            + KIND.replace("CODE", "deliverable")
            + " }} deliverables{% set works = "
            + KIND.replace("CODE", "portfolio")
            + " %}{% if works %} and {{ "
            + KIND.replace("CODE", "portfolio")
            + " }} {% if works == 1 %}portfolio"
            "{% else %}portfolios{% endif %} of works in hand{% endif %}, each in its district’s table.",
        ),
        (
            "observed",
            "Progress: ",
            "by {{ pack.observed_date }}, of {{ observed|selectattr('actual')|list|length }} targets with actual values {{ "
            + STATUS.replace("CODE", "met")
            + " }} {% if "
            + STATUS.replace("CODE", "met")
            + " == 1 %}is{% else %}are{% endif %} met, {{ "
            + STATUS.replace("CODE", "on_track")
            + " }} on track and {{ "
            + STATUS.replace("CODE", "behind")
            + " }} behind"
            "{% if " + UNJUDGED + " %}, and {{ " + UNJUDGED + " }} without a number to judge by{% endif %}.",
        ),
        (
            "missing or elsewhere",
            "Gaps: ",
            "{% if missing %}no source was found for {{ missing|map(attribute='short')|listed('en') }}, and nothing is "
            "assumed{% endif %}{% if missing and elsewhere %}; {% endif %}{% if elsewhere %}the targets of "
            "{{ elsewhere|map(attribute='short')|listed('en') }} come from other reports{% endif %}"
            "{% for t in flagged if t.flag_code == 'looks_high' %}; {{ t.place.short }}’s {{ t.text }} of "
            "{{ t.short|inline }} looks too high and is to be confirmed{% endfor %}.",
        ),
    ),
    contents="Contents",
    city="1. City targets",
    city_lead="{% if city.targets %}{{ city.name }} has set {{ city.targets|length }} "
    "{% if city.targets|length == 1 %}target{% else %}targets{% endif %} for {{ pack.period }}. Level and growth of one "
    "indicator stand in one row.{% else %}The sources state no target of {{ city.name }} for {{ pack.period }}.{% endif %}",
    overview="2. The districts at a glance",
    overview_lead=(
        "The districts’ targets for the same indicators stand side by side in ",
        "; a dash means that the source states none.",
    ),
    progress="3. Progress",
    progress_lead="By {{ pack.observed_date }}, {{ observed|selectattr('actual')|list|length }} "
    "{% if observed|selectattr('actual')|list|length == 1 %}target has{% else %}targets have{% endif %} an actual value: {{ "
    + STATUS.replace("CODE", "met")
    + " }} {% if "
    + STATUS.replace("CODE", "met")
    + " == 1 %}is{% else %}are{% endif %} met, {{ "
    + STATUS.replace("CODE", "on_track")
    + " }} are on track and {{ "
    + STATUS.replace("CODE", "behind")
    + " }} are behind{% if "
    + UNJUDGED
    + " %}; {{ "
    + UNJUDGED
    + " }} cannot be judged, since the target "
    "states no number{% endif %}.",
    progress_label="{{ t.full_label }}{% if t.measure_code == 'growth_yoy' %}, growth{% endif %}{% if t.role_code == 'milestone' %} ({{ t.period }}){% endif %}",
    progress_note="“Done” is the actual value over the target, but none where less is better; “on track” means that it is no less than the share of the "
    "target’s period that has passed."
    + ACTUAL_SOURCES.replace("LEAD", " Actual values from ").replace("END", ".")
    + "{% for t in observed if t.actual and t.actual.date != pack.observed_date %} {{ t.place.short }}, "
    "{{ t.label|inline }} ({{ t.period }}): as of {{ t.actual.date }}.{% endfor %}",
    remarks="Note: ",
    remark=EACH_FLAG + "{% if loop.first %}{{ t.flags[0].label|inline }} ({% endif %}{{ t.label|inline }} {{ t.text }}"
    "{% if loop.last %}){% else %}, {% endif %}{% endfor %}{% if loop.last %}.{% else %}; {% endif %}{% endfor %}",
    key_note="{{ r.base.word }}{% if r.base.word and (r.level and r.growth or r.stretch) %}; {% endif %}"
    "{% if r.level and r.growth %}{% if r.base.key == r.level.key %}{{ r.growth.phrase }}{% else %}{{ r.level.phrase }}"
    "{% endif %}{% elif r.stretch %}{{ r.stretch.word }} {{ r.stretch.text }}{% endif %}",
    chart_lead=(
        "{{ indicator.GDP.growth|length }} districts set a target for GDP growth; "
        + ranks.names("indicator.GDP.growth_first", "en")
        + ranks.verb("indicator.GDP.growth_first", " leads with ", " lead with ")
        + ranks.figure("indicator.GDP.growth_first")
        + " (",
        ").",
    ),
    districts="{% if observed %}4{% else %}3{% endif %}. Targets and measures by district",
    districts_lead="Districts follow the order of their division codes. Words such as “at least” or “about” are as strong "
    "as the source; the notes on the data explain them.",
    district="{% if observed %}4{% else %}3{% endif %}.{{ d.n }} {{ d.name }}",
    leader="{{ d.leader.name }}, {{ d.leader.full_title }}",
    lead="{{ d.name }} has set {{ d.targets|length }} {% if d.targets|length == 1 %}target{% else %}targets{% endif %} for "
    "{{ pack.period }}, first among them: {% for r in d.top[:3] %}"
    + EN_ROW
    + "{% if loop.last %}.{% else %}; {% endif %}{% endfor %}",
    no_source="{% if d.coverage == 'none' %}Not in the source. {% endif %}No usable report states targets for {{ d.name }}, and nothing is assumed here.",
    no_measures="The source names no measures of {{ d.name }}.",
    other_source="These targets are not in the main source; they come from another report.",
    notes="Notes on the data",
    notes_scope="Coverage",
    notes_words="What the words mean",
    notes_words_used="Words of strength found in the sources: {{ strengths|listed('en') }}. The column “Strength” gives "
    "the word for each target.",
    notes_missing="{% if missing %}Not in the source: {{ missing|map(attribute='name')|listed('en') }}. {% endif %}"
    "{% if elsewhere %}From other reports: {{ elsewhere|map(attribute='name')|listed('en') }}. {% endif %}",
    notes_flags="Figures to handle with care",
    notes_flags_lead="These figures are given as the source prints them. Read the remark before quoting one.",
    notes_unverified="{% for d in districts if d.flagged|selectattr('flag_code', 'eq', 'unverified')|list %}"
    "{% if loop.first %}Known only from a copy of the report: {% else %}, {% endif %}{{ d.short }} "
    "({{ d.flagged|selectattr('flag_code', 'eq', 'unverified')|list|length }} targets){% if loop.last %}.{% endif %}"
    "{% endfor %}",
    sources="Sources",
    source="[{{ s.n }}]\t{{ s.citation }}{% if s.address %}, {{ s.address }}{% endif %}.",
    footnote="{{ s.citation }}{% if s.address %}, {{ s.address }}{% endif %}.",
    table="Table",
    figure="Figure",
    captions={
        "city": "Targets of {{ city.name }}, {{ pack.period }}",
        "matrix": "Main targets of the districts",
        "chart": "Growth of gross regional product: the districts’ targets and the city’s"
        "{% if indicator.GDP.growth|length > 12 %} (the first 12){% endif %}",
        "district": "Targets of {{ d.name }}, {{ pack.period }}",
        "progress": "Targets and actual values",
        "words": "What the words mean",
        "flags": "Figures to handle with care",
    },
    heads={
        "district": ("Indicator", "Level", "Growth", "Strength"),
        "matrix": (
            "District",
            "GDP growth",
            "Fixed-asset investment",
            "Growth",
            "Industrial investment",
            "Growth",
            "Industrial value added",
            "Growth",
        ),
        "progress": ("Place", "Indicator", "Target", "Actual", "Done", "Status"),
        "words": ("Word", "Meaning", "Word", "Meaning"),
        "flags": ("Place", "Indicator", "Figure", "Remark"),
    },
    strengths=(
        ("commits to", "must be reached"),
        ("targets, plans, expects", "set as a task for the year"),
        ("to achieve", "to be done within the period"),
        ("presses on with", "work in hand; what counts is its pace"),
        ("aims for", "a goal to strive for, not a commitment"),
        ("at least, at most", "the figure itself is included"),
        ("over, above, under", "the figure itself is not included"),
        ("about", "an approximate figure"),
    ),
    chart_alt="Column chart: the districts’ growth targets for gross regional product from the highest to the lowest; a "
    "dashed line marks the city’s. Highest: "
    + ranks.names("indicator.GDP.growth_first", "en")
    + " with "
    + ranks.figure("indicator.GDP.growth_first")
    + "{% if indicator.GDP.city_growth %}; the city’s is {{ indicator.GDP.city_growth.text }}{% endif %}.",
    chart_series=("District", "Growth target (%)", "City target (%)"),
    chart_line="City: {{ indicator.GDP.city_growth.text }}",
    growth="{{ r.growth.text|dash }}{% if r.stretch %}; {{ r.stretch.word }} {{ r.stretch.text }}{% endif %}",
    milestone="of which {{ m.period }}",
    measures="Measures",
    theme=(". ", "."),
    clauses="",
    footer=("Page ", " of ", ""),
    statuses=("met", "on track", "behind"),
    example=("Key messages", "1. City targets", "3.1 A district"),
)
