"""Whether two folders hold the same objects, whatever their files: same.py OUTPUT PEER. Only tenants' objects count."""

import json
import pathlib
import sys

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def objects(paths):
    found = []
    for path in paths:
        found.extend(json.dumps(it, sort_keys=True) for it in yaml.load_all(path.read_text(), LOADER) if it)
    return sorted(found)


output, peer = map(pathlib.Path, sys.argv[1:])
ours = objects([*output.glob("*/tenants/*.yaml"), *output.glob("*/shard-*/*.yaml")])
theirs = objects(path for path in peer.rglob("*") if path.is_file())
if not ours or ours != theirs:
    differing = set(ours) ^ set(theirs)
    sys.exit(f"{peer}: {len(theirs)} objects instead of {len(ours)}; one that differs: {min(differing, default='')[:600]}")
