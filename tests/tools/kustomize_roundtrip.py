#!/usr/bin/env python3
"""Does kustomize give back exactly the objects of a folder?

usage: kustomize_roundtrip.py FOLDER...

Each folder's *.yaml and *.yml files are copied aside, listed in a generated
kustomization.yaml and built with `kustomize build` (or `kubectl kustomize`).
Input and output are compared as values: nothing lost, nothing added, nothing
changed. One line per difference, then a line of counts. Exit code: 0 equal,
1 different, 2 the judge could not do its work.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

try:
    from validate_objects import KUSTOMIZE_GROUP, Loader, is_component, shorten, split_api_version
    import yaml
except ImportError as error:
    print(f"kustomize_roundtrip: {error}; install requirements.txt first", file=sys.stderr)
    sys.exit(2)


class Trouble(Exception):
    """The judge cannot work; not a verdict."""


def identity(value):
    """What names an object, for messages and for pairing both sides."""
    metadata = value.get("metadata") or {}
    group, _ = split_api_version(value["apiVersion"])
    return (group, value["kind"], metadata.get("namespace"), metadata.get("name"))


def title(key):
    group, kind, namespace, name = key
    return f"{kind}{'.' + group if group else ''} {namespace + '/' if namespace else ''}{name}"


def objects(text, origin, into, problems):
    try:
        for value in yaml.load_all(text, Loader=Loader):
            if value is None:
                continue
            if not isinstance(value, dict) or not isinstance(value.get("apiVersion"), str) \
                    or not isinstance(value.get("kind"), str):
                problems.append(f"{origin}: a document without apiVersion and kind")
                continue
            key = identity(value)
            if key in into:
                problems.append(f"{origin}: {title(key)}: twice")
            into[key] = (origin, value)
    except yaml.YAMLError as error:
        problems.append(f"{origin}: {shorten(error)}")


def differences(ours, theirs, place=""):
    """Where two values differ; true is not 1, and 1 is not 1.0."""
    here = place or "(object)"
    if type(ours) is not type(theirs):
        yield f"{here}: {show(ours)} became {show(theirs)}"
    elif isinstance(ours, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            child = f"{place}.{key}" if place else key
            if key not in theirs:
                yield f"{child}: lost, was {show(ours[key])}"
            elif key not in ours:
                yield f"{child}: added, is {show(theirs[key])}"
            else:
                yield from differences(ours[key], theirs[key], child)
    elif isinstance(ours, list):
        if len(ours) != len(theirs):
            yield f"{here}: {len(ours)} items became {len(theirs)}"
        for index, (left, right) in enumerate(zip(ours, theirs)):
            yield from differences(left, right, f"{place}.{index}" if place else str(index))
    elif ours != theirs:
        yield f"{here}: {show(ours)} became {show(theirs)}"


def show(value):
    return shorten(json.dumps(value, ensure_ascii=False, default=repr), 120)


def command():
    if shutil.which("kustomize"):
        return ["kustomize", "build"]
    if shutil.which("kubectl"):
        return ["kubectl", "kustomize"]
    raise Trouble("neither kustomize nor kubectl is on PATH")


def judge(folder):
    """(number of objects, problems) of one folder."""
    if not os.path.isdir(folder):
        raise Trouble(f"no such folder: {folder}")
    before, problems, resources = {}, [], []
    with tempfile.TemporaryDirectory(prefix="tenantry-kustomize-") as copy:
        for base, folders, names in os.walk(folder):
            folders.sort()
            if is_component(base):
                folders.clear()
                continue
            for name in sorted(names):
                path = os.path.join(base, name)
                relative = os.path.relpath(path, folder)
                if not name.endswith((".yaml", ".yml")):
                    continue
                with open(path, "rb") as file:
                    data = file.read()
                found = {}
                objects(data, relative, found, problems)
                if found and all(key[0] == KUSTOMIZE_GROUP for key in found):
                    continue  # a kustomization of the folder's own
                for key, value in found.items():
                    if key in before:
                        problems.append(f"{relative}: {title(key)}: also in {before[key][0]}")
                    before[key] = value
                target = os.path.join(copy, relative)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "wb") as file:
                    file.write(data)
                resources.append(relative.replace(os.sep, "/"))
        if not resources:
            raise Trouble(f"no manifests in {folder}")
        with open(os.path.join(copy, "kustomization.yaml"), "w", encoding="utf-8") as file:
            # JSON is YAML, and quotes every name.
            json.dump({"apiVersion": f"{KUSTOMIZE_GROUP}/v1beta1", "kind": "Kustomization",
                       "resources": sorted(resources)}, file)
        run = subprocess.run(command() + [copy], capture_output=True, check=False)
    if run.returncode != 0:
        reason = shorten(run.stderr.decode("utf-8", "replace"), 600)
        return len(before), problems + [f"kustomize refused the folder: {reason}"]

    after = {}
    objects(run.stdout, "kustomize's output", after, problems)
    for key, (origin, value) in before.items():
        if key not in after:
            problems.append(f"{origin}: {title(key)}: lost")
        else:
            problems += [f"{origin}: {title(key)}: {line}"
                         for line in differences(value, after[key][1])]
    problems += [f"{title(key)}: added" for key in after if key not in before]
    return len(before), problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    options = parser.parse_args()
    total = bad = 0
    try:
        for folder in options.folders:
            count, problems = judge(folder)
            for line in problems:
                print(f"{folder}: {line}")
            total += count
            bad += len(problems)
    except (Trouble, OSError) as error:
        print(f"kustomize_roundtrip: {error}", file=sys.stderr)
        return 2
    print(f"{total} objects through {' '.join(command())}, {bad} differences")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
