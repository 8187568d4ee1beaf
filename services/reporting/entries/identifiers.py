"""The two identifiers a scientific article is found by, however they were pasted: DOI and PMID."""

from __future__ import annotations

import re
import string
from typing import Annotated
from urllib.parse import unquote

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from services.reporting.entries.fields import LINK, Blankable

_RESOLVER = re.compile(r"(?:https?://)?(?:www\.)?(?:dx\.)?doi\.org/", re.IGNORECASE)
_DOI_LABEL = re.compile(r"doi\s*:\s*", re.IGNORECASE)
_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\x00-\x1f\x7f]+")
_PMID_LABEL = re.compile(
    r"(?:pmid\s*:?\s*|(?:https?://)?(?:pubmed\.ncbi\.nlm\.nih\.gov|www\.ncbi\.nlm\.nih\.gov/pubmed)/)",
    re.IGNORECASE,
)
_PMID = re.compile(r"0*([1-9][0-9]{0,8})/?")
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def normalise_doi(text: str) -> str:
    """``https://doi.org/10.1000/ABC`` as ``10.1000/abc``: a DOI is the same in capitals and small letters."""
    bare = _DOI_LABEL.sub("", text, count=1) if _DOI_LABEL.match(text) else text
    if found := _RESOLVER.match(bare):
        bare = unquote(bare[found.end() :])
    if not _DOI.fullmatch(bare) or len(bare) > LINK:
        raise PydanticCustomError("doi_malformed", "A DOI is written as in 10.1000/182")
    return bare.translate(_LOWER)


def normalise_pmid(text: str) -> str:
    """The digits of ``PMID: 12345678`` or of a link to PubMed."""
    found = _PMID.fullmatch(_PMID_LABEL.sub("", text, count=1) if _PMID_LABEL.match(text) else text)
    if not found:
        raise PydanticCustomError("pmid_malformed", "A PMID has one to nine digits")
    return found.group(1)


_Pasted = StringConstraints(strip_whitespace=True, max_length=LINK)
Doi = Blankable[Annotated[str, _Pasted, AfterValidator(normalise_doi)]]
Pmid = Blankable[Annotated[str, _Pasted, AfterValidator(normalise_pmid)]]
