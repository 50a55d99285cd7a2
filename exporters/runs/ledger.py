"""What was generated, for which file, from what: the memory of a pack, in SQLite.

A publication is told to the ledger in one transaction, after its files are in place. What is to be told lies on disk
before the first file moves (see :mod:`exporters.runs.publish`), so a run that is killed between is finished by the
next, and what was told already is not told twice.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from msgspec import Struct, field, to_builtins

from exporters.errors import BriefpackError, Fault
from exporters.runs.manifest import Manifest

if TYPE_CHECKING:
    from exporters.snapshot import Conflict

VERSION = 1
KEPT_GENERATIONS = 20
_SCHEMA = """
create table if not exists meta (version integer not null);
create table if not exists runs (
    id integer primary key, token text not null unique, started text not null, command text not null,
    dataset text not null, inputs text not null, summary text not null
);
create table if not exists generations (
    file text not null, generation integer not null, inputs text not null, template text not null,
    base text not null, output text not null, primary key (file, generation)
);
create table if not exists conflicts (
    file text not null, key text not null, item text not null, grp text not null, reason text not null,
    base text not null, theirs text not null, ours text not null, primary key (file, key, item, grp)
);
insert into meta select 1 where not exists (select 1 from meta);
"""


class Generation(Struct, frozen=True):
    """One published state of one file.

    ``inputs`` is the digest of all that it was made from, ``template`` that of its template; ``base`` the object of
    the pristine render, ``output`` the digest of the published bytes.
    """

    file: str
    generation: int
    inputs: str
    template: str
    base: str
    output: str


class Run(Struct, frozen=True):
    """A run that changed the pack: when (ISO 8601, UTC), by which command, from which data, and what it did."""

    started: str
    command: str
    dataset: str
    inputs: str
    summary: Mapping[str, Any]

    @classmethod
    def now(cls, command: str, made: Manifest, summary: Mapping[str, Any]) -> Self:
        """Return a run of this moment over the data that *made* names."""
        started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return cls(started, command, made.dataset, made.dataset_sha256, summary)


class News(Struct, frozen=True):
    """What a publication tells the ledger.

    ``conflicts`` are those that each named file now has; ``in_use`` names generations (file, number) that must stay
    remembered, since a file in place was edited from them. Without it nothing is forgotten.
    """

    run: Run | None = None
    generations: tuple[Generation, ...] = ()
    conflicts: Mapping[str, tuple[Conflict, ...]] = field(default_factory=dict)
    in_use: tuple[tuple[str, int], ...] | None = None
    token: str = field(default_factory=lambda: os.urandom(8).hex())

    def to_json(self) -> dict[str, Any]:
        said: dict[str, Any] = to_builtins(self)
        return said

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        from exporters.snapshot import Conflict

        return cls(
            Run(**value["run"]) if value["run"] else None,
            tuple(Generation(**one) for one in value["generations"]),
            {file: tuple(Conflict(**one) for one in found) for file, found in value["conflicts"].items()},
            None if value["in_use"] is None else tuple((file, number) for file, number in value["in_use"]),
            value["token"],
        )


class Ledger:
    """The ledger of one pack, in its ``.briefpack`` folder (on a local disk: SQLite's locks need one)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._understood():
            self._base = sqlite3.connect(path, isolation_level=None)
            self._base.execute("pragma synchronous = full")
            # A journal that is emptied rather than deleted spares a wait for the folder at every transaction.
            self._base.execute("pragma journal_mode = truncate")
            if self._base.execute("select count(*) from sqlite_master").fetchone()[0] == 0:
                # The tables of a new ledger come to disk with the first that is written into them.
                self._base.execute("begin immediate")
                for statement in _SCHEMA.split(";"):
                    self._base.execute(statement)
            found = self._base.execute("select version from meta").fetchone()
        if found is None or found[0] > VERSION:
            message = f"the ledger is of version {found[0] if found else 0}; this briefpack reads up to {VERSION}"
            raise BriefpackError(Fault("ledger", message, file=str(path), hint="use the newer briefpack"))

    @contextmanager
    def _understood(self) -> Iterator[None]:
        """Turn what SQLite says into an error for people."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            shown = str(self._path)
            if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
                hint = "make room on the disk, or let the folder be written to, and run again"
                fault = Fault("system", f"the ledger cannot be written: {error}", shown, hint=hint)
            else:
                hint = "move the .briefpack folder away; the files then count as foreign and are not written over"
                fault = Fault("ledger", f"the ledger cannot be read: {error}", shown, hint=hint)
            raise BriefpackError(fault) from None

    def close(self) -> None:
        self._base.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Do all or nothing, with one wait for the disk."""
        with self._understood():
            try:
                if not self._base.in_transaction:
                    self._base.execute("begin immediate")
                yield self._base
                self._base.execute("commit")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._base.execute("rollback")
                raise

    def tell(self, news: News, left: Collection[str] = ()) -> set[str] | None:
        """Write down a publication. Of the files in *left*, which it did not get to replace, nothing is written.

        Returns the digests of the objects that are still wanted, or None where they are as they were.
        """
        with self._transaction() as base:
            if news.run is not None:
                if base.execute("select 1 from runs where token = ?", (news.token,)).fetchone():
                    return None
                run = news.run
                summary = json.dumps(run.summary, ensure_ascii=False, sort_keys=True)
                values = (news.token, run.started, run.command, run.dataset, run.inputs, summary)
                columns = "token, started, command, dataset, inputs, summary"
                base.execute(f"insert into runs ({columns}) values (?, ?, ?, ?, ?, ?)", values)
            in_place = [one for one in news.generations if one.file not in left]
            base.executemany(
                "insert or replace into generations values (?, ?, ?, ?, ?, ?)",
                [tuple(to_builtins(one).values()) for one in in_place],
            )
            for file, found in news.conflicts.items():
                if file not in left:
                    self._set_conflicts(base, file, found)
            if not in_place or news.in_use is None:
                return None
            in_use = {*news.in_use, *((one.file, one.generation) for one in in_place)}
            return self._prune(base, {one.file for one in in_place}, in_use)

    def _set_conflicts(self, base: sqlite3.Connection, file: str, conflicts: tuple[Conflict, ...]) -> None:
        base.execute("delete from conflicts where file = ?", (file,))
        base.executemany(
            "insert or replace into conflicts values (?, ?, ?, ?, ?, ?, ?, ?)",
            [(file, one.key, one.item, one.group, one.reason, one.base, one.theirs, one.ours) for one in conflicts],
        )

    def _prune(self, base: sqlite3.Connection, files: set[str], in_use: set[tuple[str, int]]) -> set[str]:
        """Drop all but the newest generations of some *files*, never one *in_use*; return the bases still wanted.

        Of the other files nobody has looked which generation they were edited from.
        """
        rows = base.execute("select file, generation, base from generations order by file, generation desc").fetchall()
        seen: dict[str, int] = {}
        wanted = set()
        for file, number, digest in rows:
            seen[file] = seen.get(file, 0) + 1
            if file in files and seen[file] > KEPT_GENERATIONS and (file, number) not in in_use:
                base.execute("delete from generations where file = ? and generation = ?", (file, number))
            else:
                wanted.add(digest)
        return wanted

    # --- what is known -------------------------------------------------------------------------------------------

    def history(self, most: int = 50) -> list[Run]:
        """Return the newest runs, newest first."""
        query = "select started, command, dataset, inputs, summary from runs order by id desc limit ?"
        rows = self._rows(query, (most,))
        return [Run(row[0], row[1], row[2], row[3], json.loads(row[4])) for row in rows]

    def current(self, file: str) -> Generation | None:
        """Return the newest published generation of *file*."""
        return self._one("where file = ? order by generation desc limit 1", (file,))

    def generation(self, file: str, number: int) -> Generation | None:
        """Return one published generation of *file*."""
        return self._one("where file = ? and generation = ?", (file, number))

    def next_number(self, file: str) -> int:
        """Return the number that the next generation of *file* will have."""
        [[newest]] = self._rows("select max(generation) from generations where file = ?", (file,))
        return (newest or 0) + 1

    def _one(self, where: str, values: tuple[Any, ...]) -> Generation | None:
        columns = "file, generation, inputs, template, base, output"
        rows = self._rows(f"select {columns} from generations {where}", values)
        return Generation(*rows[0]) if rows else None

    def _rows(self, query: str, values: tuple[Any, ...]) -> list[Any]:
        """Return what a query finds; BriefpackError where the ledger is damaged at that place."""
        with self._understood():
            return self._base.execute(query, values).fetchall()

    def conflicts(self, file: str | None = None) -> list[tuple[str, Conflict]]:
        """Return the open conflicts as (file, conflict), in order of file and key."""
        from exporters.snapshot import Conflict

        columns = "file, key, reason, base, theirs, ours, item, grp"
        where, values = ("where file = ?", (file,)) if file else ("", ())
        rows = self._rows(f"select {columns} from conflicts {where} order by file, key, item", values)
        return [(row[0], Conflict(row[1], row[2], row[3], row[4], row[5], item=row[6], group=row[7])) for row in rows]
