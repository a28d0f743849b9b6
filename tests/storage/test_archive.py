"""The archive: everything out and in again; nothing is believed that a ZIP says."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import zipfile
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from sqlalchemy import event

from posecheck.errors import StorageError
from posecheck.language import counted, language_set, phrase, translated
from posecheck.storage.archive import LISTING, export_archive
from posecheck.storage.archive_import import MAX_LISTING_BYTES, ArchiveError, import_archive
from posecheck.storage.database import Database, Transaction, open_database
from posecheck.storage.files import DataFolder
from posecheck.storage.tables import (
    REPLACED,
    Person,
    Session,
    Setting,
    StretchDone,
    Take,
    TakeState,
    Upload,
    UploadState,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BINNED_AT = dt.datetime(2026, 11, 1, 10)


class Store:
    """A data folder with its database."""

    def __init__(self, root: Path) -> None:
        self.folder = DataFolder(root)
        self.database: Database = open_database(self.folder)

    def export(self, target: Path) -> Path:
        export_archive(self.database, self.folder, target)
        return target

    def bring_in(self, source: Path) -> tuple[dict[str, int], dict[str, int]]:
        counts = import_archive(self.database, self.folder, source)
        return counts.added, counts.skipped

    def files(self) -> dict[str, bytes]:
        root = self.folder.root
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for name in ("uploads", "takes")
            for path in (root / name).rglob("*")
            if path.is_file()
        }

    def names(self) -> set[str]:
        with self.database.read() as transaction:
            return {row.name for row in transaction.query(Person)}


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    made: list[Store] = []

    def make(name: str) -> Store:
        made.append(Store(tmp_path / name))
        return made[-1]

    yield make
    for store in made:
        store.database.close()


@pytest.fixture
def full(stores: Callable[[str], Store]) -> Store:
    store = stores("full")
    with store.database.begin() as transaction:
        session = Session(date="2026-11-22", tests=[{"movement": "toe-touch", "side": None}], felt=[], title="Ä °")
        upload = Upload(
            phase="pre",
            file_name="Zehe.mp4",
            size_bytes=5_000_000_000,
            state=UploadState.READ,
            info={"duration_s": 1.5},
        )
        partial = Upload(phase="pre", file_name="half.mp4", size_bytes=10, state=UploadState.RECEIVING)
        session.uploads += [upload, partial]
        session.takes.append(Take(upload=upload, movement="toe-touch", phase="pre", state=TakeState.MEASURED))
        session.stretches.append(StretchDone(stretch="runners-lunge", seconds=61.5))
        transaction.add(Person(name="Anna", every_session=[session]))
        transaction.add(Setting(name="keep_video", value={"value": False}))
        transaction.flush()
        take = session.takes[0]
        ids = upload.id, partial.id, take.id
    folder = store.folder
    for path, data in (
        (folder.video(ids[0]), b"video" * 100),
        (folder.upload(ids[0]) / "recording.json", b"{}"),
        (folder.partial(ids[1]), b"half"),
        (folder.take(ids[2]) / "angles" / "left.csv", b"time_s\n0\n"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return store


@pytest.fixture
def archive(full: Store, tmp_path: Path) -> Path:
    return full.export(tmp_path / "all.zip")


def test_one_person_goes_out_alone_and_comes_in_beside_others(
    full: Store, stores: Callable[[str], Store], tmp_path: Path
) -> None:
    with full.database.begin() as transaction:
        berta = Person(name="Berta", every_session=[Session(date="2026-11-23", tests=[], felt=[])])
        transaction.add(berta)
        transaction.flush()
        anna = next(row.id for row in transaction.query(Person) if row.name == "Anna")
    export_archive(full.database, full.folder, tmp_path / "anna.zip", person_id=anna)
    rows = rows_of(tmp_path / "anna.zip")
    assert {name: len(found) for name, found in rows.items()} == {
        "person": 1,
        "session": 1,
        "upload": 1,
        "take": 1,
        "stretch_done": 1,
        "setting": 0,
    }
    assert b"Berta" not in (tmp_path / "anna.zip").read_bytes()
    other = stores("other")
    with other.database.begin() as transaction:
        transaction.add(Person(name="Carla"))
        transaction.add(Setting(name="keep_video", value={"value": True}))
    added, _ = other.bring_in(tmp_path / "anna.zip")
    assert (added["person"], added["session"], added["setting"]) == (1, 1, 0)
    assert other.names() == {"Anna", "Carla"}
    assert other.files() == {name: data for name, data in full.files().items() if "partial" not in name}


def rows_of(path: Path) -> dict[str, list[dict[str, Any]]]:
    with zipfile.ZipFile(path) as archive:
        tables: dict[str, list[dict[str, Any]]] = json.loads(archive.read(LISTING))["tables"]
    return tables


def changed(source: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """A copy of the archive whose listing is another one."""
    target = source.with_name("changed.zip")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.infolist():
            data = old.read(member)
            if member.filename == LISTING:
                listing = json.loads(data)
                change(listing)
                data = json.dumps(listing).encode()
            new.writestr(member, data)
    return target


def added(source: Path, name: str, data: bytes = b"x", mode: int = 0o100644) -> Path:
    """A copy of the archive with one more file."""
    target = source.with_name("added.zip")
    shutil.copy(source, target)
    member = zipfile.ZipInfo(name)
    member.external_attr = mode << 16
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(member, data)
    return target


def test_everything_comes_back_the_same_in_an_empty_database(
    full: Store, archive: Path, stores: Callable[[str], Store], tmp_path: Path
) -> None:
    other = stores("other")
    counts, skipped = other.bring_in(archive)
    assert counts == {"person": 1, "session": 1, "upload": 1, "take": 1, "stretch_done": 1, "setting": 1}
    assert set(skipped.values()) == {0}
    assert rows_of(other.export(tmp_path / "again.zip")) == rows_of(archive)
    assert other.files() == {name: data for name, data in full.files().items() if not name.endswith("partial")}


def test_takes_of_an_archive_in_which_the_newest_alone_counted_say_why_they_do_not(
    full: Store, archive: Path, stores: Callable[[str], Store]
) -> None:
    def older(listing: dict[str, Any]) -> None:
        (take,) = listing["tables"]["take"]
        take["current"] = False
        del take["number"], take["left_out"]
        for session in listing["tables"]["session"]:
            del session["takes_per_block"]
        listing["database_version"] = "0002"

    other = stores("other")
    other.bring_in(changed(archive, older))
    with other.database.read() as transaction:
        (row,) = transaction.query(Take)
        assert (row.number, row.left_out) == (1, REPLACED)
        assert [session.takes_per_block for session in transaction.query(Session)] == [1]


def test_what_an_imported_archive_says_is_said_in_the_language_of_the_reader(
    full: Store, stores: Callable[[str], Store], tmp_path: Path
) -> None:
    damaged = counted("One damaged picture was left out.", "{count} damaged pictures were left out.", count=3)
    with full.database.begin() as transaction:
        upload = next(row for row in transaction.query(Upload) if row.state == UploadState.READ)
        upload.reason = phrase("{path}: is empty (0 bytes); copy it from the camera again.", path="Zehe.mp4")
        upload.info = {**upload.info, "warnings": [damaged]}
        upload.takes[0].left_out = REPLACED
    other = stores("other")
    other.bring_in(full.export(tmp_path / "said.zip"))
    with other.database.read() as transaction, language_set("de"):
        (upload,) = transaction.query(Upload)
        said = [upload.reason, *upload.info["warnings"], upload.takes[0].left_out]
        assert said == [
            "Zehe.mp4: is empty (0 bytes); copy it from the camera again.",
            "3 damaged pictures were left out.",
            "replaced by a newer take",
        ]
        assert [translated(words) for words in said] == [
            "Zehe.mp4: ist leer (0 Byte); kopiere die Datei noch einmal von der Kamera.",
            "3 beschädigte Bilder wurden ausgelassen.",
            "durch eine neuere Aufnahme ersetzt",
        ]


def test_what_is_damaged_in_an_archive_is_said_in_the_language_of_the_reader(
    archive: Path, stores: Callable[[str], Store]
) -> None:
    def nameless(listing: dict[str, Any]) -> None:
        del listing["tables"]["person"][0]["name"]

    with pytest.raises(ArchiveError) as raised:
        stores("other").bring_in(changed(archive, nameless))
    with language_set("de"):
        assert translated(raised.value.words) == (
            "Das Archiv ist beschädigt: eine Person hat kein Feld name; es wurde nichts geändert."
        )


def test_what_has_not_come_in_whole_is_left_out(archive: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        assert not any("partial" in name for name in packed.namelist())
    assert [row["file_name"] for row in rows_of(archive)["upload"]] == ["Zehe.mp4"]


def test_what_is_here_already_stays_as_it_is(full: Store, archive: Path) -> None:
    with full.database.begin() as transaction:
        transaction.query(Person).one().name = "renamed"
    before = full.files()
    counts, skipped = full.bring_in(archive)
    assert set(counts.values()) == {0}
    assert skipped["person"] == 1
    assert full.names() == {"renamed"}
    assert full.files() == before


def test_what_was_deleted_since_comes_back(full: Store, archive: Path) -> None:
    with full.database.begin() as transaction:
        transaction.delete(transaction.query(Session).one())
    counts, skipped = full.bring_in(archive)
    assert (counts["person"], counts["session"], counts["take"]) == (0, 1, 1)
    assert skipped["person"] == 1


def test_the_bin_and_the_sample_session_go_out_with_nobody(full: Store, tmp_path: Path) -> None:
    with full.database.begin() as transaction:
        transaction.add(Person(name="Berta", deleted_at=BINNED_AT, every_session=[Session(date="2026-11-23")]))
        transaction.add(Person(name="Sample", sample=True, every_session=[Session(date="2026-11-23")]))
        (anna,) = transaction.query(Person).filter_by(name="Anna")
        anna.every_session.append(Session(date="2026-11-24", deleted_at=BINNED_AT))
    rows = rows_of(full.export(tmp_path / "kept.zip"))
    assert [row["name"] for row in rows["person"]] == ["Anna"]
    assert [row["date"] for row in rows["session"]] == ["2026-11-22"]


def test_what_lies_in_the_bin_comes_out_of_it_by_an_import(full: Store, archive: Path) -> None:
    with full.database.begin() as transaction:
        (anna,) = transaction.query(Person)
        anna.deleted_at = anna.sessions[0].deleted_at = BINNED_AT
        anna.notes = "written since"
    counts = import_archive(full.database, full.folder, archive)
    assert (counts.added["person"], counts.skipped["person"]) == (0, 1)
    with full.database.read() as transaction:
        (anna,) = transaction.query(Person)
        assert (anna.deleted_at, len(anna.sessions), anna.notes) == (None, 1, "written since")


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/etc/evil",
        "uploads/../../evil",
        "uploads/{id}/../../evil",
        "uploads/{id}/..\\evil",
        "uploads/{id}/C:evil",
        "uploads/000000000000000000000000/video",
        "posecheck.sqlite3",
        "uploads/{id}",
    ],
)
def test_a_file_that_would_lie_elsewhere_is_refused(
    name: str, archive: Path, stores: Callable[[str], Store], tmp_path: Path
) -> None:
    upload_id = rows_of(archive)["upload"][0]["id"]
    before = sorted(path.name for path in tmp_path.iterdir())
    unchanged(stores("other"), added(archive, name.format(id=upload_id)), "does not belong there")
    assert {path.name for path in tmp_path.iterdir()} - set(before) == {"added.zip", "other"}


def test_a_link_is_refused(archive: Path, stores: Callable[[str], Store]) -> None:
    upload_id = rows_of(archive)["upload"][0]["id"]
    link = added(archive, f"uploads/{upload_id}/link", b"/etc/passwd", mode=0o120777)
    unchanged(stores("other"), link, "does not belong there")


def test_a_zip_that_would_fill_the_disk_is_refused_before_it_is_unpacked(
    archive: Path, stores: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_id = rows_of(archive)["upload"][0]["id"]
    target = archive.with_name("bomb.zip")
    shutil.copy(archive, target)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"uploads/{upload_id}/bomb", b"\0" * 20_000_000)
    assert target.stat().st_size < 1_000_000
    other = stores("other")
    usage = shutil.disk_usage(other.folder.root)
    free = 110 * 1024**2
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=free))
    unchanged(other, target, "too full")


def test_a_file_longer_than_the_zip_says_is_refused(archive: Path, stores: Callable[[str], Store]) -> None:
    data = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as packed:
        member = next(item for item in packed.infolist() if item.filename.endswith("/video"))
    entry = data.rindex(member.filename.encode()) - 46  # its entry in the list at the end
    assert data[entry : entry + 4] == b"PK\x01\x02"
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")  # the size once unpacked
    archive.write_bytes(data)
    unchanged(stores("other"), archive, "damaged")


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.99])
def test_a_zip_that_is_cut_off_is_refused(kept: float, archive: Path, stores: Callable[[str], Store]) -> None:
    data = archive.read_bytes()
    archive.write_bytes(data[: int(kept * len(data))])
    unchanged(stores("other"), archive, "damaged")


def test_a_flipped_bit_is_noticed(archive: Path, stores: Callable[[str], Store]) -> None:
    data = bytearray(archive.read_bytes())
    data[data.index(b"videovideo") + 3] ^= 1
    archive.write_bytes(data)
    unchanged(stores("other"), archive, "damaged")


def test_a_zip_that_names_a_place_before_its_beginning_is_refused(
    archive: Path, stores: Callable[[str], Store]
) -> None:
    data = bytearray(archive.read_bytes())
    at = data.rfind(b"PK\x05\x06") + 16  # where the list of its files begins
    data[at : at + 4] = (2**31).to_bytes(4, "little")
    archive.write_bytes(data)
    other = stores("other")
    with pytest.raises(ArchiveError, match="damaged"):
        other.bring_in(archive)


def test_another_zip_and_a_video_are_refused(tmp_path: Path, stores: Callable[[str], Store]) -> None:
    other = stores("other")
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as packed:
        packed.writestr("a.jpg", b"x")
    unchanged(other, tmp_path / "photos.zip", "not a ZIP file that posecheck exported")
    (tmp_path / "video.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + b"x" * 1000)
    unchanged(other, tmp_path / "video.mp4", "not a ZIP file that posecheck exported")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda listing: listing.update(format="x"), "not made by posecheck"),
        (lambda listing: listing.update(format_version=3), "newer posecheck"),
        (lambda listing: listing.update(database_version="9999"), "newer posecheck"),
        (lambda listing: listing.update(tables=[]), "do not know|does not know"),
        (lambda listing: listing["tables"].update(secret=[]), "does not know"),
        (lambda listing: listing["tables"].update(person={}), "not a list"),
        (lambda listing: listing["tables"]["person"][0].update(id="../../evil"), "id of a person"),
        (lambda listing: listing["tables"]["person"][0].update(name=5), "name of a person"),
        (lambda listing: listing["tables"]["person"][0].update(name="x" * 201), "name of a person"),
        (lambda listing: listing["tables"]["person"][0].update(name="a\0"), "zero byte"),
        (lambda listing: listing["tables"]["person"][0].update(age=40), "not known"),
        (lambda listing: listing["tables"]["person"][0].pop("name"), "lacks its name"),
        (lambda listing: listing["tables"]["person"][0].update(birth_year=1800), "birth_year of a person"),
        (lambda listing: listing["tables"]["person"][0].update(birth_year=True), "birth_year of a person"),
        (lambda listing: listing["tables"]["person"][0].update(code="x" * 61), "code of a person"),
        (lambda listing: listing["tables"]["person"][0].update(notes="x" * 2001), "notes of a person"),
        (lambda listing: listing["tables"]["person"][0].update(deleted_at="2026-11-01T10:00:00"), "was deleted"),
        (lambda listing: listing["tables"]["session"][0].update(deleted_at="2026-11-01T10:00:00"), "was deleted"),
        (lambda listing: listing["tables"]["session"][0].update(next_date="soon"), "next_date of a session"),
        (lambda listing: listing["tables"]["person"].clear(), "belongs to no person"),
        (lambda listing: listing["tables"]["session"][0].update(step="fly"), "step of a session"),
        (lambda listing: listing["tables"]["session"][0].update(tests={}), "tests of a session"),
        (lambda listing: listing["tables"]["session"][0].update(tests=[5]), "tests of a session"),
        (lambda listing: listing["tables"]["session"][0].update(primary={"movement": "x"}), "primary of a session"),
        (lambda listing: listing["tables"]["upload"][0].update(reading={"person_at": [5, 0]}), "reading of a video"),
        (lambda listing: listing["tables"]["take"][0].update(corrections={"side": "up"}), "corrections of a recording"),
        (lambda listing: listing["tables"]["setting"][0].update(value={}), "value of a setting"),
        (lambda listing: listing["tables"]["session"][0].update(version=2**40), "version of a session"),
        (lambda listing: listing["tables"]["session"][0].update(keep_video=1), "keep_video of a session"),
        (lambda listing: listing["tables"]["session"][0].update(created_at="soon"), "created_at of a session"),
        (lambda listing: listing["tables"]["upload"][0].update(state="receiving"), "state of a video"),
        (lambda listing: listing["tables"]["upload"][0].update(size_bytes=-1), "size_bytes of a video"),
        (lambda listing: listing["tables"]["session"][0].update(date="2026-11-22\r\nX: y"), "date of a session"),
        (
            lambda listing: listing["tables"]["session"][0].update(tests=[{"movement": "dance", "side": None}]),
            "'dance'",
        ),
        (
            lambda listing: listing["tables"]["session"][0].update(tests=[{"movement": "side-lunge", "side": None}]),
            "side",
        ),
        (lambda listing: listing["tables"]["take"][0].update(movement="dance"), "'dance' of a recording"),
        (lambda listing: listing["tables"]["take"][0].update(side="left"), "a recording has the test 'toe-touch' with"),
        (lambda listing: listing["tables"]["stretch_done"][0].update(stretch="dance"), "no stretch 'dance'"),
        (lambda listing: listing["tables"]["stretch_done"][0].update(grip="teeth"), "grip 'teeth'"),
        (lambda listing: listing["tables"]["upload"][0].update(reading={"plan": "x"}), "reading of a video"),
        (
            lambda listing: listing["tables"]["upload"][0].update(reading={"plan": {"movement": 5}}),
            "reading of a video",
        ),
        (
            lambda listing: listing["tables"]["upload"][0].update(
                reading={"plan": {"movement": "side-lunge", "side": None}}
            ),
            "a video that was filmed has the test 'side-lunge' without",
        ),
        (lambda listing: listing["tables"]["stretch_done"][0].update(seconds=float("nan")), "NaN"),
    ],
)
def test_rows_that_cannot_be_are_refused(
    change: Callable[[dict[str, Any]], object], words: str, archive: Path, stores: Callable[[str], Store]
) -> None:
    unchanged(stores("other"), changed(archive, change), words)


@pytest.mark.parametrize("result", [b'{"movement": "side-lunge", "side": "left"}', b"{", b"[]", b"[" * 100_000])
def test_a_recording_that_says_something_else_than_its_result_is_refused(
    result: bytes, archive: Path, stores: Callable[[str], Store]
) -> None:
    (take,) = rows_of(archive)["take"]
    unchanged(stores("other"), added(archive, f"takes/{take['id']}/trial.json", result), "result")


def test_a_small_zip_of_a_great_many_rows_takes_no_memory_of_the_server(
    archive: Path, stores: Callable[[str], Store]
) -> None:
    other = stores("other")
    before_mb = psutil.Process().memory_info().rss / 1e6
    head = b'{"format": "posecheck archive", "format_version": 1, "database_version": "0001", "tables": {"person": ['
    listing = head + b"{}," * 7_000_000 + b"{}]}}"
    target = archive.with_name("many.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(LISTING, listing)
    assert target.stat().st_size < 100_000
    del listing
    unchanged(other, target, "damaged|more memory")
    assert psutil.Process().memory_info().rss / 1e6 < before_mb + 100


def test_a_list_of_rows_that_is_too_long_is_refused_unread(archive: Path, stores: Callable[[str], Store]) -> None:
    target = archive.with_name("long.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(LISTING, b" " * (MAX_LISTING_BYTES + 1))
    unchanged(stores("other"), target, "implausibly large")


def test_a_failure_of_the_disk_in_the_middle_leaves_nothing(
    archive: Path, stores: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("posecheck.storage.archive_import.shutil.copyfileobj", fail)
    unchanged(stores("other"), archive, "No space left")


def test_a_failure_after_the_files_were_moved_takes_them_back(archive: Path, stores: Callable[[str], Store]) -> None:
    other = stores("other")
    seen: list[dict[str, bytes]] = []

    def fail(_: object) -> None:
        seen.append(other.files())
        raise OSError(28, "No space left on device")

    event.listen(Transaction, "before_commit", fail)
    try:
        with pytest.raises(StorageError, match="No space left"):
            other.bring_in(archive)
    finally:
        event.remove(Transaction, "before_commit", fail)
    assert seen[0], "the files had been moved"
    assert other.names() == set()
    assert other.files() == {}
    assert list(other.folder.deletions.iterdir()) == []


def test_a_full_disk_leaves_no_half_archive(full: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("zipfile.ZipFile.write", fail)
    with pytest.raises(StorageError, match="No space left"):
        full.export(tmp_path / "all.zip")
    assert not (tmp_path / "all.zip").exists()


def unchanged(store: Store, source: Path, words: str) -> None:
    """The file is refused with these words, and nothing of it is left."""
    with pytest.raises(StorageError, match=words) as caught:
        store.bring_in(source)
    assert "nothing was changed" in str(caught.value).lower()
    assert isinstance(caught.value, ArchiveError) or "full" in str(caught.value) or "space" in str(caught.value)
    assert store.names() == set()
    assert store.files() == {}
    assert {path.name for path in store.folder.root.iterdir()} <= {
        "uploads",
        "takes",
        "backups",
        "deletions",
        "work",
        "posecheck.sqlite3",
        "posecheck.sqlite3-wal",
        "posecheck.sqlite3-shm",
    }
