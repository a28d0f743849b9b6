import errno
from pathlib import Path

import pytest

from posecheck.errors import StorageError
from posecheck.files import check_replaceable, new_folder, write_file_atomic, write_text_atomic


def _an_earlier_result(path: Path) -> Path:
    path.mkdir()
    (path / "trial.json").write_text("old")
    return path


def test_a_new_folder_appears_with_what_was_written(tmp_path: Path) -> None:
    with new_folder(tmp_path / "a" / "out") as folder:
        (folder / "x.csv").write_text("1")
        assert not (tmp_path / "a" / "out").exists()
    assert [entry.name for entry in (tmp_path / "a").iterdir()] == ["out"]
    assert (tmp_path / "a" / "out" / "x.csv").read_text() == "1"


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_leaves_nothing(tmp_path: Path, interruption: type[BaseException]) -> None:
    def interrupt(folder: Path) -> None:
        (folder / "x.csv").write_text("1")
        raise interruption

    with pytest.raises(interruption), new_folder(tmp_path / "out") as folder:
        interrupt(folder)
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_result_is_refused_without_overwrite(tmp_path: Path) -> None:
    out = _an_earlier_result(tmp_path / "out")
    with pytest.raises(StorageError, match=r"exists already\. Choose another place, or replace what is there"):
        new_folder(out).__enter__()
    assert (out / "trial.json").read_text() == "old"


def test_an_earlier_result_is_replaced_with_overwrite(tmp_path: Path) -> None:
    out = _an_earlier_result(tmp_path / "out")
    with new_folder(out, overwrite=True) as folder:
        (folder / "new.csv").write_text("1")
        assert (out / "trial.json").read_text() == "old"
    assert [entry.name for entry in out.iterdir()] == ["new.csv"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_an_earlier_result_stays_when_its_replacement_is_interrupted(tmp_path: Path) -> None:
    out = _an_earlier_result(tmp_path / "out")
    with pytest.raises(KeyboardInterrupt), new_folder(out, overwrite=True):
        raise KeyboardInterrupt
    assert (out / "trial.json").read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_an_earlier_result_comes_back_when_the_last_step_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = _an_earlier_result(tmp_path / "out")
    rename = Path.rename

    def fail_into_place(self: Path, target: Path) -> Path:
        if ".tmp-" in self.name:
            raise OSError(errno.EIO, "broken")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_into_place)
    with pytest.raises(StorageError, match="broken"), new_folder(out, overwrite=True):
        pass
    assert (out / "trial.json").read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_somebody_elses_folder_is_never_replaced(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "holiday.jpg").write_bytes(b"\xff")
    with pytest.raises(StorageError, match="it is never replaced"):
        new_folder(photos, overwrite=True).__enter__()
    assert (photos / "holiday.jpg").exists()


def test_an_empty_folder_may_be_used(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with new_folder(tmp_path / "out") as folder:
        (folder / "x").write_text("1")
    assert (tmp_path / "out" / "x").exists()


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(StorageError, match="is a file"):
        check_replaceable(tmp_path / "out", overwrite=True)


def test_a_full_disk_is_said_in_words_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="the disk is full"), new_folder(tmp_path / "out"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_a_place_without_permission_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StorageError, match="no permission to write there"):
        new_folder(tmp_path / "out").__enter__()


def test_a_failed_file_leaves_the_old_one(tmp_path: Path) -> None:
    target = write_text_atomic(tmp_path / "a.txt", "old")

    def fail(partial: Path) -> None:
        partial.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageError, match=r"a\.txt: the disk is full"):
        write_file_atomic(target, fail)
    assert target.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.txt"]


def test_a_file_in_a_missing_folder_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        write_text_atomic(tmp_path / "none" / "a.txt", "x")
