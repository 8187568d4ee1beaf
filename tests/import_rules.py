"""Who may import whom, said as lists of what is allowed; import-linter reads it by pyproject.toml."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

STDLIB = "stdlib"


class OnlyImports(Contract):
    """The modules of `sources`, `apart_from` some, import what is `allowed` and nothing else.

    Patterns are dotted, match name by name and include everything below. What is set apart from the
    sources is not allowed to them either.
    """

    sources = fields.ListField(subfield=fields.StringField())
    apart_from = fields.ListField(subfield=fields.StringField(), required=False, default=[])
    allowed = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        sources = [module for module in graph.modules if self._is_source(module)]
        imports = ((source, met) for source in sources for met in graph.find_modules_directly_imported_by(source))
        return _checked(graph, (pair for pair in imports if not self._is_allowed(pair[1])))

    def render_broken_contract(self, check: ContractCheck) -> None:
        _render(check)

    def _is_source(self, module: str) -> bool:
        return _among(module, _read(self.sources)) and not _among(module, _read(self.apart_from))

    def _is_allowed(self, module: str) -> bool:
        if STDLIB in _read(self.allowed) and module.partition(".")[0] in sys.stdlib_module_names:
            return True
        return _among(module, _read(self.allowed)) and not _among(module, _read(self.apart_from))


class OnlyImportedBy(Contract):
    """What `targets` names is imported by the modules of `importers` and by nobody else."""

    targets = fields.ListField(subfield=fields.StringField())
    importers = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        inside = _read(self.importers) + _read(self.targets)
        targets = [module for module in graph.modules if _among(module, _read(self.targets))]
        imports = ((by, target) for target in targets for by in graph.find_modules_that_directly_import(target))
        outside = (pair for pair in imports if not _among(pair[0], inside))
        return _checked(graph, outside)

    def render_broken_contract(self, check: ContractCheck) -> None:
        _render(check)


def _read(field: fields.ListField) -> list[str]:
    """The value behind a field: import-linter puts it in the field's place when it reads the contract."""
    return cast("list[str]", field)


def _among(module: str, patterns: Iterable[str]) -> bool:
    names = module.split(".")
    for pattern in patterns:
        wanted = pattern.split(".")
        if len(names) >= len(wanted) and all(map(fnmatchcase, names, wanted)):
            return True
    return False


def _checked(graph: ImportGraph, broken: Iterable[tuple[str, str]]) -> ContractCheck:
    found = [
        f"{importer} imports {imported} (line {detail['line_number']})"
        for importer, imported in sorted(broken)
        for detail in graph.get_import_details(importer=importer, imported=imported)
    ]
    return ContractCheck(kept=not found, metadata={"found": found})


def _render(check: ContractCheck) -> None:
    for line in check.metadata["found"]:
        output.print_error(f"- {line}", bold=False)
    output.new_line()
