"""The error codes of HTTP/2 by name (RFC 9113, section 7)."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

__all__ = ["CodeName", "code_of", "name_of"]

CodeName: TypeAlias = Literal[
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY",
    "HTTP_1_1_REQUIRED",
]
"""In the order of the codes, which begin with 0."""


def code_of(name: CodeName) -> int:
    """The code on the wire.

    >>> code_of("REFUSED_STREAM")
    7
    """
    return get_args(CodeName).index(name)


def name_of(code: int) -> str:
    """The name of a code; codes that have none are legal too."""
    names = get_args(CodeName)
    return str(names[code]) if code < len(names) else f"code {code}"
