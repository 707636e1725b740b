"""Small DMN files for tests, written as short as they can be."""

from __future__ import annotations

from html import escape

from engine import decisions

NS_13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def definitions(body: str, *, namespace: str = "https://example.org/test", dmn: str = NS_13, more: str = "") -> bytes:
    """Return a whole file around `body`."""
    return (
        f'<definitions xmlns="{dmn}" namespace="{namespace}" name="test" id="test" {more}>{body}</definitions>'.encode()
    )


def model(body: str, **options: object) -> decisions.Model:
    """Return the model of a file around `body`; it must have no findings."""
    made = decisions.load(definitions(body), **options)  # type: ignore[arg-type]
    assert not made.findings, made.findings
    return made


def literal(text: str, type_: str = "") -> str:
    """Return a literal expression."""
    ref = f' typeRef="{type_}"' if type_ else ""
    return f"<literalExpression{ref}><text>{escape(text)}</text></literalExpression>"


def decision(name: str, logic: str, *needs: str, type_: str = "") -> str:
    """Return a decision that requires `needs`: "i:..." inputs, "d:..." decisions, "k:..." functions and services."""
    kinds = {"i": ("information", "Input"), "d": ("information", "Decision"), "k": ("knowledge", "Knowledge")}
    parts = "".join(
        f'<{kinds[need[0]][0]}Requirement><required{kinds[need[0]][1]} href="{need[2:]}"/></{kinds[need[0]][0]}Requirement>'
        for need in needs
    )
    ref = f' typeRef="{type_}"' if type_ else ""
    return f'<decision id="{name}" name="{name}"><variable name="{name}"{ref}/>{parts}{logic}</decision>'


def input_data(name: str, type_: str = "") -> str:
    """Return an input."""
    ref = f' typeRef="{type_}"' if type_ else ""
    return f'<inputData id="{name}" name="{name}"><variable name="{name}"{ref}/></inputData>'


def table(policy: str, inputs: str, outputs: str, *rules: str, more: str = "") -> str:
    """Return a table. `inputs`: expressions, `outputs`: names, `rules`: cells; all parted by |."""
    columns = "".join(
        f"<input><inputExpression><text>{escape(text.strip())}</text></inputExpression></input>"
        for text in inputs.split("|")
    )
    names = outputs.split("|")
    results = "".join(f'<output name="{name.strip()}"/>' for name in names)
    rows = ""
    for rule in rules:
        cells = [cell.strip() for cell in rule.split("|")]
        tests, values = cells[: -len(names)], cells[-len(names) :]
        rows += "<rule>" + "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in tests)
        rows += "".join(f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in values) + "</rule>"
    return f'<decisionTable hitPolicy="{policy}" {more}>{columns}{results}{rows}</decisionTable>'


def output(name: str, values: str = "", default: str = "", type_: str = "") -> str:
    """Return an output column with its values and default."""
    ref = f' typeRef="{type_}"' if type_ else ""
    inner = f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
    inner += f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    return f'<output name="{name}"{ref}>{inner}</output>'
