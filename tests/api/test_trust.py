"""Certificate authorities, against a TLS server on loopback that only the test's own authority signs for."""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import certifi
import pytest
import truststore

from tests.api.fakes import LAUNCHDARKLY_TOKEN
from tests.fake_clock import FakeClock
from wizard.api import trust
from wizard.api.proxies import Proxies
from wizard.api.services import BaseUrls, HttpServices
from wizard.api.transport import Runtime, opener
from wizard.clock import ServicesClock
from wizard.domain.explain import explain
from wizard.domain.failure import Failure, FailureKind
from wizard.domain.services.launchdarkly import Caller

OPENSSL = shutil.which("openssl")
SELF_SIGNED = (
    *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"),
    *("-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"),
    *("-addext", "keyUsage=critical,digitalSignature,keyCertSign"),
)
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{"tokenId":"t-1"}'

pytestmark = pytest.mark.skipif(OPENSSL is None, reason="openssl makes the certificate")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a self-signed certificate and its key."""
    folder = tmp_path_factory.mktemp("authority")
    made = ("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"))
    subprocess.run([str(OPENSSL), *SELF_SIGNED, *made], check=True, capture_output=True)
    return folder


@pytest.fixture
def without_authorities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python without authorities: its file is missing and its folder is empty."""
    empty = tmp_path / "certs"
    empty.mkdir()
    paths = ssl.DefaultVerifyPaths(
        str(tmp_path / "cert.pem"), str(empty), "SSL_CERT_FILE", str(tmp_path / "cert.pem"), "SSL_CERT_DIR", str(empty)
    )
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    monkeypatch.setattr(trust, "_STORES", ())
    monkeypatch.setattr(ssl.SSLContext, "set_default_verify_paths", lambda _: None)


@pytest.fixture(autouse=True)
def fresh_context(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(variable, raising=False)
    _forget()
    yield
    _forget()


def _forget() -> None:
    trust.tls_context.cache_clear()
    trust._missing_here.cache_clear()


@asynccontextmanager
async def served(authority: Path) -> AsyncIterator[str]:
    """The address of an https server that accepts every token."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "cert.pem", authority / "key.pem")
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def who_answers(authority: Path) -> Caller | Failure:
    async with served(authority) as url:
        services = HttpServices(
            BaseUrls(launchdarkly=url), Runtime(ServicesClock(FakeClock(auto=True)), lambda: 0.0), opener(Proxies({}))
        )
        caller = await services.launchdarkly(LAUNCHDARKLY_TOKEN).caller()
        await services.close()
        return caller


@pytest.mark.usefixtures("without_authorities")
async def test_where_python_knows_no_authority_certifis_are_trusted(
    authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certifi, "where", lambda: str(authority / "cert.pem"))

    assert isinstance(await who_answers(authority), Caller)


@pytest.mark.parametrize("whose", ["the system's", "certifi's"])
async def test_the_systems_authorities_and_certifis_both_count(
    authority: Path, monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    own = str(authority / "cert.pem")
    system, bundle = (own, REAL) if whose == "the system's" else (REAL, own)
    monkeypatch.setattr(ssl.SSLContext, "set_default_verify_paths", lambda self: self.load_verify_locations(system))
    monkeypatch.setattr(certifi, "where", lambda: bundle)

    assert isinstance(await who_answers(authority), Caller)


@pytest.mark.usefixtures("without_authorities")
async def test_where_python_looks_in_the_wrong_place_the_distributions_store_counts(
    authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (authority / "README").write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_DIR", "")
    monkeypatch.setattr(trust, "_STORES", ("/nowhere/cert.pem", str(authority / "README"), str(authority / "cert.pem")))

    assert isinstance(await who_answers(authority), Caller)


async def test_on_a_mac_the_system_judges_with_certifis_authorities_beside_its_own(
    authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here `truststore` judges by OpenSSL, so this shows only that calls go through its context."""
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(certifi, "where", lambda: str(authority / "cert.pem"))

    assert isinstance(await who_answers(authority), Caller)
    assert isinstance(trust.tls_context(), truststore.SSLContext)
    _forget()
    monkeypatch.setenv("SSL_CERT_FILE", str(authority / "cert.pem"))
    assert isinstance(await who_answers(authority), Caller)
    assert not isinstance(trust.tls_context(), truststore.SSLContext)


async def test_where_nobody_signed_for_the_certificate_a_proxy_is_suspected(
    authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssl.SSLContext, "set_default_verify_paths", lambda self: self.load_verify_locations(REAL))

    failure = await who_answers(authority)

    assert isinstance(failure, Failure)
    assert (failure.kind, failure.code) == (FailureKind.CERTIFICATE, "")
    assert "a proxy in your network intercepts TLS" in explain(failure).cause


@pytest.mark.usefixtures("without_authorities")
async def test_a_variable_that_says_where_is_followed_alone(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/cert.pem")
    monkeypatch.setattr(certifi, "where", lambda: str(authority / "cert.pem"))

    failure = await who_answers(authority)

    assert isinstance(failure, Failure)
    assert (failure.kind, failure.code) == (FailureKind.CERTIFICATE, trust.NONE_IN_VARIABLE)
    assert "SSL_CERT_FILE names /nowhere/cert.pem, which we can't read" in explain(failure).summary


@pytest.mark.parametrize(
    ("variable", "named", "said"),
    [
        ("SSL_CERT_FILE", "empty.pem", "which is empty"),
        ("SSL_CERT_FILE", "garbage.pem", "which holds no certificate in PEM form"),
        ("SSL_CERT_FILE", "key.pem", "which holds no certificate in PEM form"),
        ("SSL_CERT_FILE", ".", "which is a folder"),
        ("SSL_CERT_FILE", "dangling.pem", "which we can't read (No such file or directory)"),
        ("SSL_CERT_DIR", ".", "openssl rehash"),
        ("SSL_CERT_DIR", "nowhere", "which we can't read"),
    ],
)
async def test_what_is_wrong_where_a_variable_points_is_said_though_python_knows_others(
    authority: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, named: str, said: str
) -> None:
    shutil.copy(authority / "key.pem", tmp_path)
    (tmp_path / "empty.pem").touch()
    (tmp_path / "garbage.pem").write_bytes(bytes(range(256)))
    (tmp_path / "dangling.pem").symlink_to("nowhere.pem")
    monkeypatch.setenv(variable, str(tmp_path / named))

    failure = await who_answers(authority)

    assert isinstance(failure, Failure)
    summary = explain(failure).summary
    assert f"{variable} names {tmp_path / named}, " in summary
    assert said in summary


@pytest.mark.parametrize(
    ("variable", "wrong"), [("SSL_CERT_FILE", "which isn't a file"), ("SSL_CERT_DIR", "which we can't read")]
)
async def test_a_named_pipe_in_a_variable_holds_up_nothing(
    authority: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, wrong: str
) -> None:
    if sys.platform == "win32":
        pytest.skip("has no named pipes in folders")
    pipe = str(tmp_path / "pipe")
    os.mkfifo(pipe)
    monkeypatch.setenv(variable, pipe)
    monkeypatch.setenv("SSLKEYLOGFILE", pipe)

    failure = await who_answers(authority)

    assert isinstance(failure, Failure)
    assert f"{variable} names {pipe}, {wrong}" in explain(failure).summary
    assert trust.unusable_key_log({"SSLKEYLOGFILE": pipe}) == f"SSLKEYLOGFILE is ignored: {pipe} isn't a file."


async def test_a_file_whose_authority_is_another_one_is_not_blamed_for_its_form(
    authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", REAL)

    failure = await who_answers(authority)

    assert isinstance(failure, Failure)
    assert failure.code == ""


@pytest.mark.usefixtures("without_authorities")
@pytest.mark.parametrize("bundle", ["certifi's own", "missing"])
async def test_when_it_still_fails_the_missing_authorities_are_named(
    authority: Path, monkeypatch: pytest.MonkeyPatch, bundle: str
) -> None:
    if bundle == "missing":
        monkeypatch.setattr(certifi, "where", lambda: "/nowhere/cacert.pem")

    failure = await who_answers(authority)

    assert isinstance(failure, Failure)
    assert (failure.kind, failure.code) == (FailureKind.CERTIFICATE, trust.NO_AUTHORITIES)
    told = explain(failure)
    assert "came without certificate authorities" in told.cause
    assert "Install Certificates.command" in told.fix


@pytest.mark.usefixtures("without_authorities")
async def test_a_folder_that_is_full_is_trusted_though_nothing_is_loaded_yet(tmp_path: Path) -> None:
    (tmp_path / "certs" / "ca-bundle.crt").write_text("OpenSSL doesn't look at a file of this name in a folder")
    assert trust._missing_here() == trust.NO_AUTHORITIES
    _forget()
    (tmp_path / "certs" / "5ed36f99.0").write_text("an authority, by its hash")

    assert trust._missing_here() == ""
    assert trust._default_context().cert_store_stats()["x509_ca"] == 0


async def test_a_wrong_name_is_not_put_down_to_missing_authorities() -> None:
    wrong_name = ssl.SSLCertVerificationError(1, "certificate verify failed: IP address mismatch")
    wrong_name.verify_code = 64

    assert trust.why_untrusted(wrong_name) == trust.OTHER_NAME


REAL = certifi.where()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (9, trust.NOT_YET_VALID),
        (10, trust.EXPIRED),
        (62, trust.OTHER_NAME),
        (79, trust.STRICT),
        (89, trust.STRICT),
        (7, ""),
        (-67818, trust.EXPIRED),
        (-67602, trust.OTHER_NAME),
        (-67843, ""),
        (0x800B0101, trust.EXPIRED),
        (0x800B010F, trust.OTHER_NAME),
        (0x800B0109, ""),
    ],
)
def test_each_fault_of_a_certificate_has_its_own_code(number: int, code: str) -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code = number

    assert trust.why_untrusted(error) == code
