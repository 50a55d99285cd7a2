"""The words of the deck in Chinese and English. Numbers never stand here: they are bound."""

from __future__ import annotations

import ranks

FASTEST = "(gdp in indicator.GDP.growth_first)"

ZH: dict[str, str] = {
    # layouts
    "title": "标题：一句话说清结论", "subtitle": "副标题", "date": "日期与单位", "who": "姓名与职务", "source": "来源",
    "page": "页码", "list": "要点", "chart": "图题", "left": "左栏", "right": "右栏",
    "l.cover": "封面", "l.statement": "结论页", "l.messages": "要点页", "l.figures": "数字与图", "l.columns": "两栏",
    # cover
    "cover.date": "{{ pack.date }}{% if pack.office %}　{{ pack.office }}{% endif %}",
    "cover.targets": "项目标", "cover.districts": "个区", "cover.sources": "个来源",
    # the city
    # the messages of the whole deck
    "k.title": "{% if city.targets %}{{ city.short }}和{% endif %}{{ (covered|list|length) + (elsewhere|list|length) }}个区提出{{ pack.target_count }}项目标"
    "{% if observed %}，已有实际值的{{ observed|selectattr('actual')|list|length }}项中"
    "{{ observed|selectattr('actual.status', 'eq', 'behind')|list|length }}项落后"
    "{% elif missing %}，{{ missing|length }}个区原文未载{% endif %}",
    "k.who": "要点",
    "k.city": "全市　|{% for r in city.top[:4] %}{{ r.short }}{{ r.base.phrase|after(r.short) }}{% if not loop.last %}，{% endif %}{% endfor %}",
    "k.growth": "增速　|{% set gdp = indicator.GDP %}GDP增速目标" + ranks.names("gdp.growth_first", "zh") + "以" + ranks.figure("gdp.growth_first") + "居首，"
    "{{ gdp.growth|length }}个区的中位数为{{ gdp.median_growth|percent }}{% if gdp.city_growth %}，"
    "{{ gdp.growth|selectattr('value', 'ge', gdp.city_growth.value)|list|length }}个区不低于全市{% if gdp.city_growth.upper %}下限{% endif %}{{ gdp.city_growth.bare|after('市') }}{% endif %}",
    "k.invest": "投资　|{% set fai = indicator.FAI.growth %}{% set industry = indicator.IND_INVEST.growth %}"
    "{% if fai %}固定资产投资增速目标" + ranks.names("indicator.FAI.growth_first", "zh") + "最高，为" + ranks.figure("indicator.FAI.growth_first") + "{% endif %}{% if fai and industry %}；{% endif %}"
    "{% if industry %}工业投资" + ranks.names("indicator.IND_INVEST.growth_first", "zh") + "最高，为" + ranks.figure("indicator.IND_INVEST.growth_first") + "{% endif %}",
    "k.work": "任务　|各区另列可交付的任务成果{{ targets|selectattr('kind_code', 'eq', 'deliverable')|selectattr('place.n')|list|length }}项、"
    "在手项目盘子{{ targets|selectattr('kind_code', 'eq', 'portfolio')|selectattr('place.n')|list|length }}项",
    "k.progress": "进展　|截至{{ pack.observed_date }}，已达到{{ observed|selectattr('actual.status', 'eq', 'met')|list|length }}项，"
    "进度正常{{ observed|selectattr('actual.status', 'eq', 'on_track')|list|length }}项，"
    "落后{{ observed|selectattr('actual.status', 'eq', 'behind')|list|length }}项",
    "k.gaps": "缺口　|{% if missing %}{{ missing[:5]|map(attribute='short')|listed }}{% if missing|length > 5 %}等{% endif %}"
    "{{ missing|length|after('' if missing|length > 5 else missing[-1].short) }}个区原文未载，不作推测{% endif %}"
    "{% if missing and elsewhere %}；{% endif %}{% if elsewhere %}{{ elsewhere|length }}个区的目标取自其他报道，引用须注明{% endif %}",
    "city.title": "{{ city.short }}{{ r1.short|after(city.short) }}{{ r1.base.phrase|after(r1.short) }}"
    "{% if r1.level and r1.growth %}、{% if r1.base.key == r1.level.key %}{{ r1.growth.phrase }}{% else %}{{ r1.level.phrase }}{% endif %}{% endif %}"
    "{% set same = city.top[1:4]|map(attribute='base.phrase')|unique|list|length == 1 %}"
    "{% if city.top|length > 1 %}，\v{% endif %}{% for r in city.top[1:4] %}{% if not loop.first %}、{% endif %}{{ r.short }}{% if not same %}{{ r.base.phrase|after(r.short) }}"
    "{% elif loop.length > 1 and loop.last %}各{{ r.base.phrase }}{% elif loop.last %}{{ r.base.phrase|after(r.short) }}{% endif %}{% endfor %}",
    "city.who": "{{ city.name }}{{ pack.period|after(city.name) }}目标，共{{ city.targets|length }}项",
    "city.quotes": "原文怎么说",
    "city.quote": "{{ clause|fit(2) }}",
    "city.coverage": "{{ pack.district_count }}个区的目标从哪里来",
    "city.full": "个区原文载明", "city.elsewhere": "个区取自其他来源", "city.missing": "个区原文未载，不作推测",
    # comparison
    "gdp.title": "{% set gdp = indicator.GDP %}{% set aim = gdp.city_growth %}"
    "{{ gdp.growth|length }}个区公布GDP增速，{% if aim %}{{ gdp.growth|selectattr('value', 'ge', aim.value)|list|length }}"
    "个不低于全市{% if aim.upper %}下限{% endif %}{{ aim.bare|after('市') }}，\v{% endif %}" + ranks.names("gdp.growth_first", "zh") + ranks.figure("gdp.growth_first", apart=True) + "居首",
    "gdp.who": "各区地区生产总值增速目标，由高到低{% if indicator.GDP.city_growth %}；虚线为全市目标{% endif %}",
    "gdp.line": "{% if indicator.GDP.city_growth %}全市 {{ indicator.GDP.city_growth.text }}{% endif %}",
    "gdp.absent": "{% if missing %}原文未载：{{ missing|map(attribute='short')|listed }}。{% endif %}",
    "fai.title": "{% set fai = indicator.FAI %}固投增速目标" + ranks.names("fai.growth_first", "zh") + "最高，为" + ranks.figure("fai.growth_first") + "；"
    "{{ fai.growth|length }}个区的中位数是{{ fai.median_growth|percent }}",
    "fai.who": "各区固定资产投资增速目标，由高到低；虚线为各区中位数",
    "fai.line": "中位数 {{ indicator.FAI.median_growth|percent }}",
    "cmp.category": "{{ t.place.short|clip(9) }}\n{{ t.text }}{% if t.word %}\n{{ t.word }}{% endif %}",
    "d.context.category": "{{ t.place.short|clip(14) }} {{ t.text }}",
    "cmp.median": "中位数", "cmp.value": "增速目标",
    "cmp.alt": "柱形图，{{ x.label }}增速目标由高到低：{% for t in x.growth[:12] %}{{ t.place.short }}{{ t.text|after(t.place.short) }}"
    "{% if not loop.last %}，{% endif %}{% endfor %}",
    "cmp.source": "{% if x.growth|length > 12 %}只列前12位，其余见工作簿。{% endif %}"
    "来源：{% for s in x.growth|map(attribute='source')|unique|sort(attribute='n') %}[{{ s.n }}]{% endfor %}，见“出处”页。单位：%",
    # a district
    "d.headline": "{% set gdp = district.target.gdp_growth %}"
    "{% set most = (rates|rejectattr('indicator', 'eq', 'GDP')|list)[0] %}"
    "{{ district.short }}"
    "{% if gdp %}{{ gdp.word|after(district.short) }}{{ 'GDP'|after(district.short, gdp.word) }}{{ gdp.phrase|after('GDP') }}"
    "{% if r1.stretch %}、{{ r1.stretch.word }}{{ r1.stretch.phrase|after(r1.stretch.word) }}{% endif %}"
    "{% if " + FASTEST + " %}，增速{% if indicator.GDP.growth_first|length > 1 %}并列{% else %}居{% endif %}各区之首{% endif %}"
    "{% else %}{{ r1.base.word|after(district.short) }}{{ r1.short|after(district.short, r1.base.word) }}{{ r1.base.phrase|after(r1.short) }}{% endif %}"
    "{% if most %}，{% if r1.stretch or gdp and " + FASTEST + " %}\v{% endif %}{% if not gdp or most.word != gdp.word %}{{ most.word }}{{ most.short|after(most.word) }}{% else %}{{ most.short }}{% endif %}{{ most.phrase|after(most.short) }}"
    "{% elif r2 %}，{{ r2.base.word }}{{ r2.short|after(r2.base.word) }}{{ r2.base.phrase|after(r2.short) }}{% endif %}",
    "d.who": "{{ district.name }}{% if district.leader %}　{{ district.leader.full_title }} {{ district.leader.name }}{% endif %}"
    "{% if district.coverage == 'other_source' %}　·　取自其他来源，引用须注明{% endif %}",
    "d.both": "{% if r.level and r.growth %}{% if r.base.key == r.level.key %}{{ r.growth.phrase|after(r.base.word) }}{% else %}{{ r.level.phrase|after(r.base.word) }}"
    "{% endif %}{% elif r.stretch %}{% if r.base.word %}，{% endif %}{{ r.stretch.word }}{{ r.stretch.phrase|after(r.stretch.word) }}{% endif %}",
    "d.rest": "项目标，全部列在备注",
    "d.doing": "重点举措{% if district.initiatives|length > 4 %}（另有{{ district.initiatives|length - 4 }}项，见备注）{% endif %}",
    "d.origin": "须注明", "d.flag": "（待核）",
    "d.origin.text": "{{ x|fit(2) }}",
    "d.origin.none": "该来源未提举措，此处不作补写。",
    "d.chart": "增速目标与各区中位数",
    "d.chart.own": "{{ district.short }}", "d.chart.median": "各区中位数", "d.chart.format": '"中位数 "General"%"',
    "d.chart.category": "{{ t.short|clip(32) }}\n{{ t.text }}",
    "d.alt": "条形图，{{ district.name }}增速目标：{% for t in rates %}{{ t.short }}{{ t.text|after(t.short) }}"
    "{% if not loop.last %}，{% endif %}{% endfor %}",
    "d.context": "他区GDP增速目标（供对照）",
    "d.context.alt": "条形图，各区GDP增速目标：{% for t in indicator.GDP.growth[:8] %}{{ t.place.short }}{{ t.text|after(t.place.short) }}"
    "{% if not loop.last %}，{% endif %}{% endfor %}",
    "d.source": "来源：{% for s in district.sources %}[{{ s.n }}] {{ s.citation }}{% if not loop.last %}；{% endif %}{% endfor %}",
    # a district without figures
    "m.headline": "{{ district.short }}：{% if district.coverage == 'none' %}原文未载其目标，来源齐备后再补{% else %}未列数字目标{% endif %}",
    "m.big": "{{ district.coverage_text }}",
    "m.text": "所据来源没有{{ district.name }}的{% if district.coverage != 'none' %}数字{% endif %}目标，不作推测，也不以他区数字代替。{{ district.note }}",
    "m.city": "全市GDP增速目标", "m.median": "各区GDP增速中位数", "m.contrast": "供对照，非本区目标",
    "m.need": "补入所需",
    "m.need.1": "载有该区目标的报道或区政府工作报告",
    "m.need.2": "目标的原句、年份和口径",
    "m.source": "来源：无。对照数字的出处见“出处”页",
    # notes
    "n.target": "{{ t.label }}：{{ t.word }}{{ t.phrase|after(t.word) }}（{{ t.period }}）{% if t.clause %}。原句：{{ t.clause }}{% endif %}［{{ t.source.n }}］"
    "{% if t.actual %}　截至{{ t.actual.date }}实际{{ t.actual.text }}{% if t.actual.source %}［{{ t.actual.source.n }}］{% endif %}{% endif %}{% if t.flags %}　注：{{ t.flag_text }}{% endif %}",
    "n.doing": "举措（{{ i.theme }}）：{{ i.text }}",
    "n.source": "［{{ s.n }}］{{ s.citation }}{% if s.address %}，{{ s.address }}{% endif %}",
    "n.none": "{{ district.name }}：{{ district.coverage_text }}。{{ district.note }}",
    # progress
    "p.title.behind": "截至{{ pack.observed_date }}，{{ observed|selectattr('actual')|list|length }}项有实际值，其中"
    "{{ observed|selectattr('actual.status', 'eq', 'behind')|list|length }}项落后"
    "{% if loop.length > 1 %}（{{ loop.index }}/{{ loop.length }}）{% endif %}",
    "p.title.on_time": "{{ observed|selectattr('actual.status', 'eq', 'met')|list|length }}项已经达到，"
    "{{ observed|selectattr('actual.status', 'eq', 'on_track')|list|length }}项进度正常"
    "{% if loop.length > 1 %}（{{ loop.index }}/{{ loop.length }}）{% endif %}",
    "p.who": "目标与实际值，按地区排列；“进度正常”指完成率不低于时间过去的比例",
    "p.name": "{{ (t.short ~ ('（' ~ t.sub_place ~ '）' if t.sub_place else '') ~ ('增速' if t.measure_code == 'growth_yoy' else ''))|fit(1) }}",
    "p.aim": "{{ (t.text ~ ('（' ~ t.period ~ '）' if t.role_code == 'milestone' or t.period_end.year|string != pack.year else ''))|fit(1) }}",
    "p.place": "地区", "p.indicator": "指标", "p.target": "目标", "p.actual": "实际", "p.rate": "完成率", "p.status": "进度",
    "p.met": "已达到", "p.on_track": "进度正常", "p.behind": "落后",
    "p.alt": "目标与实际值的表",
    "p.source": "{% for s in observed|selectattr('actual.source')|map(attribute='actual.source')|unique|sort(attribute='n') %}{% if loop.first %}来源：{% endif %}[{{ s.n }}]{% if loop.last %}。{% endif %}{% endfor %}实际值截至{{ pack.observed_date }}；增速按时点值与目标比较，不计完成率以外的调整",
    # what is missing, how to read
    "h.title": "{% if missing %}{{ missing|length }}个区原文未载{% endif %}{% if missing and elsewhere %}、{% endif %}"
    "{% if elsewhere %}{{ elsewhere|length }}个区取自其他来源{% endif %}{% if missing or elsewhere %}，引用前请{% endif %}先看清措辞的分量",
    "h.who": "读数须知",
    "h.words": "措辞|怎么读",
    "h.w1": "以上、以内|含本数", "h.w2": "超、突破|不含本数", "h.w3": "左右|约数",
    "h.w4": "确保、完成|必须做成", "h.w5": "目标、计划|已列入安排", "h.w6": "力争、争取|努力达到，弱于“目标”",
    "h.w7": "增长2倍|为上年的3倍",
    "h.care": "须留意",
    "h.missing": "原文未载：{{ missing|map(attribute='short')|listed }}",
    "h.elsewhere": "取自其他来源：{{ elsewhere|map(attribute='short')|listed }}",
    "h.flag": "{{ t.place.short }}{{ t.short|after(t.place.short) }}{{ t.text|after(t.short) }}：{{ f.note }}",
    "h.note": "{{ pack.note }}",
    # sources
    "s.title": "全部{{ pack.target_count }}项目标出自{{ sources|selectattr('target_count')|list|length }}个来源，逐项可回到原句{% if loop.length > 1 %}（{{ loop.index }}/{{ loop.length }}）{% endif %}",
    "s.who": "出处",
    "s.n": "编号", "s.source": "来源", "s.count": "引用",
    "s.counted": "{% if s.target_count %}{{ s.target_count }}项目标{% endif %}{% if s.target_count and s.actual_count %}、{% endif %}"
    "{% if s.actual_count %}{{ s.actual_count }}项实际值{% endif %}{% if not s.target_count and not s.actual_count %}—{% endif %}",
    "s.alt": "来源表",
    "s.foot": "每项目标的原句见各区页备注、简报脚注和工作簿“目标”表",
}  # fmt: skip

EN: dict[str, str] = {
    "title": "Title: the message in one sentence", "subtitle": "Subtitle", "date": "Date and office",
    "who": "Name and post", "source": "Source", "page": "Page", "list": "Points", "chart": "Chart heading",
    "left": "Left column", "right": "Right column",
    "l.cover": "Cover", "l.statement": "Statement", "l.messages": "Messages", "l.figures": "Figures and chart", "l.columns": "Two columns",
    "cover.date": "{{ pack.date }}{% if pack.office %} · {{ pack.office }}{% endif %}",
    "cover.targets": "targets", "cover.districts": "districts", "cover.sources": "sources",
    "k.title": "{% set setting = (covered|list|length) + (elsewhere|list|length) %}{% if city.targets %}{{ city.short }} and {% endif %}{{ setting }} district{% if setting != 1 %}s{% endif %} "
    "set {{ pack.target_count }} targets"
    "{% if observed %}; of {{ observed|selectattr('actual')|list|length }} with actual values, "
    "{{ observed|selectattr('actual.status', 'eq', 'behind')|list|length }} are behind"
    "{% elif missing %}; {{ missing|length }} {% if missing|length == 1 %}district has{% else %}districts have{% endif %} no source{% endif %}",
    "k.who": "Key messages",
    "k.city": "The city: |{% for r in city.top[:4] %}{{ r.short|inline }} {{ r.base.phrase }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "k.growth": "Growth: |{% set gdp = indicator.GDP %}" + ranks.names("gdp.growth_first", "en") + ranks.verb("gdp.growth_first", " leads with ", " lead with ")
    + ranks.figure("gdp.growth_first") + "; the median of "
    "{{ gdp.growth|length }} districts is {{ gdp.median_growth|percent }}{% if gdp.city_growth %}, and "
    "{{ gdp.growth|selectattr('value', 'ge', gdp.city_growth.value)|list|length }} reach the city’s {% if gdp.city_growth.upper %}lower {% endif %}mark of {{ gdp.city_growth.bare }}{% endif %}",
    "k.invest": "Investment: |{% set fai = indicator.FAI.growth %}{% set industry = indicator.IND_INVEST.growth %}"
    "{% if fai %}fixed-asset growth is highest in " + ranks.names("indicator.FAI.growth_first", "en") + " (" + ranks.figure("indicator.FAI.growth_first") + "){% endif %}{% if fai and industry %}, {% endif %}"
    "{% if industry %}industrial in " + ranks.names("indicator.IND_INVEST.growth_first", "en") + " (" + ranks.figure("indicator.IND_INVEST.growth_first") + "){% endif %}",
    "k.work": "Delivery: |{% set works = targets|selectattr('kind_code', 'eq', 'portfolio')|selectattr('place.n')|list|length %}"
    "{% set things = targets|selectattr('kind_code', 'eq', 'deliverable')|selectattr('place.n')|list|length %}the districts also list "
    "{{ things }} deliverable{% if things != 1 %}s{% endif %}{% if works %} and {{ works }} "
    "{% if works == 1 %}portfolio{% else %}portfolios{% endif %} of works in hand{% endif %}",
    "k.progress": "Progress: |{% set met = observed|selectattr('actual.status', 'eq', 'met')|list|length %}by {{ pack.observed_date }}, "
    "{{ met }} {% if met == 1 %}target is{% else %}targets are{% endif %} met, "
    "{{ observed|selectattr('actual.status', 'eq', 'on_track')|list|length }} on track and "
    "{{ observed|selectattr('actual.status', 'eq', 'behind')|list|length }} behind",
    "k.gaps": "Gaps: |{% if missing %}no source was found for {% if missing|length > 5 %}{{ missing|length }} districts{% else %}"
    "{{ missing|map(attribute='short')|listed('en') }}{% endif %}, and nothing is assumed{% endif %}"
    "{% if missing and elsewhere %}; {% endif %}{% if elsewhere %}the targets of {{ elsewhere|length }} district{% if elsewhere|length > 1 %}s{% endif %} come from other "
    "reports and are to be cited as such{% endif %}",
    "city.title": "{{ city.short }} {{ r1.base.word|default('targets', true) }} {{ r1.short }} "
    "{% if r1.base.measure_code == 'growth_yoy' %}growth of {{ r1.base.text }}{% else %}{{ r1.base.text }}{% endif %}"
    "{% if r1.level and r1.growth %}, {% if r1.base.key == r1.level.key %}{{ r1.growth.phrase }}{% else %}{{ r1.level.phrase }}{% endif %}{% endif %}"
    "{% set same = city.top[1:4]|map(attribute='base.phrase')|unique|list|length == 1 %}"
    "{% for r in city.top[1:4] %}{% if loop.first %}; {% elif loop.last %} and {% else %}, {% endif %}{{ r.short|inline }}"
    "{% if not same or loop.last %} {{ r.base.phrase }}{% endif %}{% if same and loop.last and loop.length > 1 %} each{% endif %}{% endfor %}",
    "city.who": "{{ city.name }}: {{ city.targets|length }} target{% if city.targets|length > 1 %}s{% endif %} for {{ pack.period }}",
    "city.quotes": "In the words of the source",
    "city.quote": "{{ clause|fit(2) }}",
    "city.coverage": "Where the {{ pack.district_count }} districts’ targets come from",
    "city.full": "in the main source", "city.elsewhere": "in another report",
    "city.missing": "in no usable source; nothing assumed",
    "gdp.title": "{% set gdp = indicator.GDP %}{% set aim = gdp.city_growth %}"
    "{% if aim %}{{ gdp.growth|selectattr('value', 'ge', aim.value)|list|length }} of {% endif %}{{ gdp.growth|length }} districts "
    "{% if aim %}with a GDP growth target meet the city’s {% if aim.upper %}lower {% endif %}mark of {{ aim.bare }}{% else %}set a GDP growth target{% endif %}; "
    + ranks.names("gdp.growth_first", "en") + ranks.verb("gdp.growth_first", " leads with ", " lead with ")
    + ranks.figure("gdp.growth_first"),
    "gdp.who": "Districts’ targets for GDP growth, highest first{% if indicator.GDP.city_growth %}; the dashed line is the city’s target{% endif %}",
    "gdp.line": "{% if indicator.GDP.city_growth %}City: {{ indicator.GDP.city_growth.text }}{% endif %}",
    "gdp.absent": "{% if missing %}Not in any source: {{ missing|map(attribute='short')|listed('en') }}. {% endif %}",
    "fai.title": "{% set fai = indicator.FAI %}" + ranks.names("fai.growth_first", "en")
    + ranks.verb("fai.growth_first", " sets", " set") + " the highest target for fixed investment, "
    + ranks.figure("fai.growth_first") + "; the median of {{ fai.growth|length }} districts is {{ fai.median_growth|percent }}",
    "fai.who": "Districts’ targets for growth of fixed-asset investment, highest first; the dashed line is their median",
    "fai.line": "Median: {{ indicator.FAI.median_growth|percent }}",
    "cmp.category": "{{ t.place.short|clip(14) }}\n{{ t.text }}{% if t.word %}\n{{ t.word }}{% endif %}",
    "d.context.category": "{{ t.place.short|clip(14) }}\n{{ t.text }}",
    "cmp.median": "Median", "cmp.value": "Growth target",
    "cmp.alt": "Column chart of growth targets for {{ x.label }}, highest first: {% for t in x.growth[:12] %}{{ t.place.short }} "
    "{{ t.text }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "cmp.source": "{% if x.growth|length > 12 %}The first 12 only; the rest is in the workbook. {% endif %}"
    "Sources: {% for s in x.growth|map(attribute='source')|unique|sort(attribute='n') %}[{{ s.n }}]{% endfor %}, listed on the page of sources. Unit: %",
    "d.headline": "{% set gdp = district.target.gdp_growth %}"
    "{% set most = (rates|rejectattr('indicator', 'eq', 'GDP')|list)[0] %}"
    "{{ district.short }} "
    "{% if gdp %}{{ gdp.word|default('targets', true) }} GDP growth of {{ gdp.text }}"
    "{% if " + FASTEST + " %}, {% if indicator.GDP.growth_first|length > 1 %}joint{% else %}the{% endif %} fastest of all districts{% endif %}"
    "{% else %}{{ r1.base.word|default('targets', true) }} {{ r1.short|inline }} {{ r1.base.phrase }}{% endif %}"
    "{% if most %}{% if not gdp or not " + FASTEST + " %};{% else %}, with{% endif %} {{ most.short|inline }} {{ most.phrase }}"
    "{% elif r2 %}; {{ r2.short|inline }} {{ r2.base.phrase }}{% endif %}",
    "d.who": "{{ district.name }}{% if district.leader %} · {{ district.leader.name }}, {{ district.leader.title }}{% endif %}"
    "{% if district.coverage == 'other_source' %} · from another report: cite it as such{% endif %}",
    "d.both": "{% if r.level and r.growth %}{% if r.base.word %}; {% endif %}{% if r.base.key == r.level.key %}{{ r.growth.phrase }}"
    "{% else %}{{ r.level.phrase }}{% endif %}{% elif r.stretch %}{% if r.base.word %}; {% endif %}{{ r.stretch.word }} {{ r.stretch.text }}{% endif %}",
    "d.rest": "targets in all, every one in the notes",
    "d.doing": "What it will do{% if district.initiatives|length > 4 %} ({{ district.initiatives|length - 4 }} more in the notes){% endif %}",
    "d.origin": "Handle with care", "d.flag": "(check) ",
    "d.origin.text": "{{ x|fit(2) }}",
    "d.origin.none": "The report names no measures, and none are added here.",
    "d.chart": "Growth targets and district medians",
    "d.chart.own": "{{ district.short }}", "d.chart.median": "Median of districts", "d.chart.format": '"median "General"%"',
    "d.chart.category": "{{ t.short|clip(32) }}\n{{ t.text }}",
    "d.alt": "Bar chart of growth targets of {{ district.name }}: {% for t in rates %}{{ t.short }} {{ t.text }}"
    "{% if not loop.last %}, {% endif %}{% endfor %}",
    "d.context": "Other districts’ GDP growth targets",
    "d.context.alt": "Bar chart of districts’ GDP growth targets: {% for t in indicator.GDP.growth[:8] %}{{ t.place.short }} {{ t.text }}"
    "{% if not loop.last %}, {% endif %}{% endfor %}",
    "d.source": "Source: {% for s in district.sources %}[{{ s.n }}] {{ s.citation }}{% if not loop.last %}; {% endif %}{% endfor %}",
    "m.headline": "{{ district.short }}: {% if district.coverage == 'none' %}no target is on record yet; it will be added once a source is found"
    "{% else %}no target in figures{% endif %}",
    "m.big": "{% if district.coverage == 'none' %}Not in the source{% else %}No figures{% endif %}",
    "m.text": "The sources give no target {% if district.coverage != 'none' %}in figures {% endif %}for {{ district.name }}. Nothing is assumed "
    "here, and no figure is borrowed from another district.{% if district.note %} {{ district.note }}{% endif %}",
    "m.city": "City’s GDP growth target", "m.median": "Median of the districts", "m.contrast": "for comparison only",
    "m.need": "What would fill this page",
    "m.need.1": "A report of the district’s conference or its government work report",
    "m.need.2": "The clause itself, its year and its definition",
    "m.source": "Source: none. The sources of the figures for comparison are on the page of sources",
    "n.target": "{{ t.label }}: {{ t.word }}{% if t.word %} {% endif %}{{ t.phrase }} ({{ t.period }}){% if t.clause %}. In the source: {{ t.clause }}{% endif %} "
    "[{{ t.source.n }}]{% if t.actual %} Actual on {{ t.actual.date }}: {{ t.actual.text }}{% if t.actual.source %} [{{ t.actual.source.n }}]{% endif %}.{% endif %}{% if t.flags %} Note: {{ t.flag_text }}{% endif %}",
    "n.doing": "Measure ({{ i.theme }}): {{ i.text }}",
    "n.source": "[{{ s.n }}] {{ s.citation }}{% if s.address %}, {{ s.address }}{% endif %}",
    "n.none": "{{ district.name }}: {{ district.coverage_text }}. {{ district.note }}",
    "p.title.behind": "By {{ pack.observed_date }}, {{ observed|selectattr('actual.status', 'eq', 'behind')|list|length }} of the "
    "{{ observed|selectattr('actual')|list|length }} targets with actual values are behind"
    "{% if loop.length > 1 %} ({{ loop.index }}/{{ loop.length }}){% endif %}",
    "p.title.on_time": "{% set met = observed|selectattr('actual.status', 'eq', 'met')|list|length %}"
    "{% set on_track = observed|selectattr('actual.status', 'eq', 'on_track')|list|length %}"
    "{% if met %}{{ met }} {% if met == 1 %}target is{% else %}targets are{% endif %} met{% if on_track %}, {{ on_track }} more {% endif %}"
    "{% else %}{{ on_track }} {% if on_track == 1 %}target {% else %}targets {% endif %}{% endif %}"
    "{% if on_track %}{% if on_track == 1 %}is{% else %}are{% endif %} on track{% endif %}"
    "{% if loop.length > 1 %} ({{ loop.index }}/{{ loop.length }}){% endif %}",
    "p.who": "Target and actual value by place; on track: the rate keeps pace with the time that has passed",
    "p.name": "{{ (t.short ~ (' (' ~ t.sub_place ~ ')' if t.sub_place else '') ~ (', growth' if t.measure_code == 'growth_yoy' else ''))|fit(1) }}",
    "p.aim": "{{ (t.text ~ (' (' ~ t.period ~ ')' if t.role_code == 'milestone' or t.period_end.year|string != pack.year else ''))|fit(1) }}",
    "p.place": "Place", "p.indicator": "Indicator", "p.target": "Target", "p.actual": "Actual", "p.rate": "Rate", "p.status": "Progress",
    "p.met": "met", "p.on_track": "on track", "p.behind": "behind",
    "p.alt": "Table of targets and actual values",
    "p.source": "{% for s in observed|selectattr('actual.source')|map(attribute='actual.source')|unique|sort(attribute='n') %}{% if loop.first %}Source: {% endif %}[{{ s.n }}]{% if loop.last %}. {% endif %}{% endfor %}Actual values as of {{ pack.observed_date }}; growth rates are compared as they stand",
    "h.title": "{% if missing %}{{ missing|length }} {% if missing|length == 1 %}district has{% else %}districts have{% endif %} no source"
    "{% if elsewhere %}, {% else %}; {% endif %}{% endif %}{% if elsewhere %}{{ elsewhere|length }} "
    "{% if not missing %}{% if elsewhere|length == 1 %}district {% else %}districts {% endif %}{% endif %}"
    "{% if elsewhere|length == 1 %}rests on another report{% else %}rest on other reports{% endif %}; {% endif %}"
    "{% if missing or elsewhere %}weigh{% else %}Weigh{% endif %} each word before you quote a figure",
    "h.who": "How to read the figures",
    "h.words": "Word|Meaning",
    "h.w1": "at least, at most|the number itself counts", "h.w2": "over, above|the number itself does not count",
    "h.w3": "about|a rounded figure", "h.w4": "commits to, to achieve|must be done",
    "h.w5": "targets, plans|set down to be done", "h.w6": "aims for|striven for, weaker than a target",
    "h.w7": "up 200%|three times the year before",
    "h.care": "Handle with care",
    "h.missing": "No source: {{ missing|map(attribute='short')|listed('en') }}",
    "h.elsewhere": "From other reports: {{ elsewhere|map(attribute='short')|listed('en') }}",
    "h.flag": "{{ t.place.short }}, {{ t.short|inline }} {{ t.text }}: {{ f.note }}",
    "h.note": "{{ pack.note }}",
    "s.title": "{% set cited = sources|selectattr('target_count')|list|length %}All {{ pack.target_count }} targets come from {{ cited }} source{% if cited > 1 %}s{% endif %}, each traceable to its clause{% if loop.length > 1 %} ({{ loop.index }}/{{ loop.length }}){% endif %}",
    "s.who": "Sources",
    "s.n": "No.", "s.source": "Source", "s.count": "Cited by",
    "s.counted": "{% if s.target_count %}{{ s.target_count }} target{% if s.target_count > 1 %}s{% endif %}{% endif %}{% if s.target_count and s.actual_count %}, {% endif %}"
    "{% if s.actual_count %}{{ s.actual_count }} actual value{% if s.actual_count > 1 %}s{% endif %}{% endif %}{% if not s.target_count and not s.actual_count %}—{% endif %}",
    "s.alt": "Table of sources",
    "s.foot": "The clause behind each target stands in the notes of its slide, in the briefing’s footnotes and in the workbook",
}  # fmt: skip

WORDS = {"zh": ZH, "en": EN}
