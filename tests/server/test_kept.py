"""A kept token and certificate are the same at the next start, and made anew when they are no good."""

import datetime
import stat

import pytest
from cryptography import x509

from inkdigits.errors import InputError
from inkdigits.server import kept


def test_both_are_kept_and_nobody_else_can_read_them(tmp_path):
    folder = tmp_path / "a" / "kept"
    first = kept.Kept(folder)
    token, certificate = first.token(), first.certificate(["127.0.0.1"], ["localhost"])
    again = kept.Kept(folder)
    assert again.token() == token
    assert again.certificate(["127.0.0.1"], ["localhost"]).fingerprint == certificate.fingerprint
    assert {path.name for path in folder.iterdir()} == {"token.txt", "certificate.pem", "key.pem"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_is_there_keeps_its_rights(tmp_path):
    tmp_path.chmod(0o755)
    kept.Kept(tmp_path).token()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_token_that_is_given_is_kept_from_then_on(tmp_path):
    assert kept.Kept(tmp_path).token("of-my-own-making") == "of-my-own-making"
    assert kept.Kept(tmp_path).token() == "of-my-own-making"


def test_a_certificate_for_another_address_is_made_anew_and_names_it(tmp_path):
    folder = kept.Kept(tmp_path)
    first = folder.certificate(["127.0.0.1"], ["localhost"])
    second = folder.certificate(["127.0.0.1", "192.0.2.9"], ["localhost"])
    assert second.fingerprint != first.fingerprint
    made = x509.load_pem_x509_certificate(second.file.read_bytes())
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "192.0.2.9" in map(str, names.get_values_for_type(x509.IPAddress))
    # It is for the first one, too, which is no reason to make it anew.
    assert folder.certificate(["127.0.0.1"], ["localhost"]).fingerprint == second.fingerprint


def test_a_certificate_that_soon_ends_is_made_anew(tmp_path, monkeypatch):
    folder = kept.Kept(tmp_path)
    monkeypatch.setattr(kept, "_DAYS", 20)
    first = folder.certificate(["127.0.0.1"], [])
    monkeypatch.undo()
    second = folder.certificate(["127.0.0.1"], [])
    assert second.fingerprint != first.fingerprint
    ends = x509.load_pem_x509_certificate(second.file.read_bytes()).not_valid_after_utc
    assert datetime.timedelta(days=300) < ends - datetime.datetime.now(datetime.UTC) < datetime.timedelta(days=826)


@pytest.mark.parametrize("broken", ["certificate.pem", "key.pem"])
@pytest.mark.parametrize("data", [b"", b"nonsense", None])
def test_a_broken_certificate_is_one_line(tmp_path, broken, data):
    folder = kept.Kept(tmp_path)
    folder.certificate(["127.0.0.1"], [])
    file = tmp_path / broken
    if data is None:
        other = kept.Kept(tmp_path / "other")
        other.certificate(["127.0.0.1"], [])
        data = (tmp_path / "other" / broken).read_bytes()  # of another pair
    file.write_bytes(data)
    with pytest.raises(InputError, match="remove both"):
        folder.certificate(["127.0.0.1"], [])


@pytest.mark.parametrize(
    "text", ["short", "spaces are no good here", "x" * 129, "umlautäumlautä1", "", "a/b?c=d&e#fghijkl"]
)
def test_a_token_that_could_be_guessed_or_breaks_an_address_is_refused(tmp_path, text):
    with pytest.raises(InputError, match="16 to 128"):
        kept.check_token(text, "--token")
    (tmp_path / "token.txt").write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"token\.txt"):
        kept.Kept(tmp_path).token()


def test_tokens_are_long_and_never_the_same():
    tokens = {kept.new_token() for _ in range(100)}
    assert len(tokens) == 100 and all(len(token) >= 22 for token in tokens)
    assert all(kept.check_token(token, "") == token for token in tokens)
