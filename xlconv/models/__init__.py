"""Layers out of other programs' model files, without these programs."""
