"""A fault of every tick is told once in a while, with the number of times it came back."""

from altior_sellsy.jobs.damping import Damper


def test_told_once_then_counted() -> None:
    now = [0.0]
    damper = Damper(every=300, clock=lambda: now[0])
    assert damper.due("leo", ValueError("a")) == 0
    for second in range(2, 300, 2):
        now[0] = float(second)
        assert damper.due("leo", ValueError("a")) is None
    assert damper.due("leo", ValueError("b")) == 0
    assert damper.due("zoe", ValueError("a")) == 0
    now[0] = 300.0
    assert damper.due("leo", ValueError("a")) == 149
    assert damper.due("leo", ValueError("a")) is None
