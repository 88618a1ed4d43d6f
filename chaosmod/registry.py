"""How a catalogue finds its entries: every module of the package is imported once, and each registers what it holds."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Mapping[str, type[T]], Generic[T]):
    """Name -> class, filled by the modules of ``package`` when somebody first looks.

    A module registers by one line at its end: ``RECOVERIES.register(CleanModcache)``. Nothing else needs an edit.
    """

    def __init__(self, package: str, attribute: str) -> None:
        self._package = package
        self._attribute = attribute
        self._entries: dict[str, type[T]] = {}
        self._loaded = False

    def register(self, cls: type[T]) -> type[T]:
        """Add ``cls`` under the name in its own attribute. Raises ValueError where the name is taken."""
        name: str = getattr(cls, self._attribute)
        if self._entries.setdefault(name, cls) is not cls:
            raise ValueError(f"{name!r} is registered twice: {self._entries[name]!r} and {cls!r}")
        return cls

    def _load(self) -> dict[str, type[T]]:
        if not self._loaded:
            package = importlib.import_module(self._package)
            for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
                importlib.import_module(f"{self._package}.{module}")
            self._loaded = True  # only now: a catalogue of which a module cannot be imported must not look complete
        return self._entries

    def __getitem__(self, name: str) -> type[T]:
        return self._load()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._load()))

    def __len__(self) -> int:
        return len(self._load())
