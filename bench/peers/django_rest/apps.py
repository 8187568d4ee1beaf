"""The app's name, as Django wants it told."""

from __future__ import annotations

from django.apps import AppConfig


class Answers(AppConfig):
    """The app with the one model."""

    name = "bench.peers.django_rest"
    label = "django_rest"
