"""The documents that follow from the code: made from it, committed, and compared with it by a test."""

from __future__ import annotations

from deploy.docs.documents import documents

__all__ = ["documents"]
