"""Whether the programs of the image begin from what was compiled when it was built.

A container writes nothing beside its sources.  What is not compiled there each process compiles anew, which doubles
what it costs to begin, and nobody sees more of it than that a service is late on a busy machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from types import CodeType
from typing import Any

from deploy.serve import APPLICATIONS

PROGRAMS = (*(where.partition(":")[0] for where in APPLICATIONS.values()), "uvicorn.main", "deploy.cli")
"""The services, and what an operator says."""
_SHOWN = 10


class _Noting(SourceFileLoader):
    """Remembers what had to be compiled, because nothing compiled was there or it was of another source."""

    sources: list[str] = []  # noqa: RUF012  # of the whole process, as what it imported is

    def source_to_code(  # type: ignore[override]  # the types say that it belongs to no loader
        self, data: Any, path: Any, *, _optimization: int = -1
    ) -> CodeType:
        self.sources.append(os.fsdecode(path))
        code: CodeType = super().source_to_code(data, path)
        return code


def compiled_for(modules: Iterable[str]) -> Sequence[str]:
    """The sources this process compiles to import ``modules``; what it has imported before is not looked at."""
    finder = FileFinder.path_hook((ExtensionFileLoader, EXTENSION_SUFFIXES), (_Noting, SOURCE_SUFFIXES))
    sys.path_hooks.insert(0, finder)
    sys.path_importer_cache.clear()
    for name in modules:
        import_module(name)
    return _Noting.sources


def main() -> None:
    """End with code 1 if anything is compiled, and say what."""
    if found := compiled_for(PROGRAMS):
        shown = "\n".join(sorted(found)[:_SHOWN])
        sys.exit(f"aarring: {len(found)} sources are compiled each time a program begins, among them:\n{shown}")


if __name__ == "__main__":
    main()
