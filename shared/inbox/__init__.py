"""What a service hears from the others: each contract once, in order, kept for ever."""

from shared.inbox.adopting import Forget, followed, heard_upto
from shared.inbox.heard import INBOX_TABLES, Heard, heard_by, in_order
from shared.inbox.hearing import Hearing, Policy
from shared.inbox.progress import InboxStatus
from shared.inbox.reader import Inbox
from shared.inbox.views import Views

__all__ = [
    "INBOX_TABLES",
    "Forget",
    "Heard",
    "Hearing",
    "Inbox",
    "InboxStatus",
    "Policy",
    "Views",
    "followed",
    "heard_by",
    "heard_upto",
    "in_order",
]
