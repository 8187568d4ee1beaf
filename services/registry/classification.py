"""Codes of diagnoses and procedures in the one way they are written: ``D33.3``, ``FNG05``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from shared.domain import Refused

_ICD10 = re.compile(r"^([A-Z]\d{2})[.,]?(\d{1,2})?$")
_PROCEDURE = re.compile(r"^[A-Z]{2,4}\d{1,3}[A-Z]?$")


class UnknownCodeForm(Refused):
    """This is not how a code of the classification is written."""

    code = "unknown_code_form"


def icd10(codes: Iterable[str]) -> tuple[str, ...]:
    """ICD-10 codes normalised, each once, in the order given: ``D 33,3`` becomes ``D33.3``."""
    return _each_once(_icd10(index, code) for index, code in enumerate(codes))


def procedures(codes: Iterable[str]) -> tuple[str, ...]:
    """Procedure codes (NCMP, NCSP, NCRP) normalised, each once, in the order given."""
    return _each_once(_procedure(index, code) for index, code in enumerate(codes))


def _icd10(index: int, written: str) -> str:
    found = _ICD10.match(_closed(written))
    if not found:
        raise _unknown(f"/icd10/{index}", written)
    category, detail = found.groups()
    return f"{category}.{detail}" if detail else str(category)


def _procedure(index: int, written: str) -> str:
    code = _closed(written)
    if not _PROCEDURE.match(code):
        raise _unknown(f"/procedures/{index}", written)
    return code


def _closed(written: str) -> str:
    return "".join(written.split()).upper()


def _each_once(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))


def _unknown(pointer: str, written: str) -> UnknownCodeForm:
    detail = f"{written!r} is not written as a code of the classification"
    return UnknownCodeForm(detail, errors=[{"code": "unknown_code_form", "pointer": pointer, "detail": detail}])
