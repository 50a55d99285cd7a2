"""Engines: every order once, whatever dies."""

from __future__ import annotations

import engine_work
import pytest

from exporters.errors import BriefpackError
from exporters.runs.engines import Dask, InProcess, Lost, Pool, security


@pytest.mark.parametrize("engine", [InProcess(), pytest.param(Pool(2), marks=pytest.mark.slow)])
def test_every_order_comes_back_once(engine):
    found = dict(engine.run(engine_work.double, range(1, 40), 3))
    assert found == {order: 3 * order for order in range(1, 40)}


def test_orders_are_taken_as_they_are_needed():
    taken = []

    def orders():
        for order in range(100):
            taken.append(order)
            yield order

    results = InProcess().run(engine_work.double, orders(), 1)
    next(results)
    assert len(taken) == 1


@pytest.mark.slow
def test_killed_workers_lose_nothing(tmp_path):
    found = list(Pool(2).run(engine_work.dies_once, range(1, 20), str(tmp_path)))
    assert sorted(order for order, _ in found) == list(range(1, 20))
    assert [(order, result) for order, result in found if result != order] == []


@pytest.mark.slow
def test_an_order_that_kills_every_worker_is_given_up_and_the_others_are_done(tmp_path):
    found = dict(Pool(2).run(engine_work.always_dies, range(1, 12), str(tmp_path)))
    assert isinstance(found.pop(5), Lost)
    assert found == {order: order for order in range(1, 12) if order != 5}


@pytest.fixture(scope="module")
def scheduler():
    distributed, dask = pytest.importorskip("distributed"), pytest.importorskip("dask")
    # How long the scheduler tries to fetch a result from a worker that is dead (30 s otherwise); and how long a worker
    # may take to come back before the cluster gives it up (15 s: too short where the machine is busy).
    patience = {"distributed.comm.timeouts.connect": "2s", "distributed.deploy.lost-worker-timeout": "120s"}
    with (
        dask.config.set(patience),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
    ):
        yield cluster


@pytest.mark.slow
def test_a_dask_cluster_with_killed_workers_loses_nothing(scheduler, tmp_path):
    found = list(Dask(scheduler.scheduler_address).run(engine_work.dies_once, range(1, 20), str(tmp_path)))
    assert sorted(order for order, _ in found) == list(range(1, 20))
    assert [(order, result) for order, result in found if result != order] == []


@pytest.mark.slow
def test_an_order_that_kills_every_dask_worker_is_given_up_and_the_others_are_done(scheduler, tmp_path):
    found = dict(Dask(scheduler.scheduler_address).run(engine_work.always_dies, range(1, 20), str(tmp_path)))
    assert isinstance(found.pop(5), Lost)
    assert found == {order: order for order in range(1, 20) if order != 5}


@pytest.mark.slow
def test_a_cluster_that_loses_all_its_workers_ends_the_run_with_a_message(scheduler):
    """The last test of this cluster: its workers are gone afterwards."""
    # The test before has killed them.
    scheduler.wait_for_workers(2, timeout=120)
    results = Dask(scheduler.scheduler_address, patience_s=2).run(engine_work.slow, range(1000), 2)
    assert next(results)[1] >= 0
    scheduler.scale(0)
    with pytest.raises(BriefpackError, match="all workers are gone"):
        list(results)


@pytest.mark.parametrize(
    ("address", "key", "said"),
    [("nonsense", False, "no address of a scheduler"), ("tls://localhost:9", False, "needs the cluster's key"),
     ("tls://localhost:9", True, "cannot be used")],
)  # fmt: skip
def test_an_address_or_a_key_that_cannot_be_is_said_at_once(tmp_path, address, key, said):
    pytest.importorskip("distributed")
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).write_text("no key")
    with pytest.raises(BriefpackError, match=said):
        list(Dask(address, security(tmp_path) if key else None).run(engine_work.double, [1], 1))


@pytest.mark.slow
def test_no_scheduler_is_said_plainly():
    pytest.importorskip("distributed")
    with pytest.raises(BriefpackError, match="no scheduler answers"):
        list(Dask("tcp://127.0.0.1:9", patience_s=1).run(engine_work.double, [1], 1))
