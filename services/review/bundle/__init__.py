"""The one file by which a dossier leaves the house: data, pages to read, and a signed list of what is in it."""

from services.review.bundle.archive import Archive, BundleKey, pack
from services.review.bundle.contents import Contents, Report, files
from services.review.bundle.folder import BundleFolder
from services.review.bundle.verifying import Verified, verify

__all__ = [
    "Archive",
    "BundleFolder",
    "BundleKey",
    "Contents",
    "Report",
    "Verified",
    "files",
    "pack",
    "verify",
]
