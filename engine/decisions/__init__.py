"""DMN decisions (1.1 to 1.6): tables, boxed expressions, requirement graphs, services, imports; built on engine.feel.

model = load(xml)
model.evaluate("severity", {"decibels": 70, "at_night": True})
"""

from __future__ import annotations

from engine.decisions.command import decide, explain
from engine.decisions.faults import DecisionFault, Fault
from engine.decisions.model import DecisionInfo, Explanation, Model
from engine.decisions.reader import NAMESPACES, load

__all__ = ["NAMESPACES", "DecisionFault", "DecisionInfo", "Explanation", "Fault", "Model", "decide", "explain", "load"]
