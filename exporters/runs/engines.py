"""Where the packs of a batch are made: in this process, in a pool of processes, on a Dask cluster.

Every engine takes the same function and the same orders and gives back each order's result once. A worker that dies
costs nothing but time: what it had is made again.
"""

from __future__ import annotations

import multiprocessing
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from exporters.errors import BriefpackError, Fault, MissingToolError

O = TypeVar("O")  # noqa: E741 - an order
R = TypeVar("R")
MAX_TRIES = 3


class Lost(Struct, frozen=True):
    """An order whose worker died every time it was tried."""

    tries: int


class Engine(Protocol):
    """``run`` yields (order, result) as they come; ``common`` goes to every worker once."""

    def run(self, work: Callable[[Any, O], R], orders: Iterable[O], common: Any) -> Iterator[tuple[O, R | Lost]]: ...


class InProcess:
    """One after the other, here."""

    def run(self, work: Callable[[Any, O], R], orders: Iterable[O], common: Any) -> Iterator[tuple[O, R | Lost]]:
        for order in orders:
            yield order, work(common, order)


_common: Any = None


def _begin(common: Any) -> None:
    # A Ctrl-C goes to the whole process group; only the coordinator acts on it, so that workers end in order.
    import signal

    global _common  # noqa: PLW0603 - a worker process has one batch in its life
    _common = common
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _call(work: Callable[[Any, O], R], order: O) -> R:
    return work(_common, order)


class Pool:
    """Processes of this machine, started afresh (spawn), with twice as many orders under way as there are processes.

    ``concurrent.futures`` breaks its pool when one worker dies. The pool is then made anew, and what was under way is
    tried one at a time, so that an order that kills its worker takes no other with it.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs

    def run(self, work: Callable[[Any, O], R], orders: Iterable[O], common: Any) -> Iterator[tuple[O, R | Lost]]:
        source = iter(orders)
        suspects: deque[tuple[O, int]] = deque()
        while True:
            pool = self._pool(common)
            under_way: dict[Future[R], tuple[O, int]] = {}
            try:
                while True:
                    self._fill(pool, work, source, suspects, under_way)
                    if not under_way:
                        return
                    for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                        order = under_way[future][0]
                        result = future.result()
                        del under_way[future]
                        yield order, result
            except BrokenProcessPool:
                for order, tries in under_way.values():
                    if tries + 1 >= MAX_TRIES:
                        yield order, Lost(tries + 1)
                    else:
                        suspects.append((order, tries + 1))
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _pool(self, common: Any) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._jobs, context, initializer=_begin, initargs=(common,))

    def _fill(
        self,
        pool: ProcessPoolExecutor,
        work: Callable[[Any, O], R],
        source: Iterator[O],
        suspects: deque[tuple[O, int]],
        under_way: dict[Future[R], tuple[O, int]],
    ) -> None:
        # An order counts as under way before it is handed over: a pool that broke just now takes none.
        if suspects:
            if not under_way:
                order, tries = suspects.popleft()
                under_way[Future()] = (order, tries)
                self._hand_over(pool, work, under_way)
            return
        while len(under_way) < 2 * self._jobs:
            following = next(source, None)
            if following is None:
                return
            under_way[Future()] = (following, 0)
            self._hand_over(pool, work, under_way)

    def _hand_over(
        self, pool: ProcessPoolExecutor, work: Callable[[Any, O], R], under_way: dict[Future[R], tuple[O, int]]
    ) -> None:
        """Submit the order noted last, in place of the mark that it was noted under."""
        mark = next(reversed(under_way))
        future = pool.submit(_call, work, under_way[mark][0])
        under_way[future] = under_way.pop(mark)


def _same(value: R) -> R:
    return value


def security(folder: Path) -> Any:
    """Return Dask's TLS settings from a folder that holds ``ca.pem``, ``cert.pem`` and ``key.pem``."""
    try:
        from distributed.security import Security
    except ImportError:
        raise _no_dask() from None
    missing = [name for name in ("ca.pem", "cert.pem", "key.pem") if not (folder / name).is_file()]
    if missing:
        raise BriefpackError(Fault("no-key", f"{', '.join(missing)} is not there", str(folder)))
    cert, key = str(folder / "cert.pem"), str(folder / "key.pem")
    authority = str(folder / "ca.pem")
    return Security(tls_ca_file=authority, tls_client_cert=cert, tls_client_key=key, require_encryption=True)


def _no_dask() -> MissingToolError:
    hint = "pip install 'briefpack[cluster]'"
    return MissingToolError(Fault("no-dask", "the engine dask is not installed", hint=hint))


_BUNDLE = 4
"""Orders that travel to a worker together: what a task costs is then paid once for four packs."""
_LOOK_S = 0.05
"""How often finished bundles are looked for; each worker has a second one waiting meanwhile."""
_PATIENCE_S = 60.0
"""How long a cluster may be without any worker before the run gives up."""


def _each(work: Callable[[Any, O], R], common: Any, orders: Sequence[O]) -> list[R]:
    return [work(common, order) for order in orders]


class Dask:
    """A cluster of ``dask.distributed``; *address* is that of its scheduler (``tls://host:8786``).

    What a lost worker had is made again, its orders one by one, so that one which kills its workers takes no other with
    it. A cluster that loses its scheduler, or stays without workers, ends the run with BriefpackError.
    """

    def __init__(self, address: str, security: Any = None, patience_s: float = _PATIENCE_S) -> None:
        self._address, self._security, self._patience_s = address, security, patience_s

    def run(self, work: Callable[[Any, O], R], orders: Iterable[O], common: Any) -> Iterator[tuple[O, R | Lost]]:
        try:
            from distributed import KilledWorker, as_completed
        except ImportError:
            raise _no_dask() from None
        with self._client() as client:
            # A task, not scattered data: what was scattered is gone with the last worker that held it.
            shared = client.submit(_same, common, pure=False)
            source = iter(orders)
            again: deque[tuple[O, int]] = deque()
            suspects: deque[tuple[O, int]] = deque()
            under_way: dict[Any, list[tuple[O, int]]] = {}
            done = as_completed(loop=client.loop, raise_errors=False)
            window = max(4, 2 * sum(client.nthreads().values()))
            alone = window  # The first orders go out one by one, so that a small batch is spread over all workers.
            while True:
                while len(under_way) < window:
                    if again:
                        bundle = [again.popleft()]
                    else:
                        bundle = [(order, 0) for order in islice(source, 1 if alone > 0 else _BUNDLE)]
                        alone -= 1
                    if not bundle:
                        break
                    future = client.submit(_each, work, shared, [order for order, _ in bundle], pure=False)
                    under_way[future] = bundle
                    done.add(future)
                if not under_way:
                    if not suspects:
                        return
                    # Orders that wait beside one which kills its workers look the same: the last try is all alone.
                    bundle = [suspects.popleft()]
                    future = client.submit(_each, work, shared, [bundle[0][0]], pure=False)
                    under_way[future] = bundle
                    done.add(future)
                self._wait(client, done)
                future = next(done)
                if future.status in {"lost", "pending"}:
                    # Its worker died while the result was on its way; without this line the result never comes.
                    done.add(future)
                    continue
                bundle = under_way.pop(future)
                try:
                    results: list[R] = future.result(timeout="60s")
                except (CancelledError, KilledWorker, OSError, TimeoutError) as error:
                    if client.status != "running" or shared.cancelled():
                        raise self._gone("the scheduler is gone") from None
                    # The worker died with the result still on it, or under it.
                    for order, tries in bundle:
                        if tries >= MAX_TRIES:
                            yield order, Lost(tries)
                        elif len(bundle) == 1 and isinstance(error, KilledWorker):
                            suspects.append((order, MAX_TRIES))
                        else:
                            again.append((order, tries + 1))
                    continue
                future.release()
                for (order, _), result in zip(bundle, results, strict=True):
                    yield order, result

    def _client(self) -> Any:
        from distributed import Client
        from distributed.security import Security

        if not re.fullmatch(r"(tls|tcp)://[^\s/]+:[0-9]{1,5}", self._address):
            hint = "write it as tls://HOST:8786"
            raise BriefpackError(Fault("address", "this is no address of a scheduler", self._address, hint=hint))
        security, hint = self._security or Security(), "give the folder with ca.pem, cert.pem and key.pem: --tls FOLDER"
        try:
            context = security.get_connection_args("client").get("ssl_context")
        except OSError as error:
            fault = Fault("no-key", f"the cluster's key cannot be used: {error}", self._address, hint=hint)
            raise BriefpackError(fault) from None
        if self._address.startswith("tls:") and context is None:
            fault = Fault("no-key", "an address with tls:// needs the cluster's key", self._address, hint=hint)
            raise BriefpackError(fault)
        try:
            return Client(self._address, security=security, timeout=min(20.0, self._patience_s), set_as_default=False)
        except (OSError, TimeoutError) as error:
            hint = "start the scheduler, or check the address"
            fault = Fault("no-cluster", f"no scheduler answers: {error}", self._address, hint=hint)
            raise BriefpackError(fault) from None

    def _wait(self, client: Any, done: Any) -> None:
        """Wait for a result; raise BriefpackError where none can come any more."""
        began = looked = time.monotonic()
        while not done.has_ready():
            time.sleep(_LOOK_S)
            now = time.monotonic()
            if now - looked < 1:
                continue
            looked = now
            if client.status != "running":
                raise self._gone("the scheduler is gone")
            if client.nthreads():
                began = now
            elif now - began > self._patience_s:
                raise self._gone(f"all workers are gone since {self._patience_s:.0f} s")

    def _gone(self, message: str) -> BriefpackError:
        hint = "packs that are published stay; the same command goes on with the rest"
        return BriefpackError(Fault("no-cluster", message, self._address, hint=hint))
