"""What was generated, for which file, from what: the memory of a pack, in SQLite.

The order of writes makes a kill at any moment harmless: the base object first, then a row that says ``pending``, then
the file itself (atomic replace), then ``ok``. At the next start a pending row is settled by hashing the file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from exporters.errors import BriefpackError, Fault
from exporters.snapshot import Conflict

VERSION = 1
_SCHEMA = """
begin;
create table if not exists meta (version integer not null);
create table if not exists runs (
    id integer primary key, started text not null, command text not null, dataset text not null, inputs text not null,
    summary text not null default ''
);
create table if not exists generations (
    file text not null, generation integer not null, run integer not null, inputs text not null, template text not null,
    base text not null, output text not null, state text not null, primary key (file, generation)
);
create table if not exists conflicts (
    file text not null, key text not null, item text not null, grp text not null, reason text not null,
    base text not null, theirs text not null, ours text not null, primary key (file, key, item, grp)
);
insert into meta select 1 where not exists (select 1 from meta);
commit;
"""


@dataclass(frozen=True, slots=True)
class Generation:
    """One published state of one file.

    ``inputs`` is the digest of all that it was made from, ``template`` that of its template; ``base`` the object of
    the pristine render, ``output`` the digest of the published bytes.
    """

    file: str
    generation: int
    run: int
    inputs: str
    template: str
    base: str
    output: str


@dataclass(frozen=True, slots=True)
class Run:
    """One finished run, as ``briefpack history`` shows it."""

    id: int
    started: str
    command: str
    dataset: str
    summary: dict[str, Any]


class Ledger:
    """The ledger of one pack, in its ``.briefpack`` folder (on a local disk: SQLite's locks need one)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(path, isolation_level=None)
            self._base.execute("pragma synchronous = full")
            if self._base.execute("select count(*) from sqlite_master").fetchone()[0] == 0:
                self._base.executescript(_SCHEMA)
            found = self._base.execute("select version from meta").fetchone()
        except sqlite3.Error as error:
            raise self._broken(error) from None
        if found is None or found[0] > VERSION:
            message = f"the ledger is of version {found[0] if found else 0}; this briefpack reads up to {VERSION}"
            raise BriefpackError(Fault("ledger", message, file=str(path), hint="use the newer briefpack"))

    def _broken(self, error: Exception) -> BriefpackError:
        hint = "move the .briefpack folder away; the files then count as foreign and are not written over"
        return BriefpackError(Fault("ledger", f"the ledger cannot be read: {error}", file=str(self._path), hint=hint))

    def close(self) -> None:
        self._base.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do all or nothing, with one wait for the disk; may stand within another."""
        if self._base.in_transaction:
            yield self._base
            return
        self._base.execute("begin immediate")
        try:
            yield self._base
        except BaseException:
            self._base.execute("rollback")
            raise
        self._base.execute("commit")

    # --- runs ----------------------------------------------------------------------------------------------------

    def begin(self, started: str, command: str, dataset: str, inputs: str) -> int:
        """Open a run and return its id; ``started`` is a time in ISO 8601."""
        cursor = self._base.execute(
            "insert into runs (started, command, dataset, inputs) values (?, ?, ?, ?)",
            (started, command, dataset, inputs),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def finish(self, run: int, summary: dict[str, Any]) -> None:
        """Write what a run did."""
        text = json.dumps(summary, ensure_ascii=False, sort_keys=True)
        self._base.execute("update runs set summary = ? where id = ?", (text, run))

    def history(self, most: int = 50) -> list[Run]:
        """Return the newest runs, newest first."""
        rows = self._base.execute(
            "select id, started, command, dataset, summary from runs order by id desc limit ?", (most,)
        )
        return [Run(row[0], row[1], row[2], row[3], json.loads(row[4]) if row[4] else {}) for row in rows]

    # --- generations ---------------------------------------------------------------------------------------------

    def current(self, file: str) -> Generation | None:
        """Return the newest published generation of *file*."""
        return self._one("where file = ? and state = 'ok' order by generation desc limit 1", (file,))

    def generation(self, file: str, number: int) -> Generation | None:
        """Return one published generation of *file*."""
        return self._one("where file = ? and generation = ? and state = 'ok'", (file, number))

    def next_number(self, file: str) -> int:
        """Return the number that the next generation of *file* will have."""
        row = self._base.execute("select max(generation) from generations where file = ?", (file,)).fetchone()
        return (row[0] or 0) + 1

    def _one(self, where: str, values: tuple[Any, ...]) -> Generation | None:
        columns = "file, generation, run, inputs, template, base, output"
        row = self._base.execute(f"select {columns} from generations {where}", values).fetchone()
        return Generation(*row) if row else None

    def pending(self, generation: Generation) -> None:
        """Say that *generation* is about to be published; its base object must be on disk already."""
        values = tuple(asdict(generation).values())
        self._base.execute("insert or replace into generations values (?, ?, ?, ?, ?, ?, ?, 'pending')", values)

    def publish(self, generation: Generation, conflicts: Iterable[Conflict]) -> None:
        """Say that *generation* is in place, and replace the file's open conflicts."""
        with self.transaction() as base:
            base.execute(
                "update generations set state = 'ok' where file = ? and generation = ?",
                (generation.file, generation.generation),
            )
            self._set_conflicts(base, generation.file, conflicts)

    def recover(self, digest_of: Callable[[str], str | None]) -> list[str]:
        """Settle what a killed run left pending; ``digest_of`` gives a file's digest. Returns the files concerned."""
        rows = self._base.execute("select file, generation, output from generations where state = 'pending'").fetchall()
        for file, number, output in rows:
            if digest_of(file) == output:
                self._base.execute(
                    "update generations set state = 'ok' where file = ? and generation = ?", (file, number)
                )
            else:
                self._base.execute("delete from generations where file = ? and generation = ?", (file, number))
        return sorted({row[0] for row in rows})

    # --- conflicts -----------------------------------------------------------------------------------------------

    def conflicts(self, file: str | None = None) -> list[tuple[str, Conflict]]:
        """Return the open conflicts as (file, conflict), in order of file and key."""
        columns = "file, key, reason, base, theirs, ours, item, grp"
        where, values = ("where file = ?", (file,)) if file else ("", ())
        rows = self._base.execute(f"select {columns} from conflicts {where} order by file, key, item", values)
        return [(row[0], Conflict(row[1], row[2], row[3], row[4], row[5], item=row[6], group=row[7])) for row in rows]

    def replace_conflicts(self, file: str, conflicts: Iterable[Conflict]) -> None:
        """Replace the open conflicts of *file*."""
        with self.transaction() as base:
            self._set_conflicts(base, file, conflicts)

    def _set_conflicts(self, base: sqlite3.Connection, file: str, conflicts: Iterable[Conflict]) -> None:
        base.execute("delete from conflicts where file = ?", (file,))
        base.executemany(
            "insert or replace into conflicts values (?, ?, ?, ?, ?, ?, ?, ?)",
            [(file, one.key, one.item, one.group, one.reason, one.base, one.theirs, one.ours) for one in conflicts],
        )

    # --- retention -----------------------------------------------------------------------------------------------

    def prune(self, keep: int, in_use: set[tuple[str, int]]) -> set[str]:
        """Drop all but the newest *keep* generations of each file, never one *in_use* as a live file's base.

        Returns the digests of the base objects that are still wanted.
        """
        with self.transaction() as base:
            rows = base.execute("select file, generation from generations order by file, generation desc").fetchall()
            seen: dict[str, int] = {}
            for file, number in rows:
                seen[file] = seen.get(file, 0) + 1
                if seen[file] > keep and (file, number) not in in_use:
                    base.execute("delete from generations where file = ? and generation = ?", (file, number))
        return {row[0] for row in self._base.execute("select base from generations")}
