"""The year's dossier: what the four regions bring before the medical directors, and then send to the ministry."""

from services.review.dossier.dossier import Dossier
from services.review.dossier.state import Channel, DossierState, DossierStatus, Line

__all__ = ["Channel", "Dossier", "DossierState", "DossierStatus", "Line"]
