"""Whether what a stream ends with is ours, was left behind by a newer epoch, or is something we have lost."""

from __future__ import annotations

from collections.abc import Callable

from shared.contracts import CloudEvent
from shared.feed import Publications


class StreamIsAhead(RuntimeError):
    """The stream holds what our store does not: the store was restored from an older backup."""


def is_left_behind(last: CloudEvent, publications: Publications, is_kept: Callable[[CloudEvent], bool]) -> bool:
    """Whether the stream that ends with ``last`` belongs to an epoch that is over, and nothing of it is needed.

    False when it is ours as it stands; :class:`StreamIsAhead` when it holds what nobody has decided about.
    """
    ours = publications.at(last.position)
    if ours is not None and last.is_same_as(ours) and last.epoch == ours.epoch:
        return False
    newest = publications.epochs()[-1]
    is_older = last.epoch_number < newest.number and last.position > newest.after
    if is_older and (last.is_same_as(ours) or is_kept(last)):
        return True
    raise StreamIsAhead(
        f"the stream holds {last.id}, which is not what the store has at that position; "
        "the store was restored from an older backup and needs a new epoch"
    )
