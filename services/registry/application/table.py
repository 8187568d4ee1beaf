"""A table of units (CSV), read line by line; what is wrong is noted with its line and column."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.registry.placement import Kind, Place, Region, must_be_rightly_placed
from services.registry.unit import Function, Registration
from shared.domain import Refused, identity

COLUMNS = ("code", "kind", "name_nb", "trusts", "regions", "note")
OPTIONAL = ("name_en", "function", "active_from")
MAX_LINES = 2_000
_LONGEST = {"name_nb": 300, "name_en": 300, "note": 2_000}
_CODE = re.compile(r"^[0-9A-Za-zÆØÅæøå][0-9A-Za-zÆØÅæøå._-]{0,39}$")
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})


class ImportHasFaults(Refused):
    """Some lines cannot be imported, so none was; each fault is told with its line and column."""

    code = "import_has_faults"


@dataclass
class Line:
    """One line of the table and what it comes to."""

    number: int
    code: str = ""
    name: str = ""
    unit: Registration | None = None
    trust_names: dict[str, str] = field(default_factory=dict)
    there: bool = False
    warnings: list[str] = field(default_factory=list)
    faults: list[dict[str, str]] = field(default_factory=list)

    def fault(self, column: str, code: str, detail: str) -> None:
        self.faults.append({"code": code, "pointer": f"line:{self.number}/{column}", "detail": detail})

    def report(self) -> dict[str, Any]:
        result = "fault" if self.faults else "already_there" if self.there else "imported"
        return {
            "line": self.number,
            "code": self.code,
            "unit_id": str(identity("unit", self.code)) if self.code else None,
            "result": result,
            "warnings": self.warnings,
            "faults": self.faults,
        }


def parse(table: str, active_from: date) -> list[Line]:
    """The lines of a table, each with the faults it has by itself."""
    if "\0" in table:
        raise _table_fault("the table holds a NUL character")
    try:
        rows = list(csv.reader(table.splitlines(keepends=True), strict=True))
    except csv.Error as fault:
        raise _table_fault(f"not a CSV table: {fault}") from None
    header = [column.strip().lower() for column in rows[0]] if rows else []
    unknown = set(header) - set(COLUMNS) - set(OPTIONAL)
    if set(COLUMNS) - set(header) or unknown or len(set(header)) != len(header):
        raise _table_fault(f"the first line names the columns {', '.join(COLUMNS)}")
    if len(rows) > MAX_LINES:
        raise _table_fault(f"a table may have {MAX_LINES} lines")
    return [_line(number, header, row, active_from) for number, row in enumerate(rows[1:], start=2) if any(row)]


def _line(number: int, header: list[str], row: list[str], active_from: date) -> Line:
    line = Line(number)
    if len(row) != len(header):
        line.fault("", "wrong_number_of_columns", f"{len(row)} instead of {len(header)}")
        return line
    cell = {column: value.strip() for column, value in zip(header, row, strict=True)}
    line.name = cell["name_nb"]
    line.code = cell["code"] or _made_up(cell["kind"], line.name)
    if not cell["code"]:
        line.warnings.append("code_made_up")
    _judge_texts(line, cell)
    kind = _kind(line, cell["kind"])
    places = tuple(_places(line, cell["trusts"], cell["regions"]))
    function = _function(line, kind, cell.get("function", ""))
    begins = _date(line, cell.get("active_from", ""), active_from)
    if kind is None or line.faults:
        return line
    _judge_places(line, kind, places)
    line.unit = Registration(
        code=line.code,
        kind=kind,
        name_nb=line.name,
        name_en=cell.get("name_en") or None,
        places=places,
        function=function,
        active_from=begins,
        note=cell["note"] or None,
        code_made_up=not cell["code"],
        imported=True,
    )
    return line


def _judge_texts(line: Line, cell: Mapping[str, str]) -> None:
    if not _CODE.match(line.code):
        line.fault("code", "code_form", "a code has at most 40 letters, digits, dots, hyphens, underscores")
    if not line.name:
        line.fault("name_nb", "name_form", "a unit has a name")
    for column, longest in _LONGEST.items():
        if len(cell.get(column, "")) > longest:
            line.fault(column, "too_long", f"at most {longest} characters")


def _kind(line: Line, written: str) -> Kind | None:
    if written in set(Kind):
        return Kind(written)
    line.fault("kind", "unknown_kind", f"a kind is one of {', '.join(Kind)}")
    return None


def _function(line: Line, kind: Kind | None, written: str) -> Function | None:
    if kind is Kind.NATIONAL_COMPETENCE_SERVICE and not written:
        line.warnings.append("function_unknown")
    if not written:
        return None
    if kind is not Kind.NATIONAL_COMPETENCE_SERVICE or written not in set(Function):
        line.fault("function", "function_mismatch", f"a competence service's function is {' or '.join(Function)}")
        return None
    return Function(written)


def _places(line: Line, trusts: str, regions: str) -> Iterator[Place]:
    names = [name.strip() for name in trusts.split(";") if name.strip()]
    places = [region.strip() for region in regions.split(";") if region.strip()]
    if not names or len(names) != len(places):
        line.fault("regions", "trusts_and_regions", "name one region for each trust, in the same order")
        return
    for name, region in zip(names, places, strict=True):
        code = trust_code(name)
        if region not in set(Region):
            line.fault("regions", "unknown_region", f"a region is one of {', '.join(Region)}")
        if not code or len(name) > 300:
            line.fault("trusts", "trust_form", "a trust's name has 1 to 300 characters")
        line.trust_names[code] = name
        yield Place(code, region)


def _judge_places(line: Line, kind: Kind, places: Sequence[Place]) -> None:
    try:
        must_be_rightly_placed(kind, places)
    except Refused as refusal:
        line.fault("trusts", refusal.code, refusal.detail)


def _date(line: Line, written: str, otherwise: date) -> date:
    if not written:
        return otherwise
    try:
        found = date.fromisoformat(written)
    except ValueError:
        found = date.min
    if not date(1900, 1, 1) <= found <= date(2200, 12, 31):
        line.fault("active_from", "date_form", "a date is written as 2024-01-31")
    return found


def trust_code(name: str) -> str:
    """The code a trust gets when only its name is known: ``Helse Bergen HF`` becomes ``helse-bergen-hf``."""
    letters = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    return re.sub(r"[^a-z0-9]+", "-", letters.encode("ascii", "ignore").decode()).strip("-")[:40]


def _made_up(kind: str, name: str) -> str:
    return f"X-{identity('made-up-code', kind, name).hex[:10].upper()}"


def _table_fault(detail: str) -> ImportHasFaults:
    return ImportHasFaults(detail, errors=[{"code": "table_form", "pointer": "line:1/", "detail": detail}])
