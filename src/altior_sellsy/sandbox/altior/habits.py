"""What this Altior does to what it is given, when told to: each is something that real servers were seen to do."""

import re

from altior_sellsy.sandbox.altior.options import Switches
from altior_sellsy.sandbox.altior.shapes import Record

_SETS = ("telephones", "emails", "urls", "adresses", "collaborateurs", "contacts")


def rewrite(switches: Switches, resource: str, record: Record) -> None:
    """Rewrites a record that is about to be saved, in place."""
    if resource == "tiers":
        if switches.truncate_name and record["raison_sociale"]:
            record["raison_sociale"] = record["raison_sociale"][: switches.truncate_name].rstrip()
        for name, value in switches.fill_in.items():
            if name in record and not record[name]:
                record[name] = value
    if switches.upper_case:
        upper_case(record)
    if switches.reformat_phones:
        for phone in record.get("telephones", ()):
            phone["numero"] = _international(phone["numero"])
    if switches.reorder_lists:
        for name in _SETS:
            if name in record:
                record[name] = list(reversed(record[name]))


def upper_case(record: Record) -> None:
    """Names and towns in capitals, as «normalisation d'adresses» does."""
    for name in ("raison_sociale", "nom"):
        if record.get(name):
            record[name] = record[name].upper()
    for address in record.get("adresses", ()):
        if address["ville"]:
            address["ville"] = address["ville"].upper()


def _international(number: str) -> str:
    digits = re.sub(r"[^0-9+]", "", number)
    return f"+33{digits[1:]}" if re.fullmatch(r"0[1-9][0-9]{8}", digits) else digits or number
