"""The one small tree of errors. The type says what to do next; the message is a French sentence for people.

Retryable: the same call may succeed later, the look gets another due time.
Final: it will not succeed by being repeated; it concerns one record or one field.
Refused: the whole environment must stop (credentials, account, rights): nobody retries ten thousand records.
"""

from collections.abc import Mapping


class ConnectorError(Exception):
    """Root of the tree. `str(error)` is one French sentence: what is wrong, where, what to do."""


class Retryable(ConnectorError):
    """Try again later. `retry_after` in seconds where the other side said so."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.in_vain = False
        """Waiting for it any longer, in this command, is in vain."""

    @property
    def again_after(self) -> float | None:
        """Seconds after which beginning anew makes sense; None where nobody said."""
        return self.retry_after


class Unclear(Retryable):
    """The call may or may not have taken effect (time-out, broken answer). Nothing may be taken as done or undone."""


class NotSent(Retryable):
    """The call certainly did not reach the other side (connection refused, quota not granted).

    `room_after`: of a quota, the seconds after which it grants not one call, but a whole record's.
    """

    def __init__(self, message: str, *, retry_after: float | None = None, room_after: float | None = None) -> None:
        super().__init__(message, retry_after=retry_after)
        self.room_after = room_after

    @property
    def again_after(self) -> float | None:
        return self.room_after or self.retry_after


class Final(ConnectorError):
    """Repeating the same call is useless."""


class Invalid(Final):
    """The other side refused values. `fields`: its own field path → its own message; empty when it named none."""

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class NotFound(Final):
    """The thing does not exist there, or may not be seen."""


class Stale(Final):
    """The thing has moved since it was read (If-Match, 412). Look again."""


class Refused(Final):
    """Credentials, account or rights: stops the environment."""


class CursorExpired(Final):
    """The change feed no longer goes back to this cursor: a full scan is needed."""
