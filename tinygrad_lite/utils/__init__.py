"""Utilities beside the engine: `utils.data`, from data sets to mini-batches."""

from . import data as data
