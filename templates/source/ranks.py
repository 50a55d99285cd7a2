"""Who stands first, as every template says it: all places that state the same number, and the number."""

from __future__ import annotations


def names(first: str, lang: str) -> str:
    """The places of a list of targets: three by name, of more how many there are."""
    if lang == "zh":
        return (
            f"{{% for t in {first}[:3] %}}{{% if not loop.first %}}、{{% endif %}}{{{{ t.place.short }}}}{{% endfor %}}"
            f"{{% if {first}|length > 3 %}}等{{{{ {first}|length }}}}个区{{% endif %}}"
        )
    return (
        f"{{% for t in {first}[:3] %}}{{% if loop.first %}}{{% elif loop.last and {first}|length < 4 %}} and {{% else %}}, "
        f"{{% endif %}}{{{{ t.place.short }}}}{{% endfor %}}{{% if {first}|length > 3 %}} and {{{{ {first}|length - 3 }}}} more{{% endif %}}"
    )


def listed(first: str, lang: str) -> str:
    """The same in a cell, where a loop would make rows."""
    short = f"{{{{ {first}[:3]|map(attribute='place.short')|listed('{lang}') }}}}"
    if lang == "zh":
        return f"{short}{{% if {first}|length > 3 %}}等{{{{ {first}|length }}}}个区{{% endif %}}"
    return (
        f"{{% if {first}|length > 3 %}}{{{{ {first}[:3]|map(attribute='place.short')|join(', ') }}}} and {{{{ {first}|length - 3 }}}} more"
        f"{{% else %}}{short}{{% endif %}}"
    )


def figure(first: str, apart: bool = False) -> str:
    """The number of a list of targets in the words of the one that states it, of several in the words they share.

    With *apart*, for Chinese sentences: set off from a place's name in Latin letters before it.
    """
    after = f"|after({first}[-1].place.short)" if apart else ""
    return (
        f"{{% if {first}|length == 1 %}}{{{{ {first}[0].text{after} }}}}"
        f"{{% else %}}{{{{ {first}_text{after} }}}}{{% endif %}}"
    )


def verb(first: str, one: str, several: str) -> str:
    """An English verb for one place or for several."""
    return f"{{% if {first}|length == 1 %}}{one}{{% else %}}{several}{{% endif %}}"
