"""Utilities beside the engine: `utils.data`, from data sets to mini-batches; `utils.dlpack`, shared memory."""

from . import data as data, dlpack as dlpack
