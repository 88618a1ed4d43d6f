"""chaosmod: fault injection for Go module resilience."""

__version__ = "0.1.0"
