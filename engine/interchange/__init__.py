"""An author's file of Camunda 7, Camunda 8 or any other vendor, read into the one dialect: `engine.diagram`.

    diagram, findings = read("noise.bpmn", data)

The author's bytes are never changed.
"""

from __future__ import annotations

from engine.interchange.reading import read

__all__ = ["read"]
