"""What notify tells: that somebody cannot be reached.  Never what was written, nor to which address."""

from __future__ import annotations

from uuid import UUID

from shared.contracts import Contract


class AddressBouncedV1(Contract, name="notify.message.address_bounced.v1"):
    """A person's address refused a message for good; the service desk should look at it."""

    person_id: UUID
    message_id: UUID
