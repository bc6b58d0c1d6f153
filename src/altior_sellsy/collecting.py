"""How often Python looks for cycles in its memory: a bulk import makes many records that live long and hardly any
cycle, and looking through all of them again and again took an eighth of its time."""

import gc

NEW_OBJECTS = 50_000
"""Made and not yet freed before the youngest are looked through: some megabytes."""


def settle() -> None:
    """Once everything is loaded: it stays for the life of the process and is not looked through again. What is made
    from now on is collected as always, only less often."""
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
