"""The certificate that posecheck makes for itself, so that phones in the network reach it by https: a camera needs that."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from posecheck.errors import StorageError
from posecheck.language import phrase
from posecheck.storage.files import ANOTHER_DATA_FOLDER
from posecheck.web.phones.secret_file import is_open_to_others, write_secret

if TYPE_CHECKING:
    from pathlib import Path

VALID = timedelta(days=397)
"""Browsers refuse certificates of servers that are valid much longer."""
RENEW_BEFORE = timedelta(days=30)
"""So long before its end a new one is made (chosen by us)."""
CLOCK_ERROR = timedelta(days=1)
"""It is valid from so long ago, for phones whose clock is behind (chosen by us)."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its key.

    Attributes
    ----------
    certificate, key : Path
        PEM files.
    fingerprint : str
        SHA-256 as browsers show it, ``3A:F0:...``.
    is_new : bool
        Made just now: devices that accepted an earlier one will ask again.
    """

    certificate: Path
    key: Path
    fingerprint: str
    is_new: bool


def certificate_for(folder: Path, address: str, now: datetime | None = None) -> Certificate:
    """The certificate kept in a folder; made where there is none that serves.

    One serves if it was made for this address, is valid for a month to come, is whole and has its key, which nobody
    else may read.

    Parameters
    ----------
    folder : Path
        Made if need be.
    address : str
        IP address under which this machine is reached.
    now : datetime, optional
        Default: the time now.

    Raises
    ------
    StorageError
        The folder cannot be written.
    """
    now = now or datetime.now(UTC)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    is_new = not _serves(certificate, key, address, now)
    if is_new:
        try:
            _make(certificate, key, address, now)
        except OSError as error:
            raise StorageError(
                phrase(
                    "{folder}: no certificate can be kept here ({reason}). Check the folder.",
                    folder=folder,
                    reason=error.strerror,
                ),
                ANOTHER_DATA_FOLDER,
            ) from error
    return Certificate(certificate, key, fingerprint_of(certificate), is_new)


def fingerprint_of(certificate: Path) -> str:
    """SHA-256 of a certificate as browsers show it; empty if the file holds none."""
    try:
        read = x509.load_pem_x509_certificate(certificate.read_bytes())
    except (OSError, ValueError):
        return ""
    return read.fingerprint(hashes.SHA256()).hex(":").upper()


def _serves(certificate: Path, key: Path, address: str, now: datetime) -> bool:
    try:
        read = x509.load_pem_x509_certificate(certificate.read_bytes())
        own = serialization.load_pem_private_key(key.read_bytes(), password=None)
        names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        open_to_others = is_open_to_others(key)
    except (OSError, ValueError, TypeError, x509.ExtensionNotFound):  # none yet, or damaged
        return False
    in_time = read.not_valid_before_utc <= now < read.not_valid_after_utc - RENEW_BEFORE
    fits = ipaddress.ip_address(address) in names.get_values_for_type(x509.IPAddress)
    return in_time and fits and not open_to_others and own.public_key() == read.public_key()


def _make(certificate: Path, key: Path, address: str, now: datetime) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    made = _signed(private, address, now)
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    write_secret(key, private.private_bytes(serialization.Encoding.PEM, *form))
    write_secret(certificate, made.public_bytes(serialization.Encoding.PEM))


def _signed(private: ec.EllipticCurvePrivateKey, address: str, now: datetime) -> x509.Certificate:
    """Signed by itself, for a server at this address; it can sign no other."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"posecheck at {address}")])
    names = [x509.IPAddress(ipaddress.ip_address(address)), x509.DNSName("localhost")]
    usage = {use: False for use in _USES} | {"digital_signature": True}
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_ERROR)
        .not_valid_after(now - CLOCK_ERROR + VALID)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )


_USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
