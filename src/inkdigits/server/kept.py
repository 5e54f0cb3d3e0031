"""What a phone trusts: a certificate that is made here and signed by itself, and a token. A folder can keep both."""

from __future__ import annotations

import datetime
import ipaddress
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from inkdigits.errors import InputError
from inkdigits.files import make_folder, written_aside

# Phones take no certificate that is good for more than 825 days.
_DAYS = 365
# A certificate that ends within so many days is made anew.
_LEAST_DAYS = 30
_TOKEN = re.compile(r"[A-Za-z0-9._~-]{16,128}")


@dataclass(frozen=True)
class Certificate:
    """The files of a certificate and of its key, and the fingerprint that a browser shows of it (SHA-256)."""

    file: Path
    key: Path
    fingerprint: str


def new_token() -> str:
    """Return a new secret of 128 bits, in letters that need no escape in an address."""
    return secrets.token_hex(16)


def check_token(token: str, source: str) -> str:
    """Return a token. Raises InputError for one that is easily guessed, or cannot stand in an address."""
    if _TOKEN.fullmatch(token) is None:
        raise InputError(source, "is no token", "give 16 to 128 letters, digits, dots, dashes and underscores")
    return token


class Kept:
    """A folder, made if it is not there, of files that only this user may read."""

    def __init__(self, folder: Path) -> None:
        if not folder.exists():
            make_folder(folder.parent)
            folder.mkdir(0o700)
        self._folder = folder

    def token(self, given: str | None = None) -> str:
        """Return the token that is given, or the one kept, or else a new one, which is kept from now on."""
        file = self._folder / "token.txt"
        if given is None and file.exists():
            return check_token(_text(file).strip(), str(file))
        token = new_token() if given is None else given
        self._write(file, token.encode() + b"\n")
        return token

    def certificate(self, addresses: Sequence[str], names: Sequence[str]) -> Certificate:
        """Return the kept certificate, if it is for these numbers and host names and good for a while, or else a new one.

        The certificate is signed by itself: browsers ask whether to go on. Raises InputError for a file that is none.
        """
        file, key = self._folder / "certificate.pem", self._folder / "key.pem"
        known: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(each)) for each in addresses]
        known += [x509.DNSName(name) for name in names if name.isascii()]
        made = _loaded(file, key)
        if made is None or not _is_for(made, known):
            made, secret = _make(known)
            self._write(key, secret)
            self._write(file, made.public_bytes(serialization.Encoding.PEM))
        return Certificate(file, key, made.fingerprint(hashes.SHA256()).hex(":").upper())

    def _write(self, file: Path, data: bytes) -> None:
        with written_aside(file) as aside:
            aside.touch()
            aside.chmod(0o600)
            aside.write_bytes(data)


def _loaded(file: Path, key: Path) -> x509.Certificate | None:
    """Return a kept certificate, or None if there is none. Raises InputError unless its key is with it."""
    if not file.exists():
        return None
    with suppress(ValueError, TypeError):
        made = x509.load_pem_x509_certificate(file.read_bytes())
        secret = serialization.load_pem_private_key(key.read_bytes(), None) if key.exists() else None
        if secret is not None and secret.public_key() == made.public_key():
            return made
    raise InputError(file, "is no certificate with its key beside it", "remove both, and they are made anew")


def _is_for(made: x509.Certificate, known: Sequence[x509.GeneralName]) -> bool:
    ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=_LEAST_DAYS)
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return made.not_valid_after_utc > ends and set(known) <= set(names)


def _make(known: Sequence[x509.GeneralName]) -> tuple[x509.Certificate, bytes]:
    """Return a new certificate, and its key as a file holds it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Inkdigits on this network")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))  # the phone's clock may be behind
        .not_valid_after(now + datetime.timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName(known), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    return made, key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii")
    except ValueError:
        raise InputError(file, "is no token", "remove it, and a new one is made") from None
