"""The answer as a row, and its history as rows beside it."""

from __future__ import annotations

from django.db import models
from simple_history.models import HistoricalRecords


class Answer(models.Model):
    """What is answered to one question of one report, as it stands now."""

    report_id = models.UUIDField()
    question_id = models.CharField(max_length=100)
    version = models.IntegerField()
    text = models.TextField()
    written_by = models.CharField(max_length=100)
    written_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    class Meta:
        app_label = "django_rest"
        constraints = [models.UniqueConstraint(fields=["report_id", "question_id"], name="one_answer")]  # noqa: RUF012

    def __str__(self) -> str:
        return f"{self.report_id} {self.question_id}"
