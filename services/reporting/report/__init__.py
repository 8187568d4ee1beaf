"""The annual report, the aggregate the service exists for."""

from services.reporting.report.report import Report
from services.reporting.report.state import ReportState, Status

__all__ = ["Report", "ReportState", "Status"]
