"""A server whose certificate nobody vouches for: one sentence, and no secret leaves. Over real TLS."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from altior_sellsy.altior.client import HttpAltior
from altior_sellsy.clock import ManualClock
from altior_sellsy.errors import NotSent
from altior_sellsy.patience import Patience
from altior_sellsy.sellsy.auth import Credentials, MemoryTokens, Token
from altior_sellsy.sellsy.client import HttpSellsy
from tests.unit.sellsy.script import NOW, SECRET, Quota

SENTENCE = (
    "Le certificat du serveur {} « 127.0.0.1 » n'est pas reconnu, rien ne lui a été envoyé : vérifiez l'adresse, la "
    "date de cette machine, et les certificats que votre réseau demande."
)


class SelfSigned:
    """Accepts, shakes hands, and keeps what it was told."""

    def __init__(self, folder: Path) -> None:
        self.heard = b""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate(folder))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                raw, _ = self._listening.accept()
            except OSError:
                return
            with raw, suppress(OSError), self._context.wrap_socket(raw, server_side=True) as safe:
                self.heard += safe.recv(65_536)

    def close(self) -> None:
        self._listening.close()


def certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "both.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SelfSigned]:
    server = SelfSigned(tmp_path)
    yield server
    server.close()


@pytest.mark.parametrize("known", [False, True], ids=["token asked for", "token known"])
def test_sellsy(server: SelfSigned, known: bool) -> None:
    clock, tokens, lock = ManualClock(NOW), MemoryTokens(), threading.Lock()
    if known:
        tokens.save(Token("jeton", "acces", NOW + timedelta(hours=1)))
    with HttpSellsy(
        Credentials("acces", SECRET),
        quota=Quota(),
        tokens=tokens,
        exclusive=lambda: lock,
        api_url=f"{server.url}/v2",
        login_url=server.url,
        clock=clock,
    ) as sellsy:
        sellsy.patience = Patience("Sellsy", clock, quota=600, outage=120)
        with pytest.raises(NotSent) as caught:
            sellsy.company("1")
    assert str(caught.value) == SENTENCE.format("Sellsy")
    assert clock.now() == NOW, "waiting does not help"
    assert server.heard == b""


def test_altior(server: SelfSigned) -> None:
    with HttpAltior(server.url, "jeton", "claire.martin@example.test") as altior, pytest.raises(NotSent) as caught:
        altior.identity()
    assert str(caught.value) == SENTENCE.format("Altior")
    assert server.heard == b""
