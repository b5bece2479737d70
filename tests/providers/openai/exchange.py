"""OpenAI's token exchange as it is reached through a proxy, with a certificate of its own."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "auth.openai.com"

ACCESS_TOKEN = "opaque-access-token"


@dataclass
class Exchange:
    """What is asked of the exchange, and what it answers: by default a token for an hour."""

    proxy: str
    certificate: Path
    asked: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What leads a process here."""
        return {"HTTPS_PROXY": self.proxy, "SSL_CERT_FILE": str(self.certificate)}

    def answer(self, asked: dict[str, Any]) -> tuple[int, Any]:
        self.asked.append(asked)
        granted = {"access_token": f"{ACCESS_TOKEN}-{len(self.asked)}", "expires_in": 3600}
        return self.answers.pop(0) if self.answers else (200, granted)


@contextmanager
def exchanging(folder: Path) -> Iterator[Exchange]:
    """Serve a proxy that leads to the exchange, and to nothing else."""
    context, certificate = trusted(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            assert self.path == f"{HOST}:443", f"a test tried to reach {self.path}"
            self.send_response(200)
            self.end_headers()
            self.close_connection = True
            try:
                self.connection = context.wrap_socket(self.connection, server_side=True)
            except ssl.SSLError:  # who does not trust the certificate leaves
                return
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)
            self.handle_one_request()
            self.connection.close()
            self.close_connection = True  # the request inside may have said otherwise

        def do_POST(self) -> None:
            assert self.path == "/oauth/token"
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, said = exchange.answer(asked)
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        exchange = Exchange(f"http://127.0.0.1:{server.server_port}", certificate)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield exchange
        finally:
            server.shutdown()
            thread.join()


def trusted(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return what speaks as the exchange, and the file of the certificate to trust for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, secret = folder / "certificate.pem", folder / "key.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return context, file
