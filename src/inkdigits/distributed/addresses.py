"""Where pictures and results lie: paths of this machine, and addresses that fsspec knows, such as s3://bucket/key."""

from __future__ import annotations

from typing import Any

from inkdigits.errors import InputError, MissingExtraError, one_line, require
from inkdigits.image import decode


def is_address(place: str) -> bool:
    """Tell whether this is an address and not a path: s3://bucket/key, or a chain such as zip://a.png::s3://bucket/x.zip."""
    return "://" in place


def read(address: str) -> bytes:
    """Return the bytes at an address, at most one more than a picture file may have. Raises InputError."""
    filesystem, path = found(address)
    try:
        with filesystem.open(path, "rb") as file:
            return bytes(file.read(decode.MAX_BYTES + 1))
    except Exception as error:
        raise failed(address, error) from None


def found(address: str) -> tuple[Any, str]:
    """Return fsspec's file system for a path or address, and the path in it. Raises InputError for what it knows not."""
    require(one_line(address, 100), "scale", "fsspec")
    import fsspec

    try:
        filesystem, path = fsspec.core.url_to_fs(address)
    except ImportError as error:  # the protocol's own package, which fsspec names
        raise InputError(address, f"needs another package ({error})", "install it with pip") from None
    except Exception as error:
        raise failed(address, error) from None
    return filesystem, path


def failed(address: str, error: Exception) -> InputError:
    """Return why what lies at an address cannot be used, whatever a store's package has raised."""
    if isinstance(error, InputError):
        return error
    if isinstance(error, MissingExtraError):
        raise error
    if isinstance(error, FileNotFoundError):
        return InputError(address, "does not exist", "check the address")
    words = str(error).strip().split("\n", maxsplit=1)[0]
    problem = f"cannot be opened ({type(error).__name__}{': ' * bool(words)}{words})"
    return InputError(address, problem, "check the address, the credentials and the network")
