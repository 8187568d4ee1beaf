"""Writes the generated documents anew and says which of them changed."""

from __future__ import annotations

from deploy.docs import documents
from deploy.places import ROOT


def main() -> None:
    changed = []
    for name, text in documents().items():
        file = ROOT / name
        if not file.exists() or file.read_text() != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            changed.append(name)
    print("\n".join(changed) or "nothing has changed")


if __name__ == "__main__":
    main()
