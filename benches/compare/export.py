"""Turns compiled files into what the peers are handed: export.py OUTPUT DATA.

DATA/<cluster>.json has one entry per namespace, with the finished list of who has which role; DATA/each has a file per
namespace.
"""

import json
import pathlib
import sys

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def entry(path, output):
    namespace = {"path": str(path.relative_to(output)), "grants": [], "limits": []}
    bindings = {}
    for it in yaml.load_all(path.read_text(), LOADER):
        kind, name = it["kind"], it["metadata"]["name"]
        if kind == "Namespace":
            namespace["name"] = name
            namespace["owner"] = it["metadata"]["annotations"]["owner"]
        elif kind == "Profile":
            namespace["quota"] = it["spec"]["resourceQuotaSpec"].get("hard", {})
        elif kind == "LimitRange":
            namespace["limits"] = it["spec"]["limits"]
        elif kind == "RoleBinding" and name != "namespaceAdmin":
            said = it["metadata"]["annotations"]
            bindings[name] = {"name": name, "role": said["role"], "user": said["user"], "principals": []}
            namespace["grants"].append(bindings[name])
        elif kind == "AuthorizationPolicy":
            bindings[name]["principals"] = it["spec"]["rules"][0]["from"][0]["source"]["principals"]
    return namespace


def main():
    output, data = map(pathlib.Path, sys.argv[1:])
    (data / "each").mkdir(parents=True)
    for cluster in sorted(output.iterdir()):
        paths = sorted([*cluster.glob("tenants/*.yaml"), *cluster.glob("shard-*/*.yaml")])
        namespaces = [entry(path, output) for path in paths]
        (data / f"{cluster.name}.json").write_text(json.dumps({"namespaces": namespaces}))
        for it in namespaces:
            (data / "each" / f"{it['name']}.json").write_text(json.dumps({"it": it}))


main()
