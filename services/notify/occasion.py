"""What people are told about, and which of it is a duty that nobody can turn off."""

from __future__ import annotations

from enum import StrEnum


class Occasion(StrEnum):
    """Why somebody gets a message."""

    FORM_SENT = "form_sent"
    UNIT_PART_DONE = "unit_part_done"
    GROUP_PART_DONE = "group_part_done"
    UNIT_CHANGED = "unit_changed"
    ENTERED_ON_BEHALF = "entered_on_behalf"
    NOTICE_GIVEN = "notice_given"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    SUBMITTED = "submitted"
    SUBMITTED_COPY = "submitted_copy"
    SUBMITTED_LATE = "submitted_late"
    ADDENDUM = "addendum"
    EXTENSION = "extension"
    DEADLINE_CHANGED = "deadline_changed"
    REOPENED = "reopened"
    RETURNED = "returned"
    QUERY = "query"
    QUERY_ANSWERED = "query_answered"
    FEEDBACK = "feedback"
    SENT_TO_MINISTRY = "sent_to_ministry"
    PROPOSAL_RECEIVED = "proposal_received"
    APPOINTED = "appointed"
    DECLINED = "declined"
    APPOINTMENT_INFORMATION = "appointment_information"
    REDACTION = "redaction"
    ADDRESS_BOUNCED = "address_bounced"
    DIGEST = "digest"


MAY_BE_MUTED = frozenset(
    {
        Occasion.UNIT_PART_DONE,
        Occasion.GROUP_PART_DONE,
        Occasion.REMINDER,
        Occasion.SUBMITTED_COPY,
        Occasion.ADDENDUM,
        Occasion.QUERY_ANSWERED,
        Occasion.SENT_TO_MINISTRY,
        Occasion.APPOINTMENT_INFORMATION,
        Occasion.ADDRESS_BOUNCED,
    }
)
"""What somebody may choose not to hear of; everything else is a duty, and waits for no digest."""


def is_duty(occasion: Occasion) -> bool:
    """Whether the receiver must be told, whatever the preferences say."""
    return occasion not in MAY_BE_MUTED and occasion is not Occasion.DIGEST
