"""The figures a service gives of its parts: what each is called in Prometheus, and what it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric


@dataclass(frozen=True)
class Figure:
    """What a figure tells; a counter only ever grows until the process starts anew.

    ``called`` is its name in Prometheus where that must be another, to end with its unit.
    """

    text: str
    counts: bool = False
    called: str = ""


def _counted(text: str) -> Figure:
    return Figure(text, counts=True)


FIGURES: Mapping[str, Figure] = {
    "database_head": Figure("Position of the newest event in the log"),
    "disk_free_bytes": Figure("Room left where the SQLite file lies"),
    "lease_holder": Figure("Whether this process is the one that writes"),
    "lease_taken": _counted("Times this process became the one that writes"),
    "bus_connections": _counted("Times the bus was connected to"),
    "desk_waiting": Figure("Commands that wait for the writer or are with it"),
    "desk_longest_wait_seconds": Figure("How long the oldest of the commands that wait has waited"),
    "desk_turned_away": _counted("Commands turned away because too many waited or the database took none"),
    "outbox_unpublished": Figure("Contracts in the log that the stream is not known to hold"),
    "outbox_oldest_unpublished_seconds": Figure("How long the oldest of these has waited"),
    "outbox_resyncs": _counted("Times the relay looked anew where the stream stands"),
    "outbox_remade": _counted("Times the stream was deleted and filled again"),
    "outbox_position": Figure("Position of the last contract the stream is known to hold"),
    "outbox_stopped": Figure("Whether the relay stands still until a person acts"),
    "inbox_epoch": Figure("Epoch of the speaker that is heard"),
    "inbox_tracked": Figure("Position up to which the speaker was heard"),
    "inbox_head": Figure("Newest position of the speaker that is known"),
    "inbox_lag_events": Figure("Positions between the two"),
    "inbox_lag_seconds": Figure("How long the hearer has been behind"),
    "inbox_gaps": _counted("Gaps found in what came over the bus"),
    "inbox_healed": _counted("Contracts taken from the speaker's feed instead"),
    "inbox_skipped": _counted("Contracts that came again and changed nothing"),
    "inbox_foreign": _counted("Messages on the stream that no speaker of ours sent"),
    "inbox_sessions": _counted("Times the hearer began to listen"),
    "inbox_parked": Figure("Contracts that could not be handled and wait for a person"),
    "inbox_stopped": Figure("Whether the hearer stands still until a person acts"),
    "audit_running": Figure("Whether the stream is being compared with the log this moment"),
    "audit_last_verified_position": Figure("Position up to which the stream was last found to be a copy of the log"),
    "audit_seconds_since_verified": Figure(
        "How long ago that was, or the process started", called="audit_verified_age_seconds"
    ),
    "audit_breaks": _counted("Times the stream was found to differ from the log"),
    "audit_rebuilt": _counted("Times the stream was made anew because of it"),
    "shredder_waiting": Figure("Subjects whose keys are still to be destroyed"),
    "shredder_destroyed": _counted("Subjects whose keys were destroyed, or found destroyed, since the start"),
    "schedule_age_seconds": Figure("How long ago the schedule last went through all its rules"),
    "schedule_done": _counted("Commands the schedule had carried out"),
    "loop_breaks": _counted("Times a loop broke and was started again"),
    "cards_position": Figure("Position up to which contact cards are in the bucket"),
    "rules_position": Figure("Position up to which the rules of notification were applied"),
    "sender_intended": Figure("Messages that are to be sent"),
    "sender_attempted": Figure("Messages that are being sent this moment"),
    "sender_retrying": Figure("Messages that will be tried again"),
    "sender_uncertain": Figure("Messages of which nobody knows whether they were sent"),
    "sender_sent": Figure("Messages the mail server took"),
    "sender_bounced": Figure("Messages whose address does not exist"),
    "sender_rejected": Figure("Messages the mail server refused for good"),
    "sender_not_sent": Figure("Messages that were withheld"),
    "sender_gathered": Figure("Messages that went into a digest"),
}

# A part that exists more than once is named "kind:which": how its labels are called.
LABELS: Mapping[str, tuple[str, str]] = {"inbox": ("hearer", "speaker"), "loop": ("service", "loop")}


def metrics(report: Mapping[str, Any]) -> Iterable[Metric]:
    """Every figure of a report, named ``aarring_<part>_<figure>``, with ``_total`` where it counts."""
    service, found = report["service"], dict[str, Metric]()
    ready = GaugeMetricFamily(
        "aarring_ready", "Whether the service can take commands and answer", labels=("service",)
    )
    ready.add_metric((service,), float(report["ready"]))
    well = GaugeMetricFamily("aarring_part_ok", "Whether a part of the service is well", labels=("service", "part"))
    for part, figures in report["checks"].items():
        well.add_metric((service, part), float(figures["ok"]))
        kind, _, which = part.partition(":")
        labels = LABELS.get(kind, ("service",))
        for name, value in figures.items():
            if name != "ok" and isinstance(value, int | float):
                family = found.setdefault(f"{kind}_{name}", _family(f"{kind}_{name}", labels))
                family.add_sample(_sample(family), dict(zip(labels, (service, which), strict=False)), float(value))
    return [ready, well, *found.values()]


def _family(name: str, labels: tuple[str, ...]) -> Metric:
    figure = FIGURES.get(name, Figure(name.replace("_", " ")))
    kind = CounterMetricFamily if figure.counts else GaugeMetricFamily
    return kind(f"aarring_{figure.called or name}", figure.text, labels=labels)


def _sample(family: Metric) -> str:
    return f"{family.name}_total" if family.type == "counter" else family.name
