#!/usr/bin/env python3
"""Packs the program into a wheel: wheel.py IMAGE-FOLDER OUTPUT-FOLDER. Prints the wheel's path.

A wheel that is built by a build backend holds a program that it has built itself. This one holds the very file of the
tarball and of the image, so that one digest speaks for all three. The format: packaging.python.org, "Binary distribution
format" and "Core metadata". The moment in it is that of SOURCE_DATE_EPOCH.
"""

import base64
import hashlib
import os
import pathlib
import re
import sys
import time
import tomllib
import zipfile

# The program is static: it runs with every libc, and with none.
TAGS = ["manylinux_2_17_x86_64", "manylinux2014_x86_64", "musllinux_1_1_x86_64"]
STAGES = {"alpha": "a", "beta": "b", "rc": "rc"}


def python_version(version):
    """The version as Python spells it."""
    found = re.fullmatch(r"(\d+\.\d+\.\d+)(?:-(alpha|beta|rc)\.(\d+))?", version)
    if not found:
        sys.exit(f"{version} has no spelling that pip takes")
    release, stage, number = found.groups()
    return release + (STAGES[stage] + number if stage else "")


def description(package):
    """The README, with links that also lead somewhere outside of the repository."""
    text = pathlib.Path("README.md").read_text("utf-8")
    base = f"{package['repository']}/blob/v{package['version']}/"
    return re.sub(r"\]\((?!https?:|#)([^)]+)\)", lambda link: f"]({base}{link[1]})", text)


def metadata(package, version):
    return "\n".join([
        "Metadata-Version: 2.4",
        f"Name: {package['name']}",
        f"Version: {version}",
        f"Summary: {package['description']}",
        f"Keywords: {','.join(package['keywords'])}",
        f"License-Expression: {package['license']}",
        "License-File: LICENSE",
        "License-File: THIRD-PARTY.txt",
        "Classifier: Environment :: Console",
        "Classifier: Operating System :: POSIX :: Linux",
        "Classifier: Programming Language :: Rust",
        "Classifier: Topic :: System :: Systems Administration",
        f"Project-URL: Source, {package['repository']}",
        f"Project-URL: Changelog, {package['repository']}/blob/main/CHANGELOG.md",
        "Requires-Python: >=3.8",
        "Description-Content-Type: text/markdown",
        "",
        description(package),
    ])


def wheel_file():
    tags = [f"Tag: py3-none-{tag}" for tag in TAGS]
    return "\n".join(["Wheel-Version: 1.0", "Generator: tenantry", "Root-Is-Purelib: false", *tags, ""])


def record(path, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(data)}\n"


def main():
    image, output = map(pathlib.Path, sys.argv[1:])
    package = tomllib.loads(pathlib.Path("Cargo.toml").read_text("utf-8"))["package"]
    version = python_version(package["version"])
    stem = f"{package['name']}-{version}"
    info = f"{stem}.dist-info"
    files = [
        (f"{stem}.data/scripts/tenantry", 0o755, (image / "tenantry").read_bytes()),
        (f"{info}/licenses/LICENSE", 0o644, (image / "LICENSE").read_bytes()),
        (f"{info}/licenses/THIRD-PARTY.txt", 0o644, (image / "THIRD-PARTY.txt").read_bytes()),
        (f"{info}/METADATA", 0o644, metadata(package, version).encode()),
        (f"{info}/WHEEL", 0o644, wheel_file().encode()),
    ]
    records = "".join(record(path, data) for path, _, data in files) + f"{info}/RECORD,,\n"
    files.append((f"{info}/RECORD", 0o644, records.encode()))
    # A zip file knows no time before 1980.
    moment = time.gmtime(max(int(os.environ["SOURCE_DATE_EPOCH"]), 315532800))[:6]
    wheel = output / f"{stem}-py3-none-{'.'.join(TAGS)}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, mode, data in files:
            entry = zipfile.ZipInfo(path, moment)
            entry.create_system = 3
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)
    print(wheel)


main()
