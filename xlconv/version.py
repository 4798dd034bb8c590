"""The version of xlconv."""

__version__ = "0.1.0"
