"""A cluster with TLS on this machine, started by the very commands of docs/operating.md."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import engine_work
import pytest

from exporters.errors import BriefpackError
from exporters.runs.engines import Dask, security

pytest.importorskip("distributed")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="a shell")]

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PATHS = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}"}
ENV = os.environ | PATHS


def documented(word: str) -> str:
    """Return the block of commands of docs/operating.md that holds *word*."""
    text = (ROOT / "docs" / "operating.md").read_text("utf-8")
    return next(block for block in re.findall(r"^```\n(.*?)^```", text, re.M | re.S) if word in block)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Cluster:
    """Scheduler and two workers in a process group of their own, in a folder with the key."""

    def __init__(self, folder: Path) -> None:
        keys = "".join(line for line in documented("openssl").splitlines(True) if not line.startswith("pip"))
        subprocess.run(["bash", "-ec", keys], cwd=folder, check=True, capture_output=True, timeout=60)
        self.port, self.folder = free_port(), folder
        options = "\n".join(documented("dask scheduler --protocol tls --port").splitlines()[:3])
        line = documented("--host 127.0.0.1").replace("8786", str(self.port))
        self.log = (folder / "log").open("w")
        self.process = subprocess.Popen(
            ["bash", "-c", f"{options}\n{line}"],
            cwd=folder,
            env=ENV,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def pids(self, word: str) -> list[int]:
        """Return the processes of the cluster whose command holds *word*."""
        listed = subprocess.run(
            ["ps", "-ww", "-eo", "pid=,pgid=,args="], capture_output=True, text=True, timeout=20, check=True
        ).stdout
        rows = [line.split(None, 2) for line in listed.splitlines()]
        return [int(pid) for pid, group, args in rows if int(group) == self.process.pid and word in args]

    def workers(self) -> list[int]:
        """Return the processes that work, when both do."""
        for _ in range(300):
            found = self.pids("multiprocessing.spawn")
            if len(found) == 2 and (self.folder / "log").read_text().count("Registered to") >= 2:
                return found
            time.sleep(0.2)
        raise AssertionError((self.folder / "log").read_text())

    def batch(self, *words: str, tls: str = "tls") -> list[str]:
        line = documented("--address tls://HOST").splitlines()[-1]
        found = line.replace("HOST:8786", f"127.0.0.1:{self.port}").replace("'", "").split()[1:]
        found[found.index("--tls") + 1] = tls
        return [sys.executable, "-m", "exporters", *found, *words]

    def close(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)
        self.log.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    found = Cluster(tmp_path_factory.mktemp("cluster"))
    yield found
    found.close()


@pytest.fixture
def run(data, cache):
    def done(words: list[str]) -> subprocess.CompletedProcess[str]:
        env = ENV | {"BRIEFPACK_CACHE": str(cache)}
        return subprocess.run(words, cwd=data, env=env, capture_output=True, text=True, timeout=120, check=False)

    return done


@pytest.fixture
def data(tmp_path):
    """A project in a folder with blanks and Chinese characters in its path."""
    folder = tmp_path / "一 批" / "data"
    folder.mkdir(parents=True)
    text = (ROOT / "data" / "guangzhou-2023.yaml").read_text("utf-8")
    for number in range(16):
        (folder / f"p{number}.yaml").write_text(text.replace("id: guangzhou-2023", f"id: p{number}", 1), "utf-8")
    return folder.parent


def contents(out: Path) -> dict[str, bytes]:
    """Return what the packs below *out* hold, by file, of a package also by part."""
    names = ("briefing.docx", "deck.pptx", "targets.xlsx", "manifest.json", "index.html")
    found = {path.relative_to(out).as_posix(): path.read_bytes() for name in names for path in sorted(out.rglob(name))}
    for name, content in list(found.items()):
        if name.endswith("x"):
            with ZipFile(BytesIO(content)) as package:
                found |= {f"{name}!{part}": package.read(part) for part in package.namelist()}
    return found


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Return what differs, where and how: a difference of whole packs is far too much to read."""
    found = []
    for name in sorted(one.keys() | other.keys()):
        a, b = one.get(name), other.get(name)
        if a is None or b is None:
            found.append(f"{name} is only in {'the first' if b is None else 'the second'}")
        elif a != b:
            at = next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
            span = slice(max(0, at - 60), at + 60)
            found.append(f"{name} from {at} of {len(a)} and {len(b)} bytes: {a[span]!r} and {b[span]!r}")
    return found


def test_a_cluster_with_tls_and_a_killed_worker_gives_the_bytes_of_the_local_engine(cluster, data, run, cache):
    local = run([sys.executable, "-m", "exporters", "batch", "data", "--out", "local", "--jobs", "1"])
    assert local.returncode == 0, local.stderr
    victim = cluster.workers()[0]
    words = cluster.batch(tls=str(cluster.folder / "tls"))
    with subprocess.Popen(
        words,
        cwd=data,
        env=ENV | {"BRIEFPACK_CACHE": str(cache)},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        first = process.stderr.readline()
        os.kill(victim, signal.SIGKILL)
        said, errors = process.communicate(timeout=120)
    assert process.returncode == 0, first + errors
    assert "16 packs: 16 built" in said
    assert victim not in cluster.pids("multiprocessing.spawn")
    assert differing(contents(data / "out"), contents(data / "local")) == []

    again = run(words)
    assert (again.returncode, again.stdout) == (0, "16 packs: 16 unchanged\n")

    stranger = run(cluster.batch("--fresh")[:-3])
    assert stranger.returncode == 1
    assert "--tls" in stranger.stderr, stranger.stderr


def test_a_cluster_that_loses_its_scheduler_ends_the_run_with_a_message(cluster):
    """The last test of this cluster."""
    cluster.workers()
    results = Dask(f"tls://127.0.0.1:{cluster.port}", security(cluster.folder / "tls")).run(
        engine_work.slow, range(1000), 2
    )
    assert next(results)[1] >= 0
    victims = cluster.pids("dask scheduler")
    assert victims
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(BriefpackError, match="the scheduler is gone"):
        list(results)
