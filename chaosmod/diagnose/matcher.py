"""From what the go command printed to the name of what happened.

Go's exit status is 1 whatever happened, so its text is all there is. What is named is what Go *says*: a GOPROXY list
that ends in ``direct`` reports the error of ``direct``, also where a proxy of the list had answered 410.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from chaosmod.diagnose.signatures import signatures
from chaosmod.faults.request import parse_target, unescape

__all__ = ["NO_MESSAGE", "OUT_OF_REACH", "Diagnosis", "alarms", "diagnose", "known"]

OUT_OF_REACH = frozenset({"proxy", "sumdb", "transport", "dns", "tls", "vcs"})
"""The families in which Go could not get something, so that nothing is known about what it would have got."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What Go said."""

    name: str
    """The word for it, as in ``expect: {diagnosis: …}``."""
    family: str = ""
    text: str = ""
    """The decisive line, without leading and trailing blanks."""
    meaning: str = ""
    module: str = ""
    version: str = ""
    url: str = ""
    status: int | None = None
    """The HTTP status in the message."""


NO_MESSAGE = Diagnosis("no-message", meaning="A command hung and said nothing: Go itself waits without end.")
"""The diagnosis of a command that was stopped at its time limit and had printed nothing that is known."""

_PATH = r"(?P<module>[\w.~!-]+\.[\w.~!-]+(?:/[\w.~!+-]+)*)"
_NAMED = tuple(
    re.compile(pattern)
    for pattern in (
        _PATH + r"@(?P<version>v\d[^\s:/,;)\"]*)",
        r"/cache/download/" + _PATH + r"/@v/(?P<version>v[^\s:]+)\.(?:zip|ziphash|mod|info|lock)",
        r"^" + _PATH + r" (?P<version>v\d\S*): ",
        r"reading " + _PATH + r"/go\.mod at revision (?P<version>[^\s:]+)",
    )
)
"""How a message names a module and its version, besides in an address."""
_URL = re.compile(r"https?://[^\s\"']+[^\s\"':,]")
_STATUS = re.compile(r": (?P<status>[1-5]\d\d)(?: [A-Z]|$)")
"""Go prints no words after a status that has none (``599``), and the line is read without its last blanks."""


def diagnose(outputs: Iterable[str]) -> Diagnosis | None:
    """The first signature that matches any of ``outputs`` (stderr and stdout of commands), None where none does."""
    texts = [text.replace("\r\n", "\n") for text in outputs if text.strip()]
    for signature in signatures():
        for text in texts:
            if match := signature.pattern.search(text):
                return _read(signature.name, signature.family, signature.meaning, text, match)
    return None


def alarms(outputs: Iterable[str]) -> tuple[Diagnosis, ...]:
    """Everything in ``outputs`` that Go calls a SECURITY ERROR, each time that it says so."""
    texts = [text.replace("\r\n", "\n") for text in outputs if text.strip()]
    return tuple(
        _read(signature.name, signature.family, signature.meaning, text, match)
        for signature in signatures()
        if signature.security
        for text in texts
        for match in signature.pattern.finditer(text)
    )


def known() -> frozenset[str]:
    """Every name that a diagnosis can have."""
    return frozenset(s.name for s in signatures()) | {NO_MESSAGE.name}


def _read(name: str, family: str, meaning: str, text: str, match: re.Match[str]) -> Diagnosis:
    begin = text.rfind("\n", 0, match.start() + 1) + 1
    end = text.find("\n", match.start() + 1)
    line = text[begin : end if end >= 0 else len(text)].strip()
    url = _URL.search(line)
    address = url[0] if url else ""
    bare = _URL.sub("", line)
    named = next((m for pattern in _NAMED if (m := pattern.search(bare))), None)
    target = parse_target(unquote(urlsplit(address).path))
    status = _STATUS.search(line)
    return Diagnosis(
        name=name,
        family=family,
        text=line,
        meaning=meaning,
        module=unescape(named["module"]) if named else target.module,
        version=unescape(named["version"]) if named else target.version,
        url=address,
        status=int(status["status"]) if status else None,
    )
