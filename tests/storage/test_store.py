"""The store: working copies of one address hold the same, on a disk and in a real S3 server."""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from cluster import free_port

from posecheck.errors import StorageError
from posecheck.pose.estimator import load_library
from posecheck.storage.shared_store import SharedStore, bringing_once
from posecheck.storage.store import LocalStore
from posecheck.storage.store_mark import MARK

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDER = "takes/0123"


@pytest.fixture(params=["disk", "s3", "sftp"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "disk":
        return f"file://{tmp_path}/store"
    if request.param == "sftp":
        return f"{request.getfixturevalue('sftp').address}/{tmp_path.name}/store"
    bucket = f"bucket-{os.urandom(6).hex()}"
    request.getfixturevalue("s3").mkdir(bucket)
    return f"s3://{bucket}/clinic"


@pytest.fixture
def copies(address: str, tmp_path: Path) -> tuple[SharedStore, SharedStore]:
    """Two servers, each with a working copy of its own, of one store."""
    first, second = (SharedStore(tmp_path / name, address) for name in ("first", "second"))
    first.check()
    return first, second


def write(store: SharedStore, name: str, text: str) -> None:
    file = store.root / FOLDER / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def held(store: SharedStore) -> dict[str, str]:
    folder = store.root / FOLDER
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()
    }


def test_what_one_keeps_the_other_brings(copies: tuple[SharedStore, SharedStore]) -> None:
    first, second = copies
    write(first, "trial.json", "1")
    write(first, "inner/angles.csv", "a")
    first.keep(FOLDER)

    second.bring(FOLDER)

    assert held(second) == {"trial.json": "1", "inner/angles.csv": "a"}


@pytest.mark.model
def test_who_has_the_pose_model_reaches_the_store(address: str, tmp_path: Path) -> None:
    load_library()
    store = SharedStore(tmp_path / "worker", address)
    store.check()
    write(store, "trial.json", "1")
    store.keep(FOLDER)


def test_what_is_changed_and_gone_is_so_for_the_other_too(copies: tuple[SharedStore, SharedStore]) -> None:
    first, second = copies
    for name in ("same", "changed", "gone"):
        write(first, name, "1")
    first.keep(FOLDER)
    second.bring(FOLDER)
    same = (second.root / FOLDER / "same").stat()
    write(second, "left over", "never kept")

    with first.changing(FOLDER):
        write(first, "changed", "2")
        (first.root / FOLDER / "gone").unlink()
    second.bring(FOLDER)

    assert held(second) == held(first) == {"same": "1", "changed": "2"}
    now = (second.root / FOLDER / "same").stat()
    assert (now.st_mtime_ns, now.st_ino) == (same.st_mtime_ns, same.st_ino), "it was fetched again"


def test_a_change_that_fails_is_not_kept(copies: tuple[SharedStore, SharedStore]) -> None:
    first, second = copies
    write(first, "trial.json", "1")
    first.keep(FOLDER)

    def fail() -> None:
        with first.changing(FOLDER):
            write(first, "trial.json", "2")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    first.bring(FOLDER)
    second.bring(FOLDER)

    assert held(first) == held(second) == {"trial.json": "1"}


def test_what_was_changed_here_is_not_undone_within_the_change(copies: tuple[SharedStore, SharedStore]) -> None:
    first, second = copies
    with first.changing(FOLDER):
        write(first, "trial.json", "1")
        first.bring(FOLDER)
        with first.changing(FOLDER):
            write(first, "angles.csv", "a")
    second.bring(FOLDER)

    assert held(second) == {"trial.json": "1", "angles.csv": "a"}


def test_what_is_dropped_is_gone_for_the_other(copies: tuple[SharedStore, SharedStore]) -> None:
    first, second = copies
    write(first, "trial.json", "1")
    write(first, "annotated.mp4", "film")
    first.keep(FOLDER)
    second.bring(FOLDER)

    second.drop(f"{FOLDER}/annotated.mp4")
    first.bring(FOLDER)
    assert held(first) == {"trial.json": "1"}

    first.drop(FOLDER)
    first.drop(FOLDER)
    second.bring(FOLDER)
    assert held(second) == {}
    assert second.held("takes") == {}


def test_a_folder_is_brought_once_in_a_request(copies: tuple[SharedStore, SharedStore]) -> None:
    first, second = copies
    write(first, "trial.json", "1")
    first.keep(FOLDER)

    with bringing_once():
        second.bring(FOLDER)
        write(first, "trial.json", "2")
        first.keep(FOLDER)
        second.bring(FOLDER)
        assert held(second) == {"trial.json": "1"}
        second.bring(FOLDER, again=True)
        assert held(second) == {"trial.json": "2"}
    second.bring(FOLDER)


def test_what_the_store_does_not_hold_is_not_let_go(copies: tuple[SharedStore, SharedStore]) -> None:
    first, _ = copies
    write(first, "trial.json", "1")
    first.keep(FOLDER)
    write(first, "trial.json", "22")
    assert not first.let_go(FOLDER)

    first.keep(FOLDER)
    assert first.let_go(FOLDER)
    assert not (first.root / FOLDER).exists()
    assert not first.noted(FOLDER)

    first.bring(FOLDER)
    assert held(first) == {"trial.json": "22"}


def test_a_store_that_is_emptied_from_outside_takes_nothing_from_here(
    copies: tuple[SharedStore, SharedStore], s3: Any
) -> None:
    first, _ = copies
    write(first, "trial.json", "1")
    first.keep(FOLDER)
    first.drop(MARK)
    SharedStore(first.root, first.address).drop(FOLDER.partition("/")[0])

    with pytest.raises(StorageError, match="does not hold"):
        first.bring(FOLDER)

    assert held(first) == {"trial.json": "1"}


def test_sizes_are_those_of_the_store(copies: tuple[SharedStore, SharedStore]) -> None:
    first, second = copies
    write(first, "trial.json", "12345")
    write(first, "inner/angles.csv", "678")
    first.keep(FOLDER)

    assert second.held("takes") == {"0123": {"trial.json": 5, "inner/angles.csv": 3}}
    assert second.held("uploads") == {}


def test_a_store_travels_to_another_process(copies: tuple[SharedStore, SharedStore], tmp_path: Path) -> None:
    first, _ = copies
    write(first, "trial.json", "1")
    first.keep(FOLDER)

    there: SharedStore = pickle.loads(pickle.dumps(first))
    worker = SharedStore(tmp_path / "worker", there.address)
    worker.bring(FOLDER)

    assert there == first
    assert held(worker) == {"trial.json": "1"}


def no_bucket(s3: Any, patch: pytest.MonkeyPatch) -> str:
    return "s3://no-such-bucket/clinic"


def nobody_there(s3: Any, patch: pytest.MonkeyPatch) -> str:
    patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    return "s3://bucket/clinic"


def no_credentials(s3: Any, patch: pytest.MonkeyPatch) -> str:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.delenv(name)
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return "s3://bucket/clinic"


def no_driver(s3: Any, patch: pytest.MonkeyPatch) -> str:
    return "gs://bucket/clinic"


def no_kind(s3: Any, patch: pytest.MonkeyPatch) -> str:
    return "shelf://clinic"


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (no_bucket, "there is nothing at this address"),
        (nobody_there, "Could not connect"),
        (no_credentials, "credentials"),
        (no_driver, "pip install gcsfs"),
        (no_kind, "no kind of address"),
    ],
)
def test_a_store_that_cannot_be_used_is_refused_in_words(
    s3: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    broken: Callable[[Any, pytest.MonkeyPatch], str],
    words: str,
) -> None:
    address = broken(s3, monkeypatch)
    with pytest.raises(StorageError, match=words) as told:
        SharedStore(tmp_path, address).check()
    assert address.partition("://")[0] in str(told.value)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="rights do not bind the administrator")
def test_a_folder_without_rights_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    with pytest.raises(StorageError, match="rights"):
        SharedStore(tmp_path, f"file://{tmp_path}/shut/store").check()


def test_the_data_folder_is_no_store(tmp_path: Path) -> None:
    for address in (f"file://{tmp_path}", f"{tmp_path}/store", str(tmp_path.parent)):
        with pytest.raises(StorageError, match="data folder itself"):
            SharedStore(tmp_path, address).check()


def test_a_password_in_an_address_is_told_to_nobody(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as told:
        SharedStore(tmp_path, f"sftp://anna:secret@127.0.0.1:{free_port()}/clinic").check()
    assert "secret" not in str(told.value)


def test_without_a_store_nothing_is_touched(tmp_path: Path) -> None:
    store = LocalStore()
    (tmp_path / FOLDER).mkdir(parents=True)
    with store.changing(FOLDER):
        store.bring(FOLDER)
        store.keep(FOLDER)
    store.drop(FOLDER)

    assert not store.let_go(FOLDER)
    assert (tmp_path / FOLDER).is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["takes"]
