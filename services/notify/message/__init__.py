"""One message to one person about one fact: intended once, attempted visibly, ended in a definite state."""

from services.notify.message.events import (
    AddressBounced,
    Attempted,
    Gathered,
    Intended,
    OutcomeLost,
    Postponed,
    Rejected,
    ResendAsked,
    Sent,
    Withheld,
)
from services.notify.message.message import Message
from services.notify.message.refusals import MessageIsUnderWay, NotAttempted, NotToBeSent
from services.notify.message.state import About, MessageState, Reason, Status

__all__ = [
    "About",
    "AddressBounced",
    "Attempted",
    "Gathered",
    "Intended",
    "Message",
    "MessageIsUnderWay",
    "MessageState",
    "NotAttempted",
    "NotToBeSent",
    "OutcomeLost",
    "Postponed",
    "Reason",
    "Rejected",
    "ResendAsked",
    "Sent",
    "Status",
    "Withheld",
]
