"""A counter-example is a real run: the modeler plays it on the diagram step by step, so each step must follow from those before."""

from __future__ import annotations

import pytest

from benchmarks import nets
from engine import diagram as d
from engine.checks import check_files
from engine.diagram import Kind, Process
from engine.family import Family
from engine.findings import Finding
from tests.checks.corpus import CODES, FOLDER
from tests.checks.soundness.oracle import replay

SOUND = [code for code in CODES if code.startswith("sound-") and (FOLDER / code / "bad.bpmn").exists()]
PLAIN = {Kind.START, Kind.END, Kind.USER_TASK, Kind.EXCLUSIVE, Kind.PARALLEL}
STANDING = {"sound-deadlock", "sound-unsynchronised", "sound-unbounded"}  # their run ends where a token waits


def runs(files: dict[str, bytes]) -> list[tuple[Process, Finding]]:
    """Return the runs of what is said about soundness, each with its process."""
    family, _ = Family.read(files)
    found = [one for one in check_files(files) if one.code.startswith("sound-") and one.run]
    return [(_process_of(family, finding), finding) for finding in found]


def _process_of(family: Family, finding: Finding) -> Process:
    for process in family.processes.values():
        if {node.id for _, node in process.body.walk()} >= set(finding.run):
            return process
    raise AssertionError(f"{finding.run} are not elements of one process")


def follows(process: Process) -> dict[str, set[str]]:
    """Return from where each element can be come to in one move; "" where a process or an inside begins."""
    found: dict[str, set[str]] = {}
    for scope, node in process.body.walk():
        found[node.id] = {flow.source for flow in node.incoming}
        if node.kind is Kind.BOUNDARY:
            found[node.id].add(node.attached_to or "")
        begins = node.kind is Kind.START or not (node.incoming or node.kind is Kind.BOUNDARY)
        if begins:
            found[node.id].add("")
        link = node.event(d.Link)
        if node.kind is Kind.CATCH and isinstance(link, d.Link):
            found[node.id] |= {
                other.id
                for other in scope.nodes.values()
                if other.kind is Kind.THROW and any(e.name == link.name for e in other.events if isinstance(e, d.Link))
            }
    return found


def plays(process: Process, finding: Finding) -> None:
    """Hold one run against its process, exactly where it has only the plainest kinds of nodes."""
    ways = follows(process)
    done = {""}
    for element in finding.run:
        assert ways[element] & done, f"{element} of {finding.run} comes from nowhere"
        done.add(element)
    nodes = {node.id: node for _, node in process.body.walk()}
    if all(nodes[element].kind in PLAIN and nodes[element].body is None for element in finding.run):
        walked = finding.run[:-1] if finding.code in STANDING else finding.run
        assert finding.code == "sound-livelock" or replay(process, walked), finding.run


@pytest.mark.parametrize("code", SOUND)
def test_the_run_of_a_corpus_diagram_can_be_played(code):
    found = runs({"bad.bpmn": (FOLDER / code / "bad.bpmn").read_bytes()})

    assert found or code in ("sound-dead", "sound-not-proved")
    for process, finding in found:
        plays(process, finding)


@pytest.mark.parametrize("shape", nets.shapes())
def test_the_runs_of_a_large_net_can_be_played(shape):
    for process, finding in runs({"net.bpmn": nets.shapes()[shape]()}):
        plays(process, finding)


@pytest.mark.parametrize("seed", range(40))
def test_the_runs_of_a_random_net_can_be_played(seed):
    for process, finding in runs({"net.bpmn": nets.tangled(seed, 25)}):
        plays(process, finding)
