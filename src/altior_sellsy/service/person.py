"""Whoever decides is named."""

from altior_sellsy.errors import Final


def named(by: str) -> str:
    """Raises Final when nobody is."""
    if not by.strip():
        raise Final('Il manque le nom de la personne qui décide : ajoutez « --by "Prénom Nom" ».')
    return by.strip()
