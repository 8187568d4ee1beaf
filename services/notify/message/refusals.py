"""Why something cannot be done with a message."""

from __future__ import annotations

from shared.domain import Refused


class MessageIsUnderWay(Refused):
    """The message has no end yet: it is waiting to be sent, or being sent."""

    code = "message_is_under_way"


class NotToBeSent(Refused):
    """The message has ended, or waits for a person to decide."""

    code = "not_to_be_sent"


class NotAttempted(Refused):
    """An outcome belongs to an attempt that was begun, and to no other."""

    code = "not_attempted"
