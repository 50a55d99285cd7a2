"""Finding out what the groups and items of an edited file are where an editor took their names.

Everything is compared with the file's own base. What is not the only candidate stays unknown: a district must never
get another district's words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, count

from msgspec.structs import replace

from exporters.merge.columns import with_columns
from exporters.merge.values import canonical
from exporters.snapshot import COUNTED, UNKNOWN, Group, Item, Slot, Snapshot, called, renamed

#: A group is taken for another where they share at least this part of what tells that one from all others.
_ENOUGH = 0.3
#: Editors round places and sizes to hundredths of a millimetre, twice (EMU).
_DRIFT = 2_000
Sign = tuple[str, Hashable]
_OF_SLIDES = ("notes", "beside")
_BEGINNING = 2
"""So many texts of a row are more than its figures."""
_SINGLE = ("title", "page", "notes", "chart", "placeholder", "beside")


def known(snapshot: Snapshot) -> Snapshot:
    """Return *snapshot* without what is unknown."""
    groups = tuple(
        replace(group, items=tuple(item for item in group.items if not item.id.startswith(UNKNOWN)))
        if any(item.id.startswith(UNKNOWN) for item in group.items)
        else group
        for group in snapshot.groups
        if not group.id.startswith(UNKNOWN)
    )
    return replace(snapshot, groups=groups)


def aligned(base: Snapshot, theirs: Snapshot) -> Snapshot:
    """Return *theirs* with the ids of *base* wherever that is certain, and without what stays unknown.

    A bound item that a person put into a group of their own, or of another record, becomes a loose value.
    """
    theirs = with_columns(base, theirs)
    if not any(item.sort for group in theirs.groups for item in group.items):
        return theirs
    groups = named_groups(base.groups, theirs.groups)
    before = {group.id: group for group in base.groups}
    keys = {slot.key for group in base.groups for item in group.items for slot in item.slots}
    found: list[Group] = []
    loose: list[Slot] = []
    for group in groups:
        origin = before.get(group.id)
        if not group.keeps:
            found.append(group)
            continue
        items = _align_items(origin, group) if origin is not None else group.items
        own = {item.id for item in origin.items} if origin is not None else set()
        if group.id.startswith(UNKNOWN) or (origin is not None and own):
            strays = [item for item in items if item.id not in own and _is_known(item) and item.sort]
            loose += (slot for item in strays for slot in item.slots if slot.key in keys)
            gone = {item.at for item in strays if any(slot.key in keys for slot in item.slots)}
            items = tuple(item for item in items if item.at not in gone)
        found.append(replace(group, items=items))
    return known(replace(theirs, groups=tuple(found), loose=(*theirs.loose, *loose)))


def named_as(base: Snapshot, ours: Snapshot) -> Snapshot:
    """Return *ours* with rows called as in *base*: other rows may have come or gone, or one of a name stand before
    another, and what a row is called follows from that."""
    before = {group.id: group for group in base.groups if group.keeps}
    homes = _homes_of_rows(base.groups, ours.groups)
    groups = (_named_as(before[group.id], group, *homes) if group.id in before else group for group in ours.groups)
    return replace(ours, groups=tuple(groups))


Homes = Mapping[Hashable, set[str]]
"""The groups that hold rows of one beginning."""


def _homes_of_rows(*states: Sequence[Group]) -> list[Homes]:
    """Return the homes of the rows in each state, of tables that stand in several groups."""
    tables: dict[str, set[str]] = defaultdict(set)
    rows = [
        [(group.id, item) for group in one for item in group.items if item.sort.startswith("row")] for one in states
    ]
    for home, item in chain.from_iterable(rows):
        tables[_table(item)].add(home)
    found: list[Homes] = []
    for state in rows:
        homes: dict[Hashable, set[str]] = defaultdict(set)
        for home, item in state:
            if len(tables[_table(item)]) > 1:
                homes[_told(item)].add(home)
        found.append(homes)
    return found


def _named_as(base: Group, ours: Group, before: Homes, now: Homes) -> Group:
    if not any(item.sort.startswith("row") for item in base.items):
        return ours
    # What stands on another slide by now, or stood there before, is none of the rows that are found here.
    gone, come = (
        {item.at for item in one.items if homes and base.id not in homes.get(_told(item), {base.id})}
        for one, homes in ((base, now), (ours, before))
    )
    return replace(ours, items=_rows_as(base.items, _numbered(base.items, ours.items, gone, come)))


def _rows_as(base: Sequence[Item], ours: Sequence[Item]) -> tuple[Item, ...]:
    names = {item.id for item in base} & {item.id for item in ours}
    new, old = ([item for item in items if item.id not in names] for items in (ours, base))
    pairs = {item.at: origin.id for item, origin in _by_beginning(new, old)} if new and old else {}
    return tuple(called(item, pairs[item.at]) if item.at in pairs else item for item in ours)


def _is_known(item: Item) -> bool:
    return not item.id.startswith(UNKNOWN)


# --- groups ----------------------------------------------------------------------------------------------------------


def named_groups(base: Sequence[Group], theirs: Sequence[Group]) -> list[Group]:
    """Return the groups of an edited file, in order, with the ids of *base* wherever that is certain."""
    if all(not group.id.startswith(UNKNOWN) for group in theirs):
        return list(theirs)
    places: dict[Sign, list[int]] = defaultdict(list)
    for number, group in enumerate(base):
        for sign in _signs(group):
            places[sign].append(number)
    weights = {sign: 1 / len(numbers) for sign, numbers in places.items()}
    whole = [_scores(_signs(group), weights) for group in base]
    found: list[Group] = []
    for group in theirs:
        if not group.id.startswith(UNKNOWN):
            found.append(group)
            continue
        best = _best(group, places, weights, whole)
        found.append(replace(group, id=base[best].id) if best is not None else group)
    return found


def _signs(group: Group) -> set[Sign]:
    """Return what a group may be known by: the ids of its items, and its words."""
    signs: set[Sign] = {("id", item.id) for item in group.items if _is_known(item) and item.sort not in _OF_SLIDES}
    signs |= {
        ("text", (item.sort, slot.text))
        for item in group.items
        for slot in item.slots
        if len(slot.text) > 1 and not slot.kind.silent
    }
    return signs


def _scores(signs: Iterable[Sign], weights: Mapping[Sign, float]) -> dict[str, float]:
    """Return the weight of *signs* by their kind: what only one group has weighs most."""
    found = {"id": 0.0, "text": 0.0}
    for sign in signs:
        found[sign[0]] += weights[sign]
    return found


def _best(
    group: Group,
    places: Mapping[Sign, Sequence[int]],
    weights: Mapping[Sign, float],
    whole: Sequence[Mapping[str, float]],
) -> int | None:
    common: dict[int, list[Sign]] = defaultdict(list)
    for sign in _signs(group):
        for number in places.get(sign, ()):
            common[number].append(sign)
    scores = {number: _scores(signs, weights) for number, signs in common.items()}
    ranked = sorted(((sum(score.values()), number) for number, score in scores.items()), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[1][0] >= ranked[0][0]):
        return None
    number = ranked[0][1]
    enough = any(score and score >= _ENOUGH * whole[number][kind] for kind, score in scores[number].items())
    return number if enough else None


# --- items -----------------------------------------------------------------------------------------------------------


def _align_items(base: Group, theirs: Group) -> tuple[Item, ...]:
    theirs = replace(theirs, items=_recounted(base.items, theirs.items))
    ids = {item.id for item in base.items if _is_known(item)}
    here = {item.id for item in theirs.items if _is_known(item)}
    open_theirs = [item for item in theirs.items if item.sort and (item.id not in ids or not _is_known(item))]
    open_base = [item for item in base.items if item.sort and (item.id not in here or not _is_known(item))]
    pairs: dict[str, Item] = {}
    if open_theirs and open_base:
        for rule in (_copied, _by_words, _by_beginning, _by_place, _by_sort):
            for item, origin in rule(open_theirs, open_base):
                pairs[item.at] = origin
            taken = {origin.at for origin in pairs.values()}
            open_theirs = [item for item in open_theirs if item.at not in pairs]
            open_base = [item for item in open_base if item.at not in taken]
        for item, origin in _between(base.items, theirs.items, open_base, open_theirs, pairs):
            pairs[item.at] = origin
    by_id = {item.id: item for item in base.items}
    return tuple(
        _as(item, pairs[item.at]) if item.at in pairs else _with_slots(item, by_id.get(item.id))
        for item in theirs.items
    )


Pairs = Iterable[tuple[Item, Item]]


def _recounted(base: Sequence[Item], theirs: Sequence[Item]) -> tuple[Item, ...]:
    """Return *theirs* with rows of one name known by all that they say: their number says only which stands first."""
    before, now = _named_alike(base), _named_alike(theirs)
    origins: dict[str, Item | None] = {}
    for name, items in now.items():
        others = before.get(name, [])
        if others and (len(items) > 1 or len(others) > 1):
            pairs = {item.at: origin for item, origin in _copied(items, others)}
            taken = {origin.at for origin in pairs.values()}
            left = [item for item in items if item.at not in pairs]
            free = [origin for origin in others if origin.at not in taken]
            for item in left:
                likely = [origin for origin in free if _alike(item, origin)]
                if len(likely) == 1 and sum(_alike(one, likely[0]) for one in left) == 1:
                    pairs[item.at] = likely[0]
                elif len(left) == len(free) and _alike(item, free[left.index(item)]):
                    pairs[item.at] = free[left.index(item)]
            origins |= {item.at: pairs.get(item.at) for item in items}
    return tuple(_recalled(item, origins[item.at]) if item.at in origins else item for item in theirs)


def _named_alike(items: Sequence[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.sort.startswith("row"):
            stem, _, number = item.id.rpartition(COUNTED)
            found[stem if number.isdecimal() else item.id].append(item)
    return found


def _told(item: Item) -> Hashable:
    """Return the table of a row, and the texts that it begins with."""
    return _table(item), _beginning(item, _BEGINNING + 1)


def _table(item: Item) -> str:
    return item.id.partition("/")[0]


def _beginning(item: Item, length: int) -> tuple[str, ...]:
    return tuple(canonical(slot.text) for slot in item.slots[:length])


def _numbered(
    base: Sequence[Item], ours: Sequence[Item], gone: Container[str], come: Container[str]
) -> tuple[Item, ...]:
    """Return *ours* with rows of one name under the numbers that they have in *base*: those that begin alike, in as
    many texts as no other one does, and what is left in its order. *gone* and *come* are the handles of rows of *base*
    and *ours* that stand in another table of that name in the other."""
    known, names = _named_alike(base), dict[str, str]()
    for name, items in _named_alike(ours).items():
        others = known.get(name, [])
        if len(items) < 2 and len(others) < 2 and not any(one.at in gone for one in others):
            continue
        same: dict[str, str] = {}
        left, free = items, others
        for length in range(max(len(item.slots) for item in items), _BEGINNING, -1):
            same |= {one.at: other.id for one, other in _unique(left, free, partial(_beginning, length=length))}
            left = [item for item in left if item.at not in same]
            free = [origin for origin in free if origin.id not in same.values()]
        more = (f"{name}{COUNTED}{number}" for number in count(len(others) + 1))
        stay = [item for item in left if item.at not in come]
        free = [origin for origin in free if origin.at not in gone]
        if len(stay) == len(free):
            same |= {one.at: other.id for one, other in zip(stay, free, strict=True)}
        names |= same | dict(zip((item.at for item in left if item.at not in same), more, strict=False))
    return tuple(called(item, names.get(item.at, item.id)) for item in ours)


def _recalled(item: Item, origin: Item | None) -> Item:
    return _as(item, origin) if origin is not None else replace(item, id=f"{UNKNOWN}{item.at}")


def _by_words(theirs: list[Item], base: list[Item]) -> Pairs:
    return _unique(theirs, base, lambda item: (item.sort, tuple(canonical(slot.text) for slot in item.slots)))


def _copied(theirs: list[Item], base: list[Item]) -> Pairs:
    """Pair rows with the one that says just that, in its columns: one that a person copied is both, and each follows
    the data."""
    known = [origin for origin in base if origin.sort.startswith("row")]
    columns = {slot.key.removeprefix(origin.id) for origin in known for slot in origin.slots}

    def words(item: Item) -> Hashable:
        texts = ((slot.key.removeprefix(item.id), canonical(slot.text)) for slot in item.slots)
        said = frozenset(one for one in texts if one[1] and one[0] in columns)
        return (item.sort, said) if len(said) >= _BEGINNING else item.at

    found = _by(known, words)
    for item in theirs if known else ():
        origins = found.get(words(item), ())
        if len(origins) == 1:
            yield item, origins[0]


def _by_beginning(theirs: list[Item], base: list[Item]) -> Pairs:
    """Pair rows that begin with the same two texts: how many a row is called by follows from the rows around it."""

    def beginning(items: list[Item]) -> list[Item]:
        return [item for item in items if item.sort.startswith("row") and len(item.slots) >= _BEGINNING]

    return _unique(
        beginning(theirs),
        beginning(base),
        lambda item: (item.sort, *(canonical(slot.text) for slot in item.slots[:_BEGINNING])),
    )


def _by_place(theirs: list[Item], base: list[Item]) -> Pairs:
    """Pair items of one sort that stand in one place, where nothing else of that sort does."""
    for item in theirs:
        near = [one for one in base if one.sort == item.sort and close(one.box, item.box)]
        if len(near) == 1 and sum(one.sort == item.sort and close(near[0].box, one.box) for one in theirs) == 1:
            yield item, near[0]


def close(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    """Whether two boxes are one, but for what editors round."""
    return (
        bool(first)
        and len(first) == len(second)
        and all(abs(a - b) <= _DRIFT for a, b in zip(first, second, strict=True))
    )


def _by_sort(theirs: list[Item], base: list[Item]) -> Pairs:
    pairs = _unique(theirs, base, lambda item: item.sort)
    return [(item, origin) for item, origin in pairs if item.sort in _SINGLE]


def _unique(theirs: list[Item], base: list[Item], sign: Callable[[Item], Hashable]) -> Pairs:
    first, second = _by(theirs, sign), _by(base, sign)
    for key, items in first.items():
        if len(items) == 1 and len(second.get(key, ())) == 1:
            yield items[0], second[key][0]


def _by(items: Iterable[Item], sign: Callable[[Item], Hashable]) -> dict[Hashable, list[Item]]:
    found: dict[Hashable, list[Item]] = defaultdict(list)
    for item in items:
        found[sign(item)].append(item)
    return found


def _between(
    base: Sequence[Item], theirs: Sequence[Item], open_base: list[Item], open_theirs: list[Item], pairs: dict[str, Item]
) -> Pairs:
    """Pair rows whose first cell was retyped: between the same two neighbours and alike, each the only one to be so
    where others were put in or taken out there."""
    missing = {item.at for item in open_base if item.sort.startswith("row")}
    new = {item.at for item in open_theirs if item.sort.startswith("row")}
    if not missing or not new:
        return
    first = _runs(base, missing, lambda item: item.id)
    second = _runs(theirs, new, lambda item: pairs[item.at].id if item.at in pairs else item.id)
    for place, items in second.items():
        origins = first.get(place, [])
        if len(items) == len(origins) and all(map(_alike, items, origins)):
            yield from zip(items, origins, strict=True)
            continue
        likely = [(one, other) for one in items for other in origins if _alike(one, other)]
        seen = Counter(item.at for item, _ in likely), Counter(origin.at for _, origin in likely)
        yield from (pair for pair in likely if all(counts[one.at] == 1 for counts, one in zip(seen, pair, strict=True)))


def _runs(items: Sequence[Item], wanted: set[str], name: Callable[[Item], str]) -> dict[tuple[str, str], list[Item]]:
    """Return the runs of *wanted* items by the neighbours that they stand between."""
    found: dict[tuple[str, str], list[Item]] = {}
    run: list[Item] = []
    before = ""
    for item in items:
        if item.at in wanted:
            run.append(item)
            continue
        if run:
            found[before, name(item)] = run
            run = []
        before = name(item)
    if run:
        found[before, ""] = run
    return found


def _alike(item: Item, origin: Item) -> bool:
    texts = {canonical(slot.text) for slot in origin.slots if slot.text}
    same = sum(canonical(slot.text) in texts for slot in item.slots)
    return same * 2 >= len(origin.slots)


def _as(item: Item, origin: Item) -> Item:
    """Return *item* under the id and the keys of *origin*."""
    return _with_slots(called(item, origin.id), origin)


def _with_slots(item: Item, origin: Item | None) -> Item:
    """Return a row whose renamed columns go by their old names again, where they stand between the same neighbours."""
    if origin is None or not item.sort.startswith("row"):
        return item
    known_as = renamed([slot.key for slot in origin.slots], [slot.key for slot in item.slots])
    if not known_as:
        return item
    return replace(item, slots=tuple(replace(slot, key=known_as.get(slot.key, slot.key)) for slot in item.slots))
