"""Addresses of systems, as people type them. Pure."""

from urllib.parse import urlsplit


def host(address: str) -> str:
    """To name the system in a sentence: the address itself where it has no host."""
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address


def fault(address: str) -> str:
    """Why nothing can be called there, in French; empty when it is an http(s) address with a host."""
    if not address.strip():
        return "elle est vide"
    if not address.isprintable() or any(character.isspace() for character in address):
        return "elle contient une espace ou un caractère interdit"
    try:
        parts = urlsplit(address)
        name, port = parts.hostname or "", parts.port
        name.encode("idna")  # as the network will: an empty or endless label is a ValueError
    except ValueError:
        return "son nom de machine ou son port n'est pas valable"
    if parts.scheme not in ("http", "https"):
        return "elle ne commence pas par http:// ou https://"
    if not name:
        return "il y manque le nom de la machine"
    if port == 0:
        return "son port n'est pas valable"
    if parts.username is not None:
        return "elle porte un identifiant devant « @ »"
    if parts.query or parts.fragment:
        return "elle porte un « ? » ou un « # »"
    return ""


def unusable(whose: str, address: str) -> str:
    """Of one that an environment was added with before it was checked. Nothing was ever synchronised through it."""
    return (
        f"L'adresse {whose} n'est pas utilisable : {fault(address) or 'elle est mal formée'}. Elle "
        "ne se change pas : retirez cet environnement avec « altior-sellsy environment remove », puis ajoutez-le de "
        "nouveau avec la bonne adresse."
    )
