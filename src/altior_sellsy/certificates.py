"""The system's certificates, for calls by HTTPS, and what is said when another side's is not recognised."""

import ssl
from functools import cache

import httpx2

from altior_sellsy.errors import NotSent


@cache
def certificates() -> ssl.SSLContext:
    """Reading them takes 0.1 s: once a process, not once a client."""
    return httpx2.create_ssl_context()


def not_recognised(fault: BaseException, system: str, host: str) -> NotSent | None:
    """None for any other fault. Nothing has been sent, no secret either: told apart from refused credentials and from
    a server that does not answer."""
    cause: BaseException | None = fault
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        return None
    told = NotSent(
        f"Le certificat du serveur {system} « {host} » n'est pas reconnu, rien ne lui a été envoyé : vérifiez "
        "l'adresse, la date de cette machine, et les certificats que votre réseau demande."
    )
    told.in_vain = True
    return told
