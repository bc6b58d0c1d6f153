"""The system's certificates, for calls by HTTPS."""

import ssl
from functools import cache

import httpx2


@cache
def certificates() -> ssl.SSLContext:
    """Reading them takes 0.1 s: once a process, not once a client."""
    return httpx2.create_ssl_context()
