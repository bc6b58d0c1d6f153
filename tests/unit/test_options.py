"""What the operator sets wrongly is one French sentence that names the setting, never its value."""

import pytest

from altior_sellsy.options import BadOption, options


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PUBLIC_URL", "zzz", "ALTIOR_SELLSY_PUBLIC_URL. Il faut une adresse http(s)"),
        ("PUBLIC_URL", "https://:80", "ALTIOR_SELLSY_PUBLIC_URL."),
        ("PUBLIC_URL", "http://[::1", "ALTIOR_SELLSY_PUBLIC_URL."),
        ("TIMING", "{", "ALTIOR_SELLSY_TIMING. Il faut un objet JSON"),
        ("TIMING", "[1]", "ALTIOR_SELLSY_TIMING. Il faut un objet JSON"),
        ("TIMING", '{"zzz": 1}', "ALTIOR_SELLSY_TIMING.ZZZ."),
        ("TIMING", '{"lease": -1}', "ALTIOR_SELLSY_TIMING.LEASE."),
        ("TIMING", '{"lease": 0}', "ALTIOR_SELLSY_TIMING.LEASE."),
        ("TIMING", '{"gone_gap": -0.1}', "ALTIOR_SELLSY_TIMING.GONE_GAP."),
        ("TIMING", '{"gone_gap": NaN}', "ALTIOR_SELLSY_TIMING.GONE_GAP."),
        ("TIMING", '{"gone_gap": 1e300}', "ALTIOR_SELLSY_TIMING.GONE_GAP."),
        ("TIMING", '{"tick": 0, "bulk_reserve": 1}', "ALTIOR_SELLSY_TIMING.BULK_RESERVE, ALTIOR_SELLSY_TIMING.TICK."),
    ],
)
def test_a_setting_that_makes_no_sense(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(f"ALTIOR_SELLSY_{name}", value)
    with pytest.raises(BadOption) as caught:
        options()
    sentence = str(caught.value).replace("\N{NO-BREAK SPACE}", " ")
    assert sentence.startswith(f"Réglage illisible dans l'environnement : {said}")
    assert sentence.endswith("Corrigez sa valeur.")
    assert len(value) < 3 or value not in sentence


def test_a_setting_that_makes_sense(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALTIOR_SELLSY_PUBLIC_URL", "https://connecteur.exemple.fr/sous")
    monkeypatch.setenv("ALTIOR_SELLSY_TIMING", '{"stale_after_write": 0, "echo_delay": 0, "gone_gap": 0}')
    chosen = options()
    assert chosen.public_url == "https://connecteur.exemple.fr/sous"
    assert (chosen.timing.stale_after_write, chosen.timing.gone_gap) == (0, 0)
