"""The certificate for phones: made once, kept, renewed when it no longer serves, its key for the owner alone."""

from __future__ import annotations

import stat
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from posecheck.errors import StorageError
from posecheck.web.phones.certificate import RENEW_BEFORE, VALID, Certificate, certificate_for, fingerprint_of

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = "192.168.1.20"
NOW = datetime(2026, 11, 28, tzinfo=UTC)
needs_modes = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file modes")


@pytest.fixture
def made(tmp_path: Path) -> Certificate:
    return certificate_for(tmp_path / "certificate", ADDRESS, NOW)


def again(made: Certificate, address: str = ADDRESS, now: datetime = NOW) -> Certificate:
    return certificate_for(made.key.parent, address, now)


def test_it_is_made_for_the_address_and_for_a_server_alone(made: Certificate) -> None:
    read = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == [ADDRESS]
    assert not read.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert not read.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    assert read.not_valid_before_utc < NOW < read.not_valid_after_utc
    assert made.is_new


def test_it_is_kept_from_start_to_start(made: Certificate) -> None:
    kept = again(made, now=NOW + timedelta(days=300))
    assert not kept.is_new
    assert kept.fingerprint == made.fingerprint


def test_it_is_renewed_for_another_address(made: Certificate) -> None:
    renewed = again(made, "192.168.1.21")
    assert renewed.is_new
    assert renewed.fingerprint != made.fingerprint


@pytest.mark.parametrize("later", [VALID - RENEW_BEFORE, VALID * 2, timedelta(days=-400)])
def test_it_is_renewed_before_its_end_and_after_a_wrong_clock(made: Certificate, later: timedelta) -> None:
    assert again(made, now=NOW + later).is_new


@pytest.mark.parametrize("name", ["certificate", "key"])
@pytest.mark.parametrize("damage", [b"", b"no PEM", None])
def test_a_damaged_or_missing_file_is_replaced_with_its_other_half(
    made: Certificate, name: str, damage: bytes | None
) -> None:
    path: Path = getattr(made, name)
    path.unlink() if damage is None else path.write_bytes(damage)
    renewed = again(made)
    assert renewed.is_new
    assert not again(made).is_new


def test_a_key_of_another_certificate_is_not_used(made: Certificate, tmp_path: Path) -> None:
    other = certificate_for(tmp_path / "other", ADDRESS, NOW)
    made.key.write_bytes(other.key.read_bytes())
    assert again(made).is_new


@needs_modes
def test_only_the_owner_reads_the_key(made: Certificate) -> None:
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.key.parent.stat().st_mode) == 0o700


@needs_modes
def test_a_key_that_others_could_read_is_made_anew(made: Certificate) -> None:
    made.key.chmod(0o644)
    assert again(made).is_new
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600


def test_an_interrupted_writing_is_no_hindrance(made: Certificate) -> None:
    made.key.with_suffix(".partial").write_bytes(b"half")
    made.key.unlink()
    assert again(made).is_new


def test_a_place_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "certificate").write_bytes(b"a file")
    with pytest.raises(StorageError, match="Choose another data folder"):
        certificate_for(tmp_path / "certificate", ADDRESS)


def test_the_fingerprint_is_that_which_browsers_show(made: Certificate) -> None:
    assert len(made.fingerprint.split(":")) == 32
    assert made.fingerprint == made.fingerprint.upper()
    assert fingerprint_of(made.key) == ""
