"""Why the operating system refused, in French: its own words are English."""

import errno
import socket

_WHY = {
    errno.EACCES: "l'accès est refusé",
    errno.EPERM: "l'accès est refusé",
    errno.EROFS: "le disque est en lecture seule",
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "l'espace accordé à ce compte est épuisé",
    errno.EIO: "le disque ne répond pas comme il faut",
    errno.ENOENT: "ce fichier ou ce dossier n'existe pas",
    errno.EEXIST: "un fichier de ce nom existe déjà",
    errno.EISDIR: "c'est un dossier",
    errno.ENOTDIR: "un fichier y tient la place d'un dossier",
    errno.ENAMETOOLONG: "ce nom est trop long",
    errno.ELOOP: "ses liens tournent en rond",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.ENFILE: "trop de fichiers sont ouverts",
    errno.EADDRINUSE: "ce port est déjà pris",
    errno.EADDRNOTAVAIL: "cette adresse n'est pas celle de cette machine",
}
_WHY_NO_NAME = {
    socket.EAI_NONAME: "cette machine n'est pas connue",
    socket.EAI_AGAIN: "le nom de cette machine ne peut pas être cherché maintenant",
    socket.EAI_ADDRFAMILY: "cette machine n'a pas d'adresse de ce genre",
}


def why(error: OSError) -> str:
    """A clause without a capital or a full stop; the system's own words for what is not known here."""
    # `socket.create_server` keeps the number of the name's fault, and not its type: those are negative here.
    known = _WHY_NO_NAME if isinstance(error, socket.gaierror) or (error.errno or 0) < 0 else _WHY
    return known.get(error.errno or 0) or error.strerror or "erreur du système"


def why_unwritten(error: OSError) -> str:
    """Of a file that was to be written: what does not exist is its folder."""
    return "son dossier n'existe pas" if error.errno in (errno.ENOENT, errno.ENOTDIR) else why(error)
