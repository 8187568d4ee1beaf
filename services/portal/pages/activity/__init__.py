"""The part Aktivitet of the report form: lists of lines that are added, changed, moved, taken out and put back."""

from fastapi import APIRouter

from services.portal.pages.activity import arranging, reading, writing

router = APIRouter()
for _pages in (reading, arranging, writing):
    router.include_router(_pages.router)

__all__ = ["router"]
