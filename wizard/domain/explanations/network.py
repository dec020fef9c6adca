"""Requests that never reached the service, by kind, and by the code that `wizard.api` sets for cases it knows."""

from __future__ import annotations

from wizard.domain.explanations.explanation import Explanation
from wizard.domain.failure import FailureKind

NETWORK: dict[FailureKind, Explanation] = {
    FailureKind.ADDRESS: Explanation(
        "The wizard can't use the address of {vendor}: {said}.",
        "That variable replaces the wizard's own address for {vendor}. The wizard sent nothing.",
        "Correct or unset that variable, then run the wizard again.",
    ),
    FailureKind.DNS: Explanation(
        "This machine couldn't find {host}.",
        "The network's name service (DNS) doesn't know the host, or this machine has no network.",
        "Connect to a network or VPN that can resolve {host}, then check again.",
    ),
    FailureKind.CONNECT: Explanation(
        "This machine couldn't connect to {host}.",
        "A firewall or this machine's network blocks the connection, or {vendor} is down. We can't tell which from "
        "here.",
        "Allow this machine to reach {address}, or set HTTPS_PROXY, then check again.",
    ),
    FailureKind.PROXY: Explanation(
        "Your network's proxy refused the connection to {host}.",
        "The proxy requires a login, or it blocks {host}.",
        "Set HTTPS_PROXY to the right proxy address with its login, or ask your network's admin to allow {host}.",
    ),
    FailureKind.CERTIFICATE: Explanation(
        "This machine doesn't trust the certificate of {host}.",
        "Most likely a proxy in your network intercepts TLS with its own certificate, or this machine's clock is "
        "wrong.",
        "Point SSL_CERT_FILE at a file with your company's CA certificate, then run the wizard again.",
    ),
    FailureKind.TIMEOUT: Explanation(
        "{host} didn't answer in time.",
        "The network is slow, a firewall drops the connection, or {vendor} has trouble. We can't tell which from here.",
        "Open {page} in a browser on this machine to see which side is slow.",
    ),
    FailureKind.NOT_THE_SERVICE: Explanation(
        "Something other than {vendor} answered for {host}.",
        "Most likely a proxy, a firewall or a Wi-Fi login page answered instead.",
        "Open {page} in a browser on this machine and follow the page that appears, then check again.",
    ),
}

_CLOCK = "Turn on automatic time in this machine's date and time settings, then check again."

# By the code that `wizard.api` sets for the cases that it can tell apart.
BY_OWN_CODE: dict[tuple[FailureKind, str], Explanation] = {
    (FailureKind.CERTIFICATE, "no_authorities"): Explanation(
        "This machine doesn't trust the certificate of {host}.",
        "This Python came without certificate authorities, and the wizard's own don't know this certificate either. "
        "A proxy may intercept TLS with its own certificate.",
        "On macOS, run “Install Certificates.command” in Applications → Python. Or point SSL_CERT_FILE at a file "
        "with your company's CA certificate.",
    ),
    (FailureKind.CERTIFICATE, "no_authorities_in_variable"): Explanation(
        "The wizard can't check the certificate of {host}: {said}.",
        "SSL_CERT_FILE and SSL_CERT_DIR replace this machine's certificate authorities.",
        "Point that variable at the CA certificates, or unset it.",
    ),
    (FailureKind.CERTIFICATE, "not_yet_valid"): Explanation(
        "The certificate of {host} isn't valid yet.",
        "Most likely this machine's clock is behind. Otherwise, the certificate of {host} or of a proxy is wrong.",
        _CLOCK,
    ),
    (FailureKind.CERTIFICATE, "expired"): Explanation(
        "The certificate of {host} has expired.",
        "This machine's clock is ahead, or nobody renewed the certificate of {host} or of a proxy.",
        "Check this machine's clock. If it's right, ask your network's admin about the certificate.",
    ),
    (FailureKind.CERTIFICATE, "other_name"): Explanation(
        "A different host than {host} answered: its certificate has another name.",
        "A proxy, a Wi-Fi login page or a wrong DNS or hosts entry leads {host} to another machine.",
        "Open {page} in a browser on this machine to see who answers, then correct the network or the address.",
    ),
    (FailureKind.CERTIFICATE, "strict"): Explanation(
        "Python refuses the CA certificate behind {host}: {said}.",
        "Python 3.13 and later check CA certificates more strictly, and your company's CA certificate lacks something.",
        "Ask your network's admin for a CA certificate that follows RFC 5280, or run the wizard with Python 3.12.",
    ),
    (FailureKind.CONNECT, "tls"): Explanation(
        "This machine and {host} couldn't agree on TLS: {said}.",
        "Most likely a proxy or firewall answers in between, or {host} isn't an https address.",
        "Open {page} in a browser on this machine to see who answers, then check again.",
    ),
    (FailureKind.CONNECT, "broken_off"): Explanation(
        "The connection to {host} ended before the whole answer arrived.",
        "Most likely a proxy or firewall ended it or answered instead, or {vendor} has a problem.",
        "Check again. If it still fails, open {page} in a browser on this machine to see who answers.",
    ),
    (FailureKind.PROXY, "proxy_variable"): Explanation(
        "The wizard can't use the proxy settings of this machine: {said}.",
        "The wizard reaches {host} through the proxy that these variables name.",
        "Correct or unset that variable, then run the wizard again.",
    ),
    (FailureKind.PROXY, "proxy_name"): Explanation(
        "This machine couldn't find the proxy of {said}.",
        "The name in that variable doesn't resolve here. The wizard didn't reach {host}.",
        "Correct the variable, connect to the network or VPN with the proxy, or unset the variable.",
    ),
    (FailureKind.PROXY, "proxy_dead"): Explanation(
        "This machine couldn't connect to the proxy of {said}.",
        "Nothing answers at that address and port. The wizard didn't reach {host}.",
        "Correct the variable, start the proxy, or unset the variable if this network needs none.",
    ),
    (FailureKind.PROXY, "proxy_silent"): Explanation(
        "The proxy of {said} didn't answer in time.",
        "The proxy accepted the connection but didn't answer. It may be down, or it can't reach {host}.",
        "Correct the variable, restart the proxy, or ask your network's admin whether the proxy reaches {host}.",
    ),
    (FailureKind.PROXY, "proxy_tls"): Explanation(
        "This machine couldn't make a TLS connection to the proxy of {said}.",
        "The variable begins with https://, but most proxies expect http://. Or this machine doesn't trust the "
        "proxy's certificate.",
        "Begin the variable with http://, or point SSL_CERT_FILE at the CA certificate of the proxy.",
    ),
    (FailureKind.PROXY, "proxy_needs_no_login"): Explanation(
        "The proxy of {said} doesn't accept a login.",
        "The variable holds a user name and password, but this SOCKS proxy only accepts connections without them.",
        "Remove the user name and password from the variable, then run the wizard again.",
    ),
    (FailureKind.PROXY, "proxy_login"): Explanation(
        "The proxy of {said} requires a login.",
        "The variable has no user name and password for the proxy, or the wrong ones.",
        "Write the login into the variable as http://user:password@host:port, with special characters as %-codes.",
    ),
    (FailureKind.PROXY, "proxy_refuses"): Explanation(
        "The proxy of {said} refused to connect to {host}.",
        "The proxy blocks {host}, or the variable names something that isn't a proxy.",
        "Ask your network's admin to allow {address}, or correct the variable.",
    ),
    (FailureKind.NOT_THE_SERVICE, "unknown_form"): Explanation(
        "The answer of {vendor} has a form that this wizard doesn't know: {said}.",
        "Most likely {vendor} changed its API after this version of the wizard was made.",
        "Update the wizard. If it's the latest version, report this message to its maintainers.",
    ),
    (FailureKind.NOT_THE_SERVICE, "no_such_page"): Explanation(
        "{host} answered with a web page: not found (404).",
        "{host} doesn't have this part of {vendor}'s API, or a proxy answered instead.",
        "If you set the address of {vendor} yourself, correct it. Otherwise ask your network's admin what answers for "
        "{address}, then check again.",
    ),
    (FailureKind.NOT_THE_SERVICE, "moved"): Explanation(
        "{host} doesn't answer itself: {said}.",
        "Most likely someone set an old or incomplete address for {vendor}, or a proxy redirects the request.",
        "If you set the address of {vendor} yourself, set the new one. Otherwise ask your network's admin what answers "
        "for {address}, then check again.",
    ),
    (FailureKind.NOT_THE_SERVICE, "too_large"): Explanation(
        "The answer of {host} is too large: {said}.",
        "{vendor} doesn't send answers of that size. Most likely something else answered, or {vendor} has a problem.",
        "Check again later. If it still fails, report it to the wizard's maintainers.",
    ),
}
