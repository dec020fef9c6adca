"""The certificate authorities to trust: the system's store and certifi's, or those that a variable names.

On macOS and Windows the system itself judges a certificate (`truststore`), so that a company's authority in the
keychain counts. Elsewhere the system's store is a file or a folder, which Python may look for in the wrong place.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import ssl
import sys
from collections.abc import Mapping

import certifi

KEY_LOG = "SSLKEYLOGFILE"
# Failure codes (wizard.domain.explanations.network): Python knows no authority, or the path in a variable holds none …
NO_AUTHORITIES = "no_authorities"
NONE_IN_VARIABLE = "no_authorities_in_variable"
# … or something is wrong with the certificate itself.
NOT_YET_VALID = "not_yet_valid"
EXPIRED = "expired"
OTHER_NAME = "other_name"
STRICT = "strict"
# OpenSSL's X509_V_ERR_… codes.
_UNKNOWN_ISSUER = {2, 18, 19, 20, 21, 27}  # more authorities would fix these
_BY_CODE = {9: NOT_YET_VALID, 10: EXPIRED, 62: OTHER_NAME, 64: OTHER_NAME} | dict.fromkeys((79, *range(82, 96)), STRICT)
# What macOS (errSec…) and Windows (CERT_E_…, for both ends of the validity) say instead.
_BY_CODE |= {-67818: EXPIRED, -67819: NOT_YET_VALID, -67602: OTHER_NAME, 0x800B0101: EXPIRED, 0x800B010F: OTHER_NAME}


_JUDGED_BY_THE_SYSTEM = {"darwin", "win32"}
_STORES = (  # where Linux distributions keep their authorities
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cert.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/ca-bundle.pem",
)
_NAMED_BY_ITS_HASH = re.compile(r"[0-9a-fA-F]{8}\.\d+")  # OpenSSL looks for no other names in a folder


@functools.cache
def tls_context() -> ssl.SSLContext:
    """Return the process's one TLS context; `SSL_CERT_FILE` and `SSL_CERT_DIR` replace the defaults.

    Takes about 40 ms, so call it off the event loop.
    """
    if _is_set():
        return _pythons_context()
    context = _context_of_the_system()
    with contextlib.suppress(OSError):  # a missing file shows when a certificate is checked
        context.load_verify_locations(certifi.where())
    return context


def _context_of_the_system() -> ssl.SSLContext:
    if sys.platform not in _JUDGED_BY_THE_SYSTEM:
        return _default_context()
    import truststore

    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if (path := os.environ.get(KEY_LOG)) and not _may_never_end(path):
        with contextlib.suppress(OSError, ValueError):
            context.keylog_filename = path
    return context


def _default_context() -> ssl.SSLContext:
    """Return Python's own context, with the distribution's authorities where Python itself finds none."""
    context = _pythons_context()
    if _missing(context) == NO_AUTHORITIES:
        for store in filter(os.path.isfile, _STORES):
            with contextlib.suppress(OSError):
                context.load_verify_locations(store)
                break
    return context


def _pythons_context() -> ssl.SSLContext:
    """Return Python's default context, which logs keys to SSLKEYLOGFILE; drop that variable if its path is unusable."""
    if _may_never_end(os.environ.get(KEY_LOG, "")):
        os.environ.pop(KEY_LOG)
    paths = ssl.get_default_verify_paths()
    if any(_may_never_end(os.environ.get(name, "")) for name in (paths.openssl_cafile_env, paths.openssl_capath_env)):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody, as with a file that isn't there
    try:
        return ssl.create_default_context()
    except OSError:
        os.environ.pop(KEY_LOG, None)
        return ssl.create_default_context()


def unusable_key_log(environ: Mapping[str, str]) -> str:
    """Return a sentence about a key log that can't be written; empty without a key log, or when it can be written."""
    path = environ.get(KEY_LOG, "")
    if not path:
        return ""
    if _may_never_end(path):
        return f"{KEY_LOG} is ignored: {path} isn't a file."
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).keylog_filename = path
    except (OSError, ValueError) as error:
        return f"{KEY_LOG} is ignored: we can't write {path} ({getattr(error, 'strerror', None) or error})."
    return ""


def _may_never_end(path: str) -> bool:
    """Return whether opening or reading the path may never end, as for a named pipe, a terminal or /dev/zero."""
    is_handed_over = path.startswith(("/dev/fd/", "/proc/self/fd/"))  # by a shell's <(…), which ends
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path) and not is_handed_over


def why_untrusted(error: ssl.SSLCertVerificationError) -> str:
    """Return a code for what is wrong with a certificate or with the authorities here; empty if that's unknown."""
    number = getattr(error, "verify_code", 0)
    return _missing_here() if number in _UNKNOWN_ISSUER else _BY_CODE.get(number, "")


def mistake_in_variables() -> str:
    """Return what is wrong with SSL_CERT_FILE or SSL_CERT_DIR, in words; empty when nothing is."""
    paths = ssl.get_default_verify_paths()
    for name, wrong_with in (
        (paths.openssl_cafile_env, _wrong_with_file),
        (paths.openssl_capath_env, _wrong_with_folders),
    ):
        named = os.environ.get(name, "")
        if named and (wrong := wrong_with(named)):
            return f"{name} names {named}, {wrong}"
    return ""


def _wrong_with_file(path: str) -> str:
    try:
        if os.path.isdir(path):
            return "which is a folder"
        if _may_never_end(path):
            return "which isn't a file"
        if not os.path.getsize(path):
            return "which is empty"
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        return "which holds no certificate in PEM form"
    except OSError as error:
        return f"which we can't read ({error.strerror})"
    return ""


def _wrong_with_folders(paths: str) -> str:
    """Return what is wrong with a list of folders, separated as in PATH; at least one must hold authorities."""
    try:
        held = [name for folder in paths.split(os.pathsep) for name in os.listdir(folder)]
    except OSError as error:
        return f"which we can't read ({error.strerror})"
    if any(map(_NAMED_BY_ITS_HASH.fullmatch, held)):
        return ""
    return "whose files aren't named as OpenSSL looks for them (openssl rehash does that)" if held else "which is empty"


@functools.cache
def _missing_here() -> str:
    if _is_set():
        return NONE_IN_VARIABLE if mistake_in_variables() else ""
    return "" if sys.platform in _JUDGED_BY_THE_SYSTEM else _missing(_default_context())


def _missing(context: ssl.SSLContext) -> str:
    """Return NO_AUTHORITIES if neither the context nor Python's own folder has authorities; else an empty text."""
    folder = ssl.get_default_verify_paths().openssl_capath
    return "" if context.cert_store_stats()["x509_ca"] or _holds_authorities(folder) else NO_AUTHORITIES


def _is_set() -> bool:
    """Return whether SSL_CERT_FILE or SSL_CERT_DIR is set."""
    paths = ssl.get_default_verify_paths()
    return any(os.environ.get(name) for name in (paths.openssl_cafile_env, paths.openssl_capath_env))


def _holds_authorities(folder: str) -> bool:
    """Return whether a folder has authorities that OpenSSL loads on demand, which its counts don't show."""
    try:
        return any(map(_NAMED_BY_ITS_HASH.fullmatch, os.listdir(folder)))
    except OSError:
        return False
