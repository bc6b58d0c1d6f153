"""The product's settings for tests. The database is filled in by `tests/conftest.py`, when a test first needs one."""

import os

os.environ.setdefault("ALTIOR_SELLSY_KEY", "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=")

from altior_sellsy.web.settings import *  # noqa: F403

SECRET_KEY = "tests-only"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
