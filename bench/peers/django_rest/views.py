"""The endpoint: the token is checked, the body validated, the row locked, changed and its history written."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import path
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.peers.django_rest.models import Answer
from services.reporting.api.answers import CEILING


class SentAnswer(serializers.Serializer):
    """The rules of reporting's own model of this body, as DRF writes them."""

    text = serializers.CharField(allow_blank=True, trim_whitespace=False)
    choices = serializers.ListField(
        child=serializers.RegexField("^[a-z_]+$", max_length=60), max_length=50, required=False
    )
    base_version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)

    def validate_text(self, value: str) -> str:
        if len(value.encode()) > CEILING:
            raise serializers.ValidationError("the text is over the ceiling")
        return value


class Answering(APIView):
    """Answer a question of a report."""

    def put(self, request: Any, report_id: UUID, question_id: str) -> Response:
        sent = SentAnswer(data=request.data)
        sent.is_valid(raise_exception=True)
        with transaction.atomic():
            found = Answer.objects.select_for_update().filter(report_id=report_id, question_id=question_id)
            answer = found.first()
            if answer is None:
                raise NotFound
            if answer.version != sent.validated_data["base_version"]:
                return Response(status=409)
            answer.version += 1
            answer.text, answer.written_by = sent.validated_data["text"], request.user.subject
            answer.save()
        return Response({"report_id": str(report_id), "question_id": question_id, "version": answer.version})


urlpatterns = [path("reports/<uuid:report_id>/answers/<str:question_id>", Answering.as_view())]
