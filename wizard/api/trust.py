"""The certificate authorities to trust: the system's, or certifi's where Python has none.

A Python from python.org has none on macOS until somebody runs "Install Certificates.command".
"""

from __future__ import annotations

import contextlib
import functools
import os
import ssl

import certifi

# Failure codes: Python knows no authority, or the path in a variable holds none.
NO_AUTHORITIES = "no_authorities"
NONE_WHERE_TOLD = "no_authorities_where_told"
_UNKNOWN_ISSUER = {2, 18, 19, 20, 21, 27}  # OpenSSL's X509_V_ERR_… codes that more authorities would fix


@functools.cache
def tls_context() -> ssl.SSLContext:
    """Return the process's one TLS context; `SSL_CERT_FILE` and `SSL_CERT_DIR` replace the defaults.

    Takes about 25 ms, so call it off the event loop.
    """
    context = ssl.create_default_context()
    if _missing(context) == NO_AUTHORITIES:
        with contextlib.suppress(OSError):  # a missing file shows when a certificate is checked
            context.load_verify_locations(certifi.where())
    return context


def why_untrusted(error: ssl.SSLCertVerificationError) -> str:
    """Return a code for the authorities that are missing; empty when the certificate fails for another reason."""
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
    """Return whether a folder holds files; its certificates load on demand, so no count shows them."""
    try:
        return bool(os.listdir(folder))
    except OSError:
        return False
