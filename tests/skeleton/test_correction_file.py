from __future__ import annotations

import hashlib
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from made_correction import made_correction, made_network

from posecheck.errors import ModelFileError
from posecheck.skeleton.correction_file import read_correction, write_correction


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "correction.npz"
    write_correction(made_correction(made_network(size=1.0), models=("aa", "bb")), path)
    return path


def list_in_checksums(path: Path, sha256: str) -> None:
    lines = [f'["{path.name}"]', 'title = "Weights"', f'sha256 = "{sha256}"', 'licence = "Apache-2.0"']
    path.with_name("checksums.toml").write_text("\n".join(lines))


def test_what_is_written_is_read_back(stored: Path) -> None:
    made, read = made_correction(made_network(size=1.0), models=("aa", "bb")), read_correction(stored)
    for name in ("offsets_s", "leg_ratio", "up_scale", "growth", "angle_scale", "models"):
        assert getattr(read, name) == getattr(made, name)
    for name in ("move_limit", "sd_scale", "correlation"):
        np.testing.assert_array_equal(getattr(read, name), getattr(made, name))
    for ours, theirs in zip(read.network.blocks, made.network.blocks, strict=True):
        for a, b in zip(ours, theirs, strict=True):
            # Weights are stored in half precision: eleven binary digits.
            np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)


def test_every_field_is_stored(stored: Path) -> None:
    read = read_correction(stored)
    assert all(getattr(read, field.name) is not None for field in fields(read))


def test_the_same_values_give_the_same_bytes(stored: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.npz"
    write_correction(read_correction(stored), again)
    assert again.read_bytes() == stored.read_bytes()


def test_the_listed_file_is_read(stored: Path) -> None:
    list_in_checksums(stored, hashlib.sha256(stored.read_bytes()).hexdigest())
    assert read_correction(stored).models == ("aa", "bb")


def test_an_altered_file_is_refused(stored: Path) -> None:
    list_in_checksums(stored, hashlib.sha256(stored.read_bytes()).hexdigest())
    with stored.open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ModelFileError, match="not the model it should be"):
        read_correction(stored)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"none\.npz: no such model file"):
        read_correction(tmp_path / "none.npz")


def test_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "correction.npz"
    path.write_bytes(b"no weights")
    with pytest.raises(ModelFileError, match="not the weights of a correction"):
        read_correction(path)
    np.savez(path, entry_0=np.zeros(3))
    with pytest.raises(ModelFileError, match="not the weights of a correction"):
        read_correction(path)
