"""For the phone: a certificate made on the spot, a secret token, this machine's addresses, and a QR code."""

from __future__ import annotations

import datetime
import io
import ipaddress
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import segno
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from inkdigits.errors import InputError

_DAYS = 30  # the certificate is never written down, so it need not outlive the server


def token() -> str:
    """Return a new secret of 128 bits, in letters that need no escape in an address."""
    return secrets.token_urlsafe(16)


def local_address() -> str:
    """Return this machine's address on the local network. Raises InputError if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # of a datagram socket this sends nothing, and chooses the way out
        found: str = probe.getsockname()[0]
        if not ipaddress.ip_address(found).is_loopback:
            return found
    raise InputError("this machine", "is on no local network", "connect it, or name its address with --host")


def host_names() -> tuple[str, ...]:
    """Return the names by which others on the local network may know this machine."""
    name = socket.gethostname().lower()
    return name, f"{name.partition('.')[0]}.local"


@contextmanager
def certificate(addresses: list[str], names: tuple[str, ...]) -> Iterator[tuple[Path, Path, str]]:
    """Give the files of a new certificate and of its key, and the fingerprint that a browser shows of it (SHA-256).

    The files are there for as long as the block runs. The certificate is signed by itself: browsers ask whether to go on.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Inkdigits on this network")])
    now = datetime.datetime.now(datetime.UTC)
    known = [x509.IPAddress(ipaddress.ip_address(a)) for a in addresses] + [
        x509.DNSName(n) for n in names if n.isascii()
    ]
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
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with TemporaryDirectory(prefix="inkdigits-") as folder:  # that no other user may read
        certificate_file, key_file = Path(folder) / "certificate.pem", Path(folder) / "key.pem"
        certificate_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        key_file.write_bytes(secret)
        yield certificate_file, key_file, made.fingerprint(hashes.SHA256()).hex(":").upper()


def qr(address: str) -> str:
    """Return an address as a QR code for a terminal, two rows of it in a line."""
    text = io.StringIO()
    segno.make(address, error="l", micro=False).terminal(text, compact=True)
    return text.getvalue()
