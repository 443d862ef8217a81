"""Pictures of the tape. The engine does not know that they exist."""

from .drawing import Drawing as Drawing, draw as draw
