"""Whose certificates are trusted: those of the system's authorities, and of certifi's where Python has none.

A Python from python.org has none on macOS until somebody runs "Install Certificates.command".
"""

from __future__ import annotations

import contextlib
import functools
import os
import ssl

import certifi

# Codes of a failure: no authority is known to Python, or none is where a variable says.
NO_AUTHORITIES = "no_authorities"
NONE_WHERE_TOLD = "no_authorities_where_told"
_UNKNOWN_ISSUER = {2, 18, 19, 20, 21, 27}  # OpenSSL's X509_V_ERR_… that more authorities would mend


@functools.cache
def tls_context() -> ssl.SSLContext:
    """The process's one TLS context; `SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured, and then nothing is added.

    Takes about 25 ms: call it off the event loop.
    """
    context = ssl.create_default_context()
    if _missing(context) == NO_AUTHORITIES:
        with contextlib.suppress(OSError):  # an installation without its file is met when a certificate is checked
            context.load_verify_locations(certifi.where())
    return context


def why_untrusted(error: ssl.SSLCertVerificationError) -> str:
    """Which of this machine's authorities are missing, as a code; empty when that is not why a certificate fails."""
    return _missing_here() if getattr(error, "verify_code", 0) in _UNKNOWN_ISSUER else ""


@functools.cache
def _missing_here() -> str:
    return _missing(ssl.create_default_context())


def _missing(context: ssl.SSLContext) -> str:
    paths = ssl.get_default_verify_paths()
    folders = os.environ.get(paths.openssl_capath_env) or paths.openssl_capath
    if context.cert_store_stats()["x509_ca"] or any(map(_holds_something, folders.split(os.pathsep))):
        return ""
    is_told = any(os.environ.get(name) for name in (paths.openssl_cafile_env, paths.openssl_capath_env))
    return NONE_WHERE_TOLD if is_told else NO_AUTHORITIES


def _holds_something(folder: str) -> bool:
    """A folder's certificates are loaded when they are needed, so that no count shows them."""
    try:
        return bool(os.listdir(folder))
    except OSError:
        return False
