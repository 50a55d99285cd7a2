"""Engines: every order once, whatever dies."""

from __future__ import annotations

import engine_work
import pytest

from exporters.errors import BriefpackError
from exporters.runs.engines import Dask, InProcess, Lost, Pool


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
    found = list(Pool(2).run(engine_work.dies_once, range(1, 30), str(tmp_path)))
    assert sorted(order for order, _ in found) == list(range(1, 30))
    assert [(order, result) for order, result in found if result != order] == []


@pytest.mark.slow
def test_an_order_that_kills_every_worker_is_given_up_and_the_others_are_done(tmp_path):
    found = dict(Pool(2).run(engine_work.always_dies, range(1, 12), str(tmp_path)))
    assert isinstance(found.pop(5), Lost)
    assert found == {order: order for order in range(1, 12) if order != 5}


@pytest.fixture(scope="module")
def scheduler():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        yield cluster.scheduler_address


@pytest.mark.slow
def test_a_dask_cluster_with_killed_workers_loses_nothing(scheduler, tmp_path):
    found = list(Dask(scheduler).run(engine_work.dies_once, range(1, 40), str(tmp_path)))
    assert sorted(order for order, _ in found) == list(range(1, 40))
    assert [(order, result) for order, result in found if result != order] == []


@pytest.mark.slow
def test_an_order_that_kills_every_dask_worker_is_given_up_and_the_others_are_done(scheduler, tmp_path):
    found = dict(Dask(scheduler).run(engine_work.always_dies, range(1, 30), str(tmp_path)))
    assert isinstance(found.pop(5), Lost)
    assert found == {order: order for order in range(1, 30) if order != 5}


@pytest.mark.slow
def test_no_scheduler_is_said_plainly():
    pytest.importorskip("distributed")
    with pytest.raises(BriefpackError, match="no scheduler answers"):
        list(Dask("tcp://127.0.0.1:9").run(engine_work.double, [1], 1))
