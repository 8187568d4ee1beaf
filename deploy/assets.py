"""What the portal's pages take from npm: fetched as the lock file says, the few files used put where it serves them.

Each file carries its content's hash in its name, so that a browser may keep it for ever; ``manifest.json`` tells the
portal which is which.  Nothing of it is committed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.npm import npm
from deploy.places import ROOT, TOOLS, Unable

VENDOR = ROOT / "services/portal/static/vendor"
BLANK = "--or-blank"
"""Said for tests: all that can be tested without what npm has is."""
LOCKED = ("package.json", "package-lock.json", ".npmrc")

INTER = "@fontsource-variable/inter"
FONT_SHEET = "index.css"
FACES = "inter.css"
FONT_FACE = re.compile(r"@font-face \{[^}]*url\(\./files/(inter-[a-z-]+)\.woff2\)[^}]*\}")

FILES: Mapping[str, str] = {
    "@digdir/designsystemet-css/dist/src/index.css": "ds.css",
    "@digdir/designsystemet-css/dist/theme/designsystemet.css": "ds-theme.css",
    "@digdir/designsystemet-web/dist/umd/index.js": "ds-web.js",
    "htmx.org/dist/htmx.min.js": "htmx.js",
    # In one file: htmx begins when it has been read, and never asks for a stream if this comes only after that.
    "htmx.org/dist/ext/hx-sse.min.js": "htmx.js",
    # The Sámi letters are in the second file: a browser asks for it only where a page has one of them.
    f"{INTER}/files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
    f"{INTER}/files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
}
"""The files of the packages, and what the portal calls them; ``FACES`` is made beside them."""


def packages() -> Path:
    """The folder of all packages of the lock file, those of the tests too; fetched once for each lock file."""
    folder = _folder()
    if not folder.exists():
        with _alone():
            if not folder.exists():
                _fetch(folder)
    return folder / "node_modules"


def fetched() -> Path:
    """The same folder where it is there already, for tests: each would ask a registry that does not answer anew."""
    if not _folder().exists():
        raise Unable("the packages of package-lock.json have not been fetched from npm's registry: ./run setup does")
    return _folder() / "node_modules"


def make(vendor: Path = VENDOR) -> bool:
    """Fill the portal's folder; False where it was made from the same already."""
    stamp = _fingerprint(Path(__file__), *(ROOT / name for name in LOCKED))
    if _made_from(vendor) == stamp:
        return False
    found = packages()
    return _put(vendor, stamp, lambda made: _copy(found, made))


def make_blank(vendor: Path = VENDOR) -> bool:
    """Fill it with empty files where nothing is: pages without style and script say and do the same, as tests see."""
    return _made_from(vendor) is None and _put(vendor, "nothing", _fill_blank)


def _folder() -> Path:
    return TOOLS / f"npm-{_fingerprint(*(ROOT / name for name in LOCKED))}"


def _put(vendor: Path, stamp: str, fill: Callable[[Path], object]) -> bool:
    """Whole or not at all."""
    with _alone():
        if _made_from(vendor) == stamp:
            return False
        vendor.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".vendor-", dir=vendor.parent) as folder:
            made = Path(folder) / "vendor"
            made.mkdir()
            fill(made)
            (made / ".made-from").write_text(stamp)
            shutil.rmtree(vendor, ignore_errors=True)
            made.rename(vendor)
    return True


def _copy(found: Path, into: Path) -> None:
    manifest = {name: _keep(name, content, into) for name, content in _joined(found).items()}
    faces = "\n".join(_faces((found / INTER / FONT_SHEET).read_text(), manifest))
    manifest[FACES] = _keep(FACES, faces.encode() + b"\n", into)
    _tell(manifest, into)
    (into / "licences.txt").write_text("\n".join(_licences(found)))


def _fill_blank(into: Path) -> None:
    _tell({name: _keep(name, b"", into) for name in (*FILES.values(), FACES)}, into)


def _tell(manifest: Mapping[str, str], into: Path) -> None:
    told = {name: f"{into.name}/{kept}" for name, kept in manifest.items()}
    (into / "manifest.json").write_text(json.dumps(told, indent=2) + "\n")


def _joined(found: Path) -> Mapping[str, bytes]:
    """What the portal's files contain: what has one name is one after the other."""
    contents: dict[str, bytes] = {}
    for source, name in FILES.items():
        read = (found / source).read_bytes()
        contents[name] = contents[name] + b"\n" + read if name in contents else read
    return contents


def _licences(found: Path) -> Iterator[str]:
    """Who made what is copied, or is part of it, and on which terms."""
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for path, package in locked.items():
        if path and not package.get("dev"):
            name = path.removeprefix("node_modules/")
            yield f"==== {name} {package['version']}: {package['license']}\n"
            yield from (text.read_text() for text in sorted((found / name).glob("LICEN*")))


def _faces(sheet: str, manifest: Mapping[str, str]) -> Iterator[str]:
    """The font's own description of the files that are taken, under the names they were given."""
    named = {Path(source).stem: manifest[name] for source, name in FILES.items() if source.startswith(INTER)}
    described = {face[1]: face[0] for face in FONT_FACE.finditer(sheet) if face[1] in named}
    if described.keys() != named.keys():
        raise Unable(f"{INTER}/{FONT_SHEET} does not describe {', '.join(sorted(named.keys() - described.keys()))}")
    for stem, face in described.items():
        yield face.replace(f"./files/{stem}.woff2", named[stem])


def _keep(name: str, content: bytes, into: Path) -> str:
    """Write the content under a name that only this content has."""
    stem, _, suffix = name.rpartition(".")
    kept = f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}.{suffix}"
    (into / kept).write_bytes(content)
    return kept


def _fetch(folder: Path) -> None:
    print("aarring: fetching the packages of package-lock.json into var/", file=sys.stderr, flush=True)
    new = folder.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for name in LOCKED:
        shutil.copyfile(ROOT / name, new / name)
    done = npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=new)
    if done.returncode != 0:
        raise Unable(f"the packages of package-lock.json could not be fetched from npm's registry:\n{done.stderr}")
    new.rename(folder)


@contextmanager
def _alone() -> Iterator[None]:
    """While nobody else fetches or copies."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    with (TOOLS / "npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _made_from(vendor: Path) -> str | None:
    stamp = vendor / ".made-from"
    return stamp.read_text() if stamp.exists() else None


def _fingerprint(*files: Path) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]


def main(asked: list[str]) -> None:
    try:
        make()
    except Unable as reason:
        if BLANK not in asked:
            sys.exit(f"aarring: {reason}")
        make_blank()
        print(f"aarring: {reason}\naarring: what needs them is not tested", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
