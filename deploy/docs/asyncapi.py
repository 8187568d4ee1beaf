"""The published language as an AsyncAPI 3.0 document: what is said on the bus, by whom, in which shape."""

from __future__ import annotations

from typing import Any

import yaml  # type: ignore[import-untyped]  # it ships no types

from deploy.docs.language import TOLD, Spoken, hearers_of, spoken, wire_schema
from deploy.docs.words import first_line, markdown
from shared.contracts import CloudEvent
from shared.version import project_version

CLOUD_EVENT = "application/cloudevents+json"
HEADERS = {
    "Nats-Msg-Id": "the contract's id, by which the broker knows a repetition",
    "Position": "the contract's place in its speaker's log",
    "Previous": "the place of the contract before it, 0 for the first",
    "Epoch": "which of the speaker's histories it belongs to; absent in the first",
    "traceparent": "the W3C trace of the request that caused it",
}


def asyncapi() -> str:
    """The document as YAML."""
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Aarring: what the services tell each other",
            "version": project_version(),
            "description": "Contracts travel as CloudEvents 1.0 in structured JSON, one NATS subject for each. "
            "The log of the speaker is the truth and JetStream carries copies: a gap shows in the chain of "
            "`previous` and is filled from the speaker's `GET /feed`. No personal data is told.",
        },
        "defaultContentType": CLOUD_EVENT,
        "servers": {"bus": {"host": "localhost:4222", "protocol": "nats", "x-jetstream": _streams()}},
        "channels": {each.name: _channel(each) for each in spoken()},
        "operations": {name: operation for each in spoken() for name, operation in _operations(each).items()},
        "components": {
            "messages": {each.message: _message(each) for each in spoken()},
            "schemas": {"CloudEvent": _envelope()} | {each.message: _data(each) for each in spoken()},
        },
    }
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    return text


def _streams() -> dict[str, Any]:
    """A stream for each speaker, and the consumers that read it without acknowledging."""
    return {
        "streams": {
            speaker.upper(): {
                "subjects": [f"ev.{speaker}.>"],
                "consumers": [
                    {"name": f"{hearer}-from-{speaker}", "ack_policy": "none"} for hearer in hearers_of(speaker)
                ],
            }
            for speaker in TOLD
        },
        "buckets": {"persons": "the current contact cards, by person id; no history, and never part of a log"},
    }


def _channel(each: Spoken) -> dict[str, Any]:
    return {
        "address": each.subject,
        "title": first_line(each.contract),
        "messages": {each.message: {"$ref": f"#/components/messages/{each.message}"}},
        "x-jetstream": {"stream": each.speaker.upper()},
    }


def _operations(each: Spoken) -> dict[str, Any]:
    says = {f"{each.speaker}.says.{each.name}": ("send", each.speaker)}
    hears = {f"{hearer}.hears.{each.name}": ("receive", hearer) for hearer in each.hearers}
    return {
        name: {
            "action": action,
            "channel": {"$ref": f"#/channels/{each.name}"},
            "messages": [{"$ref": f"#/channels/{each.name}/messages/{each.message}"}],
            "x-service": service,
        }
        for name, (action, service) in (says | hears).items()
    }


def _message(each: Spoken) -> dict[str, Any]:
    said = {"type": {"const": each.name}, "data": {"$ref": f"#/components/schemas/{each.message}"}}
    return {
        "name": each.name,
        "title": each.message,
        "summary": first_line(each.contract),
        "contentType": CLOUD_EVENT,
        "headers": {
            "type": "object",
            "properties": {name: {"type": "string", "description": what} for name, what in HEADERS.items()},
        },
        "payload": {
            "allOf": [{"$ref": "#/components/schemas/CloudEvent"}, {"type": "object", "properties": said}],
        },
    }


def _envelope() -> dict[str, Any]:
    schema = CloudEvent.model_json_schema(mode="serialization")
    schema["description"] = markdown(schema["description"])
    schema["required"] = [name for name in schema["required"] if name not in ("traceparent", "epoch")]
    return schema


def _data(each: Spoken) -> dict[str, Any]:
    schema = {key: value for key, value in wire_schema(each.contract).items() if not key.startswith("$")}
    return {**schema, "description": markdown(schema["description"])}
