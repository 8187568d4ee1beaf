"""The dossier leaves the house: one signed file for the ministry, and later supplements to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.review.application.dossier_contents import DossierContents, Following
from services.review.application.dossiers import answer, found, secretary
from services.review.application.sealing import seal, subject_of
from services.review.bundle import Archive, BundleFolder, BundleKey, Report, files, pack
from services.review.clients import Submissions
from services.review.dossier import Dossier, Line
from services.review.dossier.state import Bundle
from services.review.review import Review
from services.review.views.dossiers import heard_of
from shared.asked import Asked
from shared.desk import Desk, Done, Unavailable, UnitOfWork
from shared.domain import Acting, Refused
from shared.eventstore import EventStore
from shared.read_rows import Rows
from shared.vault import Vault


@dataclass(frozen=True)
class Ready:
    """A dossier that a bundle may be made of, and what was heard of the reports in it before the making began."""

    dossier: Dossier
    by: Acting
    reports: Sequence[UUID]
    heard: frozenset[tuple[object, ...]]

    def is_still(self, dossier: Dossier, rows: Rows) -> bool:
        """Whether a bundle made of it says what is known now."""
        return dossier.version == self.dossier.version and heard_of(rows, self.reports) == self.heard


class Sending:
    """The use cases of a bundle.

    The file is made and kept first and told by an event after.  When something fails in between, or a text is
    removed or a late answer heard, the same is done again, and the file that no event tells of is tidied away.
    """

    def __init__(
        self,
        desk: Desk,
        store: EventStore,
        vault: Vault,
        submissions: Submissions,
        folder: BundleFolder,
        key: BundleKey,
    ) -> None:
        self._desk, self._store, self._vault = desk, store, vault
        self._submissions, self._folder, self._key = submissions, folder, key
        self._contents = DossierContents(store, vault)
        self._one_at_a_time = asyncio.Lock()

    async def send(self, asked: Asked, year: int) -> Done:
        """Send the dossier, as the meeting had it before it, to the ministry."""
        async with self._one_at_a_time:
            ready = await asyncio.to_thread(
                self._ready, asked, year, Dossier.must_be_sendable, Dossier.presented_reports
            )
            bundle = await self._made(asked, ready, None) if ready else None

            def decide(unit: UnitOfWork) -> Mapping[str, Any]:
                by = secretary(unit.rows, asked)
                dossier = found(unit, year)
                dossier.must_be_sendable()
                dossier.send(_must_be_of_now(bundle, ready, dossier, unit), by=by, at=asked.at)
                for report_id in dossier.presented_reports():
                    unit.get(Review, Review.identify(report_id)).send(by=by, at=asked.at)
                return _told(dossier, bundle)

            done = await self._desk.do(asked.command(decide))
            await self._tidy(year, None, done)
            return done

    async def supplement(self, asked: Asked, year: int, units: Sequence[UUID], reason: str) -> Done:
        """Send the reports of some units as they stand now after a dossier, with the reason."""
        async with self._one_at_a_time:
            ready = await asyncio.to_thread(
                self._ready, asked, year, lambda d: d.must_be_supplementable(units), lambda d: d.reports_of(units)
            )
            number = ready.dossier.next_supplement() if ready else 0
            bundle = await self._made(asked, ready, Following(number, reason, units)) if ready else None
            subject = subject_of("dossier", Dossier.identify(year), f"supplement.{number}")
            sealed = await seal(self._vault, subject, reason)

            def decide(unit: UnitOfWork) -> Mapping[str, Any]:
                by = secretary(unit.rows, asked)
                dossier = found(unit, year)
                dossier.must_be_supplementable(units)
                made = _must_be_of_now(bundle, ready, dossier, unit)
                dossier.supplement(number, units, sealed, made, by=by, at=asked.at)
                return {**_told(dossier, bundle), "number": number}

            done = await self._desk.do(asked.command(decide))
            await self._tidy(year, done.answer["number"], done)
            return done

    def _ready(
        self,
        asked: Asked,
        year: int,
        rule: Callable[[Dossier], object],
        reports_of: Callable[[Dossier], Sequence[UUID]],
    ) -> Ready | None:
        """The dossier when a bundle may be made of it; else the decision says why, or that it was done before."""
        by = secretary(self._store.rows, asked)
        dossier = self._store.load(Dossier, Dossier.identify(year))
        if dossier is None:
            return None
        try:
            rule(dossier)
        except Refused:
            return None
        reports = reports_of(dossier)
        return Ready(dossier, by, reports, heard_of(self._store.rows, reports))

    async def _made(self, asked: Asked, ready: Ready, following: Following | None) -> Bundle:
        """The bundle, on the disk."""
        dossier, by = ready.dossier, ready.by
        wanted = await asyncio.to_thread(self._contents.submissions, dossier, following)
        reports = [await self._report(*each) for each in wanted]
        about = {
            "kind": "supplement" if following else "dossier",
            "year": dossier.state.year,
            "number": following.number if following else None,
            "made_at": asked.at.isoformat(),
            "made_by": {"subject": by.subject, "role": by.role},
        }

        def make() -> Archive:
            archive = pack(files(self._contents.of(dossier, reports, following)), about, self._key)
            self._folder.keep(stem(dossier.state.year, following.number if following else None), archive)
            return archive

        archive = await asyncio.to_thread(make)
        return Bundle(
            sha256=archive.sha256,
            size=len(archive.content),
            manifest_sha256=archive.manifest_sha256,
            key_id=archive.key_id,
            files=archive.files,
        )

    async def _report(self, line: Line, submission_id: UUID, sha256: str) -> Report:
        submission = await self._submissions.read(submission_id, sha256)
        named = submission["report"]["template"]
        template = await self._submissions.template(named["key"], named["version"])
        return Report(unit_code=line.unit_code, submission=submission, template=template)

    async def _tidy(self, year: int, number: int | None, done: Done) -> None:
        await asyncio.to_thread(self._folder.tidy, stem(year, number), [done.answer["sha256"]])


def stem(year: int, number: int | None = None) -> str:
    """What the file of a dossier, or of its ``number``-th supplement, is called."""
    return f"supplement-{year}-{number}" if number else f"dossier-{year}"


def _told(dossier: Dossier, bundle: Bundle | None) -> dict[str, Any]:
    return {**answer(dossier), "sha256": bundle and bundle.sha256}


def _must_be_of_now(bundle: Bundle | None, ready: Ready | None, dossier: Dossier, unit: UnitOfWork) -> Bundle:
    """What was heard while the bundle was made is neither in it nor due after it: the same request makes it anew."""
    if bundle is None or ready is None or not ready.is_still(dossier, unit.rows):
        raise Unavailable("the dossier or a report in it changed while the bundle was made")
    return bundle
