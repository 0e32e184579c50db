#!/usr/bin/env python3
"""Reads YAML with readers that tenantry does not share code with, and compares what they see with what was meant.

    read_yaml.py FILE.yaml FILE.json

FILE.yaml is a stream of documents; FILE.json holds an array with the value of each. Values and types must match: the
text "1", the number 1 and true are three different things. Prints one line per difference.

Exit status: 0 if every reader agrees, 1 on any difference, 2 if the arguments or FILE.json are unusable.
Needs the packages of requirements.txt, with PyYAML built on libyaml.
"""

import json
import sys

import yaml
from ruamel.yaml import YAML


def ruamel(text):
    """Reads with ruamel.yaml, as YAML 1.2 unless a directive says otherwise."""
    return YAML(typ="safe", pure=True).load_all(text)


def ruamel_1_1(text):
    """Reads with ruamel.yaml as YAML 1.1.

    Its attribute `version` ends with the first `---` without any notice; only a directive holds for the whole stream.
    """
    lines = (line for line in text.split("\n") if line and not line.startswith("#"))
    has_start = next(lines, "").startswith("---")
    return ruamel("%YAML 1.1\n" + ("" if has_start else "---\n") + text)


READERS = {
    "PyYAML (libyaml)": lambda text: yaml.load_all(text, Loader=yaml.CSafeLoader),
    "PyYAML (pure)": lambda text: yaml.load_all(text, Loader=yaml.SafeLoader),
    "ruamel.yaml 1.2": ruamel,
    "ruamel.yaml 1.1": ruamel_1_1,
}


def differences(wanted, found, place):
    """Yields a line for each place where the two values are not the same."""
    if type(wanted) is not type(found):
        yield f"{place}: expected {wanted!r}, found {found!r}"
    elif isinstance(wanted, dict):
        # Two keys may be equal in Python and still differ in type: 1 and true.
        for key in found:
            if not isinstance(key, str) or key not in wanted:
                yield f"{place}: unexpected key {key!r}"
        for key, value in wanted.items():
            if key in found:
                yield from differences(value, found[key], f"{place}.{key!a}")
            else:
                yield f"{place}: missing key {key!r}"
    elif isinstance(wanted, list):
        if len(wanted) != len(found):
            yield f"{place}: expected {len(wanted)} items, found {len(found)}"
        for index, (one, other) in enumerate(zip(wanted, found)):
            yield from differences(one, other, f"{place}[{index}]")
    elif wanted != found:
        yield f"{place}: expected {wanted!r}, found {found!r}"


def check(name, read, text, wanted):
    """Yields the differences of one reader. An error ends its reading, since nothing after it can be trusted."""
    count = 0
    try:
        for found in read(text):
            if count < len(wanted):
                yield from differences(wanted[count], found, f"{name}: document {count}")
            count += 1
    except Exception as error:  # Whatever the reader raises is a finding, not only its own kinds of error.
        yield f"{name}: document {count}: " + " ".join(str(error).split())
        return
    if count != len(wanted):
        yield f"{name}: expected {len(wanted)} documents, found {count}"


def main(arguments):
    """Returns the exit status."""
    try:
        yaml_file, json_file = arguments
        with open(yaml_file, encoding="utf-8", newline="") as file:
            text = file.read()
        with open(json_file, encoding="utf-8") as file:
            wanted = json.load(file)
    except (OSError, ValueError) as error:
        print(f"usage: read_yaml.py FILE.yaml FILE.json ({error})", file=sys.stderr)
        return 2
    status = 0
    for name, read in READERS.items():
        for line in check(name, read, text, wanted):
            print(line.encode("ascii", "backslashreplace").decode())
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
