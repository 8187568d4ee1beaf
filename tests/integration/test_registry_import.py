"""Units from a table: all or none, told line by line, and the same again when it is sent again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.registry.application.table import ImportHasFaults
from shared.access import NotAllowed
from tests.integration.registry import Client, Service, registry
from tests.stores import Databases
from tests.tokens import Tokens

pytestmark = [pytest.mark.integration, pytest.mark.anyio]
HEADER = "code,kind,name_nb,trusts,regions,note\n"
GOOD = (
    "L-1,national_treatment_service,Nasjonal behandlingstjeneste,Helseforetaket A HF,vest,en merknad\n"
    ",national_centre,Nasjonalt senter for øvelser,Helseforetaket B HF,nord,\n"
    "FF-1,multiregional_treatment_service,Flerregional tjeneste,Helseforetaket A HF;Sykehuset C HF,vest;sor_ost,\n"
)


@pytest.fixture
async def service(databases: Databases, tokens: Tokens) -> AsyncIterator[Service]:
    async with registry(databases, tokens) as running:
        yield running


async def send(by: Client, table: str | bytes, **params: Any) -> httpx.Response:
    query = "&".join(f"{name}={value}" for name, value in params.items())
    return await by.send("POST", f"/imports/units?{query}", content=table, Content_Type="text/csv")


async def test_a_table_is_imported_with_its_trusts_and_groups(service: Service) -> None:
    told = (await send(service.desk, HEADER + GOOD, active_from="2024-01-01")).json()
    assert (told["imported"], told["already_there"], told["fault"]) == (3, 0, 0)
    assert told["lines"][1]["warnings"] == ["code_made_up"]
    unit = (await service.desk.get(f"/units/{told['lines'][2]['unit_id']}")).json()
    assert unit["trusts"] == ["helseforetaket-a-hf", "sykehuset-c-hf"]
    assert unit["active_from"] == "2024-01-01"
    assert (await service.desk.get(f"/units/{unit['unit_id']}/group")).status_code == 200


async def test_the_same_table_again_changes_nothing(service: Service) -> None:
    first = (await send(service.desk, "\ufeff" + HEADER + GOOD)).json()
    second = (await send(service.desk, HEADER + GOOD)).json()
    assert (second["imported"], second["already_there"]) == (0, 3)
    assert [line["unit_id"] for line in first["lines"]] == [line["unit_id"] for line in second["lines"]]
    renamed = (await send(service.desk, HEADER + GOOD.replace("tjeneste,Helse", "tjenester,Helse"))).json()
    assert renamed["lines"][0]["warnings"] == ["name_differs"]


async def test_all_faults_are_told_and_nothing_is_imported(service: Service) -> None:
    bad = (
        "L-2,spaceship,Romskip,Helseforetaket A HF,vest,\n"
        "L-3,national_centre,Senter,Helseforetaket A HF;Helseforetaket B HF,vest;nord,\n"
        "L-4,national_centre,,Helseforetaket A HF,moon,\n"
        "L-1,national_centre,Senter,Helseforetaket A HF,nord,\n"
        "L-5,national_centre\n"
        "L-6,national_centre,Senter,Helseforetaket A HF;Helseforetaket B HF,vest,\n"
    )
    answer = await send(service.desk, HEADER + GOOD + bad)
    assert (answer.status_code, answer.json()["code"]) == (409, ImportHasFaults.code)
    assert {(fault["code"], fault["pointer"]) for fault in answer.json()["errors"]} == {
        ("unknown_kind", "line:5/kind"),
        ("wrongly_placed", "line:6/trusts"),
        ("name_form", "line:7/name_nb"),
        ("unknown_region", "line:7/regions"),
        ("code_twice", "line:8/code"),
        ("region_differs", "line:8/regions"),
        ("wrong_number_of_columns", "line:9/"),
        ("trusts_and_regions", "line:10/regions"),
    }
    assert (await service.desk.get("/units")).json()["items"] == []


async def test_a_trial_tells_the_same_and_writes_nothing(service: Service) -> None:
    tried = await send(service.desk, HEADER + GOOD + "L-2,spaceship,Romskip,X,vest,\n", dry_run="true")
    assert (tried.status_code, tried.json()["imported"], tried.json()["fault"]) == (200, 3, 1)
    assert (await service.desk.get("/units")).json()["items"] == []


@pytest.mark.parametrize("table", ["", "a,b\n", HEADER + 'L-1,"open', HEADER + "L-1\x00,,,,,\n", HEADER * 2_001])
async def test_what_is_no_table_of_units_is_refused(service: Service, table: str) -> None:
    answer = await send(service.desk, table)
    assert (answer.status_code, answer.json()["code"]) == (409, ImportHasFaults.code)


async def test_other_encodings_are_refused_with_their_place(service: Service) -> None:
    answer = await send(service.desk, (HEADER + "L-1,national_centre,Sølv,A,vest,\n").encode("latin-1"))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "encoding")


async def test_a_desk_imports_units_of_its_own_region_only(service: Service) -> None:
    vest = await service.holder("service_desk", region="vest")
    someone = await service.person()
    assert (await send(vest, HEADER + GOOD)).json()["code"] == NotAllowed.code
    assert (await send(vest, HEADER + GOOD.splitlines()[0] + "\n")).status_code == 201
    assert (await send(someone, HEADER)).json()["code"] == NotAllowed.code
    assert (await send(someone, HEADER, dry_run="true")).json()["code"] == NotAllowed.code
