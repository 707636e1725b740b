"""Render the plans as pictures: `python -m tools.pictures` writes `docs/pictures/<plan>.svg`. It changes no plan.

Needs the npm packages of `frontend/` and a chromium; each is what the project installs for its own pages and tests.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
VIEWER = ROOT / "frontend/node_modules/bpmn-js/dist/bpmn-navigated-viewer.production.min.js"
CHROMIUM = os.environ.get("BANJIE_CHROMIUM", "/usr/bin/chromium")
DRAW = """async xml => {
  const viewer = new BpmnJS({container: '#canvas'});
  const {warnings} = await viewer.importXML(xml);
  const {svg} = await viewer.saveSVG();
  return {svg, warnings: warnings.map(warning => warning.message)};
}"""


def render(files: list[Path], folder: Path) -> list[str]:
    """Write an SVG of each file into `folder`; return what the viewer complained of."""
    complaints = []
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-quic"])
        page = browser.new_page()
        for path in files:
            page.set_content("<div id='canvas' style='width:1600px;height:900px'></div>")
            page.add_script_tag(content=VIEWER.read_text("utf-8"))
            drawn = page.evaluate(DRAW, path.read_text("utf-8"))
            complaints += [f"{path.name}: {warning}" for warning in drawn["warnings"]]
            (folder / f"{path.stem}.svg").write_text(drawn["svg"].rstrip() + "\n", "utf-8")
        browser.close()
    return complaints


def main(arguments: list[str] | None = None) -> int:
    """Render the files named on the command line, or every plan."""
    parser = argparse.ArgumentParser(description="Render plans as SVG.")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--into", type=Path, default=ROOT / "docs/pictures")
    options = parser.parse_args(arguments)
    complaints = render(options.files or sorted((ROOT / "processes").glob("*.bpmn")), options.into)
    sys.stdout.writelines(f"{complaint}\n" for complaint in complaints)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
