"""What a service hears from the others: each contract once, in order, kept for ever."""

from shared.inbox.heard import INBOX_TABLES, Heard, heard_by, in_order
from shared.inbox.hearing import Hearing, Policy
from shared.inbox.progress import InboxStatus
from shared.inbox.reader import Inbox

__all__ = ["INBOX_TABLES", "Heard", "Hearing", "Inbox", "InboxStatus", "Policy", "heard_by", "in_order"]
