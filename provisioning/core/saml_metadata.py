"""SAML metadata documents by what they say: white space, comments and the order of attributes don't count.

Read by canonical XML (W3C C14N 2.0). Pure. A document type is refused: it can pull in files and grow without bound.
"""

import hashlib
import re
from xml.etree.ElementTree import ParseError, canonicalize, fromstring

_DOCTYPE = re.compile(r"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_DESCRIPTORS = (
    "{urn:oasis:names:tc:SAML:2.0:metadata}EntityDescriptor",
    "{urn:oasis:names:tc:SAML:2.0:metadata}EntitiesDescriptor",
)


class MetadataError(ValueError):
    """Text that is no SAML metadata; the message says why."""


def metadata_digest(text: str) -> str:
    """SHA-256 of the document's canonical form. Raises MetadataError."""
    return hashlib.sha256(_canonical(text).encode()).hexdigest()


def stored_digest(text: str) -> str:
    """The same of what AWS holds; text that can't be read as XML counts as it stands."""
    try:
        return metadata_digest(text)
    except MetadataError:
        return hashlib.sha256(text.encode()).hexdigest()


def check_metadata(text: str) -> None:
    """Raise MetadataError unless this is a SAML 2.0 metadata document."""
    _canonical(text)
    tag = fromstring(text).tag  # noqa: S314 (a document type was refused)
    if tag not in _DESCRIPTORS:
        raise MetadataError("its outermost element is not EntityDescriptor of SAML 2.0")


def _canonical(text: str) -> str:
    if _DOCTYPE.search(text):
        raise MetadataError("a document type (<!DOCTYPE …>) is not allowed")
    try:
        return canonicalize(text, strip_text=True)
    except (ParseError, ValueError) as error:
        raise MetadataError(f"not well-formed XML: {error}") from None
