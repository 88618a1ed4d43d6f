"""Every signature against the real texts that it was made from, and against each other."""

from __future__ import annotations

import re

import pytest

from chaosmod.diagnose.signatures import Example, Signature, signatures

FAMILIES = {
    "proxy", "sumdb", "transport", "dns", "tls", "vcs",
    "content", "gosum", "cache", "disk", "configuration", "workspace",
}  # fmt: skip
EXAMPLES = [pytest.param(s, e, id=f"{s.name}-go{e.go}-{n}") for s in signatures() for n, e in enumerate(s.examples)]


@pytest.mark.parametrize(("signature", "example"), EXAMPLES)
def test_the_first_signature_that_matches_a_real_text_is_its_own(signature: Signature, example: Example) -> None:
    first = next(s for s in signatures() if s.pattern.search(example.text))
    assert first.name == signature.name


@pytest.mark.parametrize("signature", signatures(), ids=lambda s: s.name)
def test_a_similar_text_does_not_match(signature: Signature) -> None:
    assert signature.unlike
    assert not signature.pattern.search(signature.unlike)


@pytest.mark.parametrize("signature", signatures(), ids=lambda s: s.name)
def test_entries_are_complete(signature: Signature) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", signature.name)
    assert signature.family in FAMILIES
    assert signature.meaning.endswith(".")
    assert signature.examples
    assert all(re.fullmatch(r"1\.\d+\.\d+", e.go) for e in signature.examples)


@pytest.mark.parametrize(("signature", "example"), EXAMPLES)
def test_what_go_calls_a_security_error_is_marked(signature: Signature, example: Example) -> None:
    assert signature.security is ("SECURITY ERROR" in example.text)


def test_names_are_unique() -> None:
    names = [s.name for s in signatures()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("signature", "example"), EXAMPLES)
def test_examples_name_reserved_hosts_and_no_path_of_a_machine(signature: Signature, example: Example) -> None:
    hosts = re.findall(r"https?://(?:[^\s/@]*@)?([\w.-]*)", example.text)
    assert all(h.endswith((".example", "127.0.0.1", "go.dev", "golang.org")) for h in hosts if h), signature.name
    assert not re.search(r"/(?:home|root|tmp|usr|var|work)/", example.text)


@pytest.mark.parametrize("signature", [s for s in signatures() if s.since], ids=lambda s: s.name)
def test_no_example_is_older_than_since(signature: Signature) -> None:
    def number(release: str) -> tuple[int, ...]:
        return tuple(int(part) for part in release.split("."))

    assert all(number(e.go) >= number(signature.since) for e in signature.examples)
