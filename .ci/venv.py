"""Make the virtual environment. Installs Debian's venv package where it is missing and we are root; nothing else."""

import os
import shutil
import subprocess
import sys


def main(folder: str) -> int:
    """Make `folder`; return the exit code."""
    made = subprocess.run([sys.executable, "-m", "venv", folder], check=False)
    if made.returncode == 0:
        return 0
    shutil.rmtree(folder, ignore_errors=True)
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        print("This Python cannot make virtual environments: install its venv package and try again.", file=sys.stderr)
        return 1
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(["apt-get", "install", "-y", "-qq", package], check=True)
    return subprocess.run([sys.executable, "-m", "venv", folder], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
