"""Writing packages: what other zip readers see, equal bytes, segments, ZIP64."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
import zlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from package_samples import deck, rebuilt, word, workbook

from exporters.package import (
    DeflateSegment,
    Package,
    PackageWriter,
    RawPart,
    Segment,
    Stencil,
    deflate,
    zip_time,
)
from exporters.package.segments import packed

_NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "Pd", "Pc")), min_size=1, max_size=20).map(
    lambda name: f"{name}.xml"
)
_CONTENTS = st.one_of(
    st.binary(max_size=300),
    st.tuples(st.binary(min_size=1, max_size=50), st.integers(1, 2000)).map(lambda pair: pair[0] * pair[1]),
)


def _package(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with PackageWriter(out) as writer:
        for name, data in parts.items():
            writer.add(name, data)
    return out.getvalue()


@given(st.dictionaries(_NAMES, _CONTENTS, max_size=8))
def test_zipfile_reads_back_any_names_and_bytes(parts: dict[str, bytes]) -> None:
    folded: dict[str, bytes] = {}
    for name, data in parts.items():
        if name.casefold() not in {other.casefold() for other in folded}:
            folded[name] = data
    with zipfile.ZipFile(io.BytesIO(_package(folded))) as read:
        assert read.testzip() is None
        assert {name: read.read(name) for name in read.namelist()} == folded
        for entry in read.infolist():
            assert not entry.flag_bits & 0x8, "no data descriptor"
            assert bool(entry.flag_bits & 0x800) == (not entry.filename.isascii())
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)


@given(st.lists(st.lists(_CONTENTS, max_size=4), max_size=5))
def test_segments_join_to_the_whole(pieces: list[list[bytes]]) -> None:
    segments = []
    for contents in pieces:
        segment = DeflateSegment()
        for data in contents:
            segment.write(data)
        segments.append(segment)
    whole = b"".join(data for contents in pieces for data in contents)
    out = io.BytesIO()
    with PackageWriter(out) as writer:
        writer.add_segments("part.xml", segments)
    with zipfile.ZipFile(out) as read:
        assert read.read("part.xml") == whole
        assert zlib.crc32(whole) == read.getinfo("part.xml").CRC
    assert zlib.decompress(out.getvalue()[38 : 38 + read.getinfo("part.xml").compress_size], -15) == whole


@given(st.lists(st.binary(max_size=20_000), max_size=12), st.binary(max_size=2000))
def test_the_bytes_of_a_part_do_not_depend_on_the_parts_before(before: list[bytes], data: bytes) -> None:
    alone = packed(data)
    for other in before:
        packed(other)
    assert packed(data) == alone
    assert zlib.decompress(alone, -15) == data


def test_the_bytes_of_a_segment_do_not_depend_on_where_its_stream_lies_in_memory() -> None:
    """Eight streams at a time lie in eight places; what ISA-L hashes wrongly hits the text's beginning now and then."""
    random = Random(1)
    for _ in range(4000):
        head = bytes(random.choices(range(33, 127), k=12))
        text = b"%s %s %s the end" % (head, random.randbytes(300).hex().encode(), head)
        segments = [DeflateSegment() for _ in range(8)]
        for segment in segments:
            segment.write(text)
        assert len({bytes(segment.seal().compressed) for segment in segments}) == 1


def test_every_way_to_add_a_part() -> None:
    source = _package({"a.xml": b"<a/>" * 99})
    out = io.BytesIO()
    with PackageWriter(out) as writer:
        writer.add("one.xml", b"x" * 50_000)
        writer.add_stored("two.png", b"png")
        writer.add_raw(_raw(source, "a.xml"))
        writer.add_raw(_raw(source, "a.xml"), "b.xml")
        writer.add_deflated("c.xml", deflate(b"<c/>"))
        assert "TWO.png" in writer
    with zipfile.ZipFile(out) as read:
        assert read.namelist() == ["one.xml", "two.png", "a.xml", "b.xml", "c.xml"]
        assert read.getinfo("two.png").compress_type == zipfile.ZIP_STORED
        assert read.read("a.xml") == read.read("b.xml") == b"<a/>" * 99
        assert read.testzip() is None


def _raw(data: bytes, name: str) -> RawPart:
    with zipfile.ZipFile(io.BytesIO(data)) as read:
        plain = read.read(name)

    done = deflate(plain)
    return RawPart(name, 8, done.crc, done.size, done.compressed)


@pytest.mark.parametrize("name", ["", "/a.xml", "a\\b.xml", "A.XML"])
def test_bad_names_are_refused(name: str) -> None:
    writer = PackageWriter(io.BytesIO())
    writer.add("a.xml", b"")
    with pytest.raises(ValueError, match="part"):
        writer.add(name, b"")


def test_nothing_more_is_written_after_an_error() -> None:
    out = io.BytesIO()
    writer = PackageWriter(out)
    with pytest.raises(RuntimeError), writer:
        writer.add("a.xml", b"<a/>")
        raise RuntimeError
    assert not zipfile.is_zipfile(out)
    with pytest.raises(ValueError, match="closed"):
        writer.add("b.xml", b"")


def test_more_than_65535_parts_need_zip64() -> None:
    out = io.BytesIO()
    with PackageWriter(out) as writer:
        for number in range(66_000):
            writer.add_stored(f"p/{number}.xml", b"")
    with zipfile.ZipFile(out) as read:
        assert len(read.namelist()) == 66_000


class _Sparse:
    """A file that forgets what it was given, but for its end and its length."""

    def __init__(self) -> None:
        self.kept = b""
        self.length = 0

    def write(self, data: bytes) -> int:
        self.length += len(data)
        self.kept = bytes(data[-4096:])
        return len(data)


@pytest.mark.slow
def test_offsets_beyond_4_gb_need_zip64() -> None:
    out = _Sparse()
    block = bytes(1 << 24)
    piece = deflate(block)
    with PackageWriter(out) as writer:  # type: ignore[arg-type]
        for number in range(257):
            writer.add_stored(f"{number}.bin", block)
        writer.add_deflated("last.bin", piece)
    assert out.length > 1 << 32
    start = out.kept.rfind(b"PK\x01\x02")
    assert b"last.bin\x01\x00\x08\x00" in out.kept[start:], "one ZIP64 field, the offset"
    assert b"PK\x06\x06" in out.kept
    assert b"PK\x06\x07" in out.kept


def test_a_part_beyond_4_gb_states_its_size_twice() -> None:
    out = io.BytesIO()
    with PackageWriter(out) as writer:
        writer.add_segments("huge.xml", [Segment(0, 5 << 30, b"")])
    with zipfile.ZipFile(out) as read:
        assert read.getinfo("huge.xml").file_size == 5 << 30
    assert out.getvalue()[4:6] == b"\x2d\x00"


@pytest.mark.parametrize(
    ("epoch", "expected"),
    [
        (None, (1980, 1, 1, 0, 0, 0)),
        (0, (1980, 1, 1, 0, 0, 0)),
        (1_700_000_001, (2023, 11, 14, 22, 13, 20)),
        (1 << 40, (2107, 12, 31, 23, 59, 58)),
    ],
)
def test_member_times(epoch: int | None, expected: tuple[int, ...]) -> None:
    assert zip_time(epoch) == expected
    out = io.BytesIO()
    with PackageWriter(out, date_time=zip_time(epoch)) as writer:
        writer.add("a.xml", b"")
    with zipfile.ZipFile(out) as read:
        assert read.getinfo("a.xml").date_time == expected


def test_the_same_input_gives_the_same_bytes() -> None:
    assert rebuilt(deck(), raw=False) == rebuilt(deck(), raw=False)


@pytest.mark.parametrize("raw", [True, False])
def test_the_usual_libraries_open_what_was_written(raw: bool) -> None:
    import docx
    import openpyxl
    import pptx

    assert docx.Document(io.BytesIO(rebuilt(word(), raw=raw))).paragraphs[0].text == "Targets"
    assert len(pptx.Presentation(io.BytesIO(rebuilt(deck(), raw=raw))).slides) == 3
    assert openpyxl.load_workbook(io.BytesIO(rebuilt(workbook(), raw=raw)))["目标"]["B2"].value == 6


def test_the_room_costs_little_to_import() -> None:
    script = (
        "import sys; import exporters.errors; before = set(sys.modules); import exporters.package.writer; "
        "import exporters.package; heavy = {'lxml', 'zipfile', 'xml.etree', 'docx'} & set(sys.modules); "
        "print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_reading_gives_the_parts_in_file_order() -> None:
    parts = {
        "[Content_Types].xml": b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
        "b/Ä 1.xml": b"<b/>",
        "a.xml": b"<a/>",
    }
    package = Package.open(_package(parts))
    assert package.names() == tuple(parts)
    assert {name: package.read(name) for name in package.names()} == parts
    assert "A.XML" in package
    assert package.stored_name("A.xml") == "a.xml"
    with pytest.raises(KeyError):
        package.read("c.xml")


@given(
    st.lists(st.integers(0, 99_999), min_size=0, max_size=4),
    st.text(st.sampled_from('<rel Id="rId%"/>各'), max_size=40),
)
def test_a_stencil_gives_its_text_with_the_numbers_between(numbers: list[int], text: str) -> None:
    pieces = [f"{text}{number}" for number in range(len(numbers) + 1)]
    stencil = Stencil(pieces)
    for given_numbers in (numbers, [number + 1 for number in numbers]):
        part = stencil.fill(given_numbers)
        inflater = zlib.decompressobj(-15)
        data = inflater.decompress(part.compressed)
        expected = pieces[0] + "".join(f"{n}{piece}" for n, piece in zip(given_numbers, pieces[1:], strict=True))
        assert inflater.eof and not inflater.unused_data
        assert data.decode() == expected
        assert (part.crc, part.size) == (zlib.crc32(data), len(data))


@given(
    st.lists(st.tuples(st.integers(1, 40), st.booleans(), _CONTENTS), max_size=8),
    st.sampled_from(("a/p", "图/页")),
)
def test_a_series_writes_what_whole_names_do(steps: list[tuple[int, bool, bytes]], before: str) -> None:
    one, other = io.BytesIO(), io.BytesIO()
    number = 0
    with PackageWriter(one) as numbered, PackageWriter(other) as named:
        for step, stored, data in steps:
            number += step
            name = f"{before}{number}.xml"
            pages = numbered.series(before, ".xml")
            (pages.add_stored if stored else pages.add)(number, data)
            (named.add_stored if stored else named.add)(name, data)
            assert name.upper() in numbered and f"{before}{number + 1}.xml" not in numbered
        assert numbered.size == named.size
    assert one.getvalue() == other.getvalue()


def test_a_series_refuses_what_is_there() -> None:
    with PackageWriter(io.BytesIO()) as writer:
        writer.add("A/P3.xml", b"<a/>")
        pages = writer.series("a/p", ".xml")
        pages.add(2, b"<a/>")
        writer.add("a/p5.xml", b"<a/>")
        for number in (1, 2, 3, 5):
            with pytest.raises(ValueError, match=f"'a/p{number}.xml' is in the package"):
                pages.add(number, b"<b/>")
        with pytest.raises(ValueError, match=r"'a/P2\.xml' is in the package already"):
            writer.add("a/P2.xml", b"<b/>")
        writer.add("a/p02.xml", b"<a/>")
        pages.add(4, b"<a/>")


def test_a_series_goes_on_beyond_four_gigabytes() -> None:
    one, other = PackageWriter(io.BytesIO()), PackageWriter(io.BytesIO())
    one._offset = other._offset = 1 << 32
    one.series("p", ".xml").add(1, b"<a/>")
    other.add("p1.xml", b"<a/>")
    assert one._central == other._central
    with pytest.raises(ValueError, match="already"):
        one.series("p", ".xml").add(1, b"<a/>")
