"""Logs tell what happened and hide what is secret."""

import json
import logging
import subprocess
import sys

import pytest

from altior_sellsy.web.logs import mask


def test_what_names_a_secret_is_masked_at_any_depth() -> None:
    event = {
        "event": "call",
        "Authorization": "Bearer abc",
        "url": "https://example/webhooks/sellsy/opaque/",
        "sent": {"client_secret": "abc", "headers": [{"X-Api-Key": "abc", "Accept": "json"}]},
        "environment": "menuiserie-leo",
    }
    assert mask(None, "info", event) == {
        "event": "call",
        "Authorization": "***",
        "url": "https://example/webhooks/sellsy/***/",
        "sent": {"client_secret": "***", "headers": [{"X-Api-Key": "***", "Accept": "json"}]},
        "environment": "menuiserie-leo",
    }


SCRIPT = """
import logging, logging.config, sys
import structlog
from altior_sellsy.web.logs import configuration
logging.config.dictConfig(configuration(sys.argv[1], "INFO"))
structlog.get_logger("altior_sellsy.x").info("drained", environment="léo", token="abc")
try:
    token = "abc"
    raise ValueError("a bug")
except ValueError:
    logging.getLogger("django.request").error("Internal Server Error: %s", "/x", exc_info=True)
"""


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_500_is_logged_with_its_traceback_and_no_local_variable(form: str) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT, form], capture_output=True, text=True, check=True)
    assert "Internal Server Error: /x" in done.stderr
    assert "ValueError: a bug" in done.stderr
    assert "environment" in done.stderr
    assert '"abc"' not in done.stderr.replace('token = "abc"', "")
    if form == "json":
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        assert [line["level"] for line in lines] == ["info", "error"]
        assert lines[0]["token"] == "***"
        assert lines[0]["environment"] == "léo"


def test_jobs_do_not_log_each_run() -> None:
    from altior_sellsy.web.logs import configuration

    assert configuration("json", "INFO")["loggers"]["procrastinate"]["level"] == logging.getLevelName(logging.WARNING)
