#!/usr/bin/env python3
"""Prints the licences of what is linked into the program: third_party.py TARGET.

A binary hands on other people's work, and their licences ask to be handed on with it. Which crates these are, cargo says;
the texts are those that the crates carry. The same lock file gives the same bytes.
"""

import json
import pathlib
import subprocess
import sys

HEAD = """\
tenantry is linked with the crates below. Texts that several of them carry are printed once.

It also holds the standard library of Rust (https://github.com/rust-lang/rust, MIT OR Apache-2.0) and the C library musl
(https://musl.libc.org, MIT, Copyright (c) 2005-2020 Rich Felker, et al.).
"""
NAMES = ("license", "licence", "copying", "notice", "unlicense")


def linked(target):
    """The packages that the program is linked with, in the order of their names and versions."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", target]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]
    seen, ahead = set(), [root]
    while ahead:
        at = ahead.pop()
        if at not in seen:
            seen.add(at)
            normal = lambda dep: any(kind["kind"] is None for kind in dep["dep_kinds"])
            ahead.extend(dep["pkg"] for dep in nodes[at]["deps"] if normal(dep))
    packages = [package for package in metadata["packages"] if package["id"] in seen - {root}]
    return sorted(packages, key=lambda package: (package["name"], package["version"]))


def texts(package):
    """The texts of a package's licences, by the names of their files."""
    folder = pathlib.Path(package["manifest_path"]).parent
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name.lower().startswith(NAMES):
            yield path.name, "\n".join(line.rstrip() for line in path.read_text("utf-8").splitlines()).strip("\n")


def main():
    packages = linked(sys.argv[1])
    lines, carried = [HEAD], {}
    for package in packages:
        name = f"{package['name']} {package['version']}"
        if not package["license"]:
            sys.exit(f"{name} names no licence")
        lines.append(f"{name}: {package['license']}")
        if package["authors"]:
            lines.append(f"    by {', '.join(package['authors'])}")
        for file, text in texts(package):
            carried.setdefault(text, []).append(f"{name} ({file})")
    for text, carriers in carried.items():
        lines += ["", "-" * 80, *carriers, "", text]
    sys.stdout.buffer.write(("\n".join(lines) + "\n").encode())


main()
