#!/usr/bin/env python3
"""Judge rendered objects the way an API server would, without one.

usage: validate_objects.py [--crds DIR] [--kubernetes VERSION]... FILE_OR_FOLDER...

Folders are read recursively for *.yaml and *.yml; "-" is standard input. One
line per problem goes to standard output, then one line of counts. Exit code:
0 nothing found, 1 problems found, 2 the judge could not do its work.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import collections
import datetime
import json
import os
import re
import sys

try:
    import kubernetes_validate
    import yaml
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend
    from referencing import Registry, Resource
except ImportError as error:
    print(f"validate_objects: {error}; install requirements.txt first", file=sys.stderr)
    sys.exit(2)

KUSTOMIZE_GROUP = "kustomize.config.k8s.io"
RBAC = "rbac.authorization.k8s.io"

# Built-in kinds that have no namespace; every other built-in kind has one.
CLUSTER_KINDS = {
    ("", kind) for kind in ("Namespace", "Node", "PersistentVolume", "ComponentStatus")
} | {
    (RBAC, "ClusterRole"),
    (RBAC, "ClusterRoleBinding"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "APIService"),
    ("certificates.k8s.io", "CertificateSigningRequest"),
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
    ("networking.k8s.io", "IngressClass"),
    ("node.k8s.io", "RuntimeClass"),
    ("scheduling.k8s.io", "PriorityClass"),
    ("storage.k8s.io", "CSIDriver"),
    ("storage.k8s.io", "CSINode"),
    ("storage.k8s.io", "StorageClass"),
    ("storage.k8s.io", "VolumeAttachment"),
} | {
    ("admissionregistration.k8s.io", kind)
    for kind in (
        "MutatingWebhookConfiguration",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
    )
}

# Names that end up as a namespace or a host name are DNS labels.
LABEL_NAMES = {("", "Namespace"), ("", "Service"), ("kubeflow.org", "Profile")}

SERVER_FIELDS = (
    "creationTimestamp", "deletionTimestamp", "generation", "managedFields",
    "resourceVersion", "selfLink", "uid",
)

DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
DNS_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\Z")
DATA_KEY = re.compile(r"[-._a-zA-Z0-9]+\Z")
QUANTITY = re.compile(
    r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?\Z"
)


# --- reading ----------------------------------------------------------------


PlainLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Loader(PlainLoader):
    """YAML 1.1, as API servers and most tools read it; duplicate keys are errors."""


def _mapping(loader, node, deep=False):
    keys = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise yaml.constructor.ConstructorError(
                None, None, f"key {key!r} is not a string", key_node.start_mark)
        if key in keys:
            raise yaml.constructor.ConstructorError(
                None, None, f"key {key!r} twice in one mapping", key_node.start_mark)
        keys.add(key)
    return yaml.constructor.SafeConstructor.construct_mapping(loader, node, deep=True)


Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
# A plain "=" is text; PyYAML itself refuses it.
Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: str(node.value))


def yaml_files(arguments):
    """The files to read, sorted, without the parts that are not whole objects.

    A folder whose kustomization is a Component holds patches, which are
    deliberately incomplete, so it is left out unless a file is named itself.
    """
    for argument in arguments:
        if argument == "-" or os.path.isfile(argument):
            yield argument
            continue
        if not os.path.isdir(argument):
            raise OSError(f"no such file or folder: {argument}")
        for folder, folders, names in os.walk(argument):
            folders.sort()
            if is_component(folder):
                folders.clear()
                continue
            for name in sorted(names):
                if name.endswith((".yaml", ".yml")):
                    yield os.path.join(folder, name)


def is_component(folder):
    for name in ("kustomization.yaml", "kustomization.yml", "Kustomization"):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                if re.search(r"^kind:\s*[\"']?Component\b", file.read(), re.MULTILINE):
                    return True
    return False


def documents(path):
    """(place, object) for every document of a file that is not empty."""
    name = "<stdin>" if path == "-" else path
    stream = sys.stdin.buffer.read() if path == "-" else open(path, "rb").read()
    loader = Loader(stream)
    try:
        number = 0
        while loader.check_node():
            node = loader.get_node()
            number += 1
            value = loader.construct_document(node)
            if value is not None:
                yield f"{name}:{node.start_mark.line + 1}", value
    finally:
        loader.dispose()


# --- schemas ----------------------------------------------------------------


def split_api_version(api_version):
    group, slash, version = api_version.rpartition("/")
    return (group if slash else ""), version


class Builtin:
    """The strict schemas of one Kubernetes version, as kubernetes-validate bundles them."""

    def __init__(self, version):
        package = os.path.dirname(kubernetes_validate.__file__)
        self.version = ".".join(version.split(".")[:2])
        self.folder = os.path.join(package, "kubernetes-json-schema", f"v{version}-local-strict")
        definitions = self._load("_definitions.json")
        self.registry = Resource.from_contents(definitions) @ Registry()
        meta = f"{definitions['$id']}#/$defs/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
        self.meta = Validator({"$ref": meta}, registry=self.registry, format_checker=FORMATS)
        self.validators = {}

    def _load(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return json.load(file)

    def validator(self, group, version, kind):
        key = (group, version, kind)
        if key not in self.validators:
            prefix = group.split(".")[0]
            name = f"{kind.lower()}-{prefix + '-' if prefix else ''}{version}.json"
            found = None
            if re.fullmatch(r"[-a-zA-Z0-9.]+", name):
                try:
                    schema = self._load(name)
                except FileNotFoundError:
                    schema = None
                # The file's name holds only a part of the group: compare in full.
                if schema and {"group": group, "kind": kind, "version": version} in schema.get(
                    "x-kubernetes-group-version-kind", []
                ):
                    found = Validator(schema, registry=self.registry, format_checker=FORMATS)
            self.validators[key] = found
        return self.validators[key]


class CustomResource:
    """One CustomResourceDefinition file."""

    def __init__(self, path, definition):
        self.path = path
        self.spec = definition["spec"]
        self.namespaced = self.spec["scope"] == "Namespaced"
        self.validators = {}

    def problems(self, version, value):
        """(field, message) for what is wrong with an object, its metadata left aside."""
        entry = next((v for v in self.spec["versions"] if v["name"] == version), None)
        if entry is None or not entry.get("served"):
            yield "apiVersion", f"version {version} is not served"
            return
        if version not in self.validators:
            schema = strict(entry["schema"]["openAPIV3Schema"])
            schema.setdefault("properties", {}).update(
                {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {}}
            )
            Validator.check_schema(schema)
            self.validators[version] = Validator(schema, format_checker=FORMATS)
        yield from errors(self.validators[version], value)


class CustomResources:
    """The definitions in a folder; a kind may have several, and all must accept.

    A definition is parsed only when an object asks for it: some are megabytes.
    """

    GROUP = re.compile(r"^  group: [\"']?([^\s\"']+)", re.MULTILINE)
    KIND = re.compile(r"^    kind: [\"']?([^\s\"']+)", re.MULTILINE)

    def __init__(self, folder):
        self.paths = collections.defaultdict(list)
        self.loaded = {}
        for name in sorted(os.listdir(folder)):
            path = os.path.join(folder, name)
            if not name.endswith((".yaml", ".yml")):
                continue
            with open(path, encoding="utf-8") as file:
                text = file.read()
            group, kind = self.GROUP.search(text), self.KIND.search(text)
            if "CustomResourceDefinition" in text and group and kind:
                self.paths[group[1], kind[1]].append(path)
        if not self.paths:
            raise OSError(f"no custom resource definitions in {folder}")

    def of(self, group, kind):
        key = (group, kind)
        if key not in self.loaded:
            self.loaded[key] = []
            for path in self.paths.get(key, ()):
                with open(path, "rb") as file:
                    for definition in yaml.load_all(file, Loader=PlainLoader):
                        if definition and definition.get("kind") == "CustomResourceDefinition":
                            self.loaded[key].append(CustomResource(path, definition))
        return self.loaded[key]


def strict(schema):
    """A structural schema of a CRD as a JSON schema that refuses what the server would prune."""
    out = {}
    for key, value in schema.items():
        if key in ("description", "default", "example", "title", "externalDocs"):
            continue
        if key == "properties":
            out[key] = {name: strict(child) for name, child in value.items()}
        elif key == "items":
            out[key] = strict(value)
        elif key == "additionalProperties":
            out[key] = strict(value) if isinstance(value, dict) else value
        elif key == "exclusiveMinimum" and value is True:
            out["exclusiveMinimum"] = schema["minimum"]
        elif key == "exclusiveMaximum" and value is True:
            out["exclusiveMaximum"] = schema["maximum"]
        elif key in ("exclusiveMinimum", "exclusiveMaximum", "nullable"):
            continue
        else:
            # allOf, anyOf, oneOf and not only add conditions in a structural schema.
            out[key] = value
    if schema.get("x-kubernetes-int-or-string"):
        out["type"] = ["integer", "string"]
    if schema.get("x-kubernetes-embedded-resource"):
        for name in ("apiVersion", "kind"):
            out.setdefault("properties", {}).setdefault(name, {"type": "string"})
        out["properties"].setdefault("metadata", {"type": "object"})
    if (
        out.get("type") == "object"
        and "additionalProperties" not in out
        and not schema.get("x-kubernetes-preserve-unknown-fields")
    ):
        out["additionalProperties"] = False
    if schema.get("nullable") and "type" in out:
        types = out["type"] if isinstance(out["type"], list) else [out["type"]]
        out["type"] = types + ["null"]
        if "enum" in out and None not in out["enum"]:
            out["enum"] = out["enum"] + [None]
    return out


def _end_anchors(pattern):
    """`$` of the schemas is the end of the text; Python's also matches before a line end."""
    out, in_class, escaped = [], False, False
    for char in pattern:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == "[":
            in_class = True
        elif char == "]":
            in_class = False
        elif char == "$" and not in_class:
            char = r"\Z"
        out.append(char)
    return "".join(out)


_patterns = {}


def _pattern(validator, pattern, instance, schema):
    if isinstance(instance, str):
        if pattern not in _patterns:
            _patterns[pattern] = re.compile(_end_anchors(pattern))
        if not _patterns[pattern].search(instance):
            yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _list_type(validator, list_type, instance, schema):
    if not isinstance(instance, list):
        return
    if list_type == "set":
        keys = [json.dumps(item, sort_keys=True, default=str) for item in instance]
    elif list_type == "map":
        names = schema.get("x-kubernetes-list-map-keys", [])
        keys = [
            json.dumps([item.get(name) for name in names], default=str)
            for item in instance
            if isinstance(item, dict)
        ]
    else:
        return
    for key, count in collections.Counter(keys).items():
        if count > 1:
            yield ValidationError(f"{key} is {count} times in a list of type {list_type}")


Validator = extend(
    Draft202012Validator,
    {"pattern": _pattern, "x-kubernetes-list-type": _list_type},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda checker, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)

FORMATS = FormatChecker(formats=())


def _is_int(bits):
    def check(value):
        if isinstance(value, int) and not isinstance(value, bool):
            return -(2 ** (bits - 1)) <= value < 2 ** (bits - 1)
        return True
    return check


def _date_time(value):
    if not isinstance(value, str):
        return True
    match = re.fullmatch(
        r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", value)
    if match:
        datetime.datetime.fromisoformat(f"{match[1]}T{match[2]}")
    return bool(match)


def _byte(value):
    if isinstance(value, str):
        base64.b64decode(value, validate=True)
    return True


FORMATS.checks("int32")(_is_int(32))
FORMATS.checks("int64")(_is_int(64))
FORMATS.checks("date-time", raises=ValueError)(_date_time)
FORMATS.checks("byte", raises=binascii.Error)(_byte)
FORMATS.checks("duration")(
    lambda value: not isinstance(value, str)
    or bool(re.fullmatch(r"[+-]?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+", value))
)


def errors(validator, value):
    for error in validator.iter_errors(value):
        place = ".".join(str(part) for part in error.absolute_path) or "(object)"
        yield place, shorten(error.message)


def shorten(text, limit=300):
    text = " ".join(str(text).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


# --- what no schema says ----------------------------------------------------


def qualified(name):
    prefix, slash, rest = name.rpartition("/")
    if slash and not (len(prefix) <= 253 and DNS_SUBDOMAIN.match(prefix)):
        return False
    return len(rest) <= 63 and bool(QUALIFIED.match(rest))


def check_name(group, kind, name):
    if group == RBAC:
        # Any path segment will do: role bindings may even hold capital letters.
        if name in ("", ".", "..") or "/" in name or "%" in name:
            return "not a valid path segment"
    elif (group, kind) in LABEL_NAMES:
        if len(name) > 63 or not DNS_LABEL.match(name):
            return "not a DNS label"
    elif len(name) > 253 or not DNS_SUBDOMAIN.match(name):
        return "not a DNS subdomain"
    return None


def metadata_problems(group, kind, metadata, namespaced):
    name = metadata.get("name")
    if not isinstance(name, str):
        yield "metadata.name", "missing" if name is None else "not a string"
    elif reason := check_name(group, kind, name):
        yield "metadata.name", f"{name!r} is {reason}"
    if "generateName" in metadata:
        yield "metadata.generateName", "a fixed name is wanted"

    namespace = metadata.get("namespace")
    if namespaced is False and namespace is not None:
        yield "metadata.namespace", f"{kind} is cluster-scoped, but has namespace {namespace!r}"
    if namespaced is True:
        if namespace is None:
            yield "metadata.namespace", f"{kind} is namespaced, but has no namespace"
        elif not (isinstance(namespace, str) and len(namespace) <= 63
                  and DNS_LABEL.match(namespace)):
            yield "metadata.namespace", f"{namespace!r} is not a DNS label"

    for field in ("labels", "annotations"):
        entries = metadata.get(field, {})
        if not isinstance(entries, dict):
            yield f"metadata.{field}", "not a mapping"
            continue
        for key, value in entries.items():
            if not qualified(key if field == "labels" else key.lower()):
                yield f"metadata.{field}", f"key {key!r} is not a qualified name"
            if not isinstance(value, str):
                yield f"metadata.{field}.{key}", f"{value!r} is not a string"
            elif field == "labels" and value and (len(value) > 63 or not QUALIFIED.match(value)):
                yield f"metadata.{field}.{key}", f"{value!r} is not a label value"
        if field == "annotations":
            size = sum(len(str(k).encode()) + len(str(v).encode()) for k, v in entries.items())
            if size > 256 * 1024:
                yield "metadata.annotations", f"{size} bytes; 262144 are allowed"

    for field in SERVER_FIELDS:
        if field in metadata:
            yield f"metadata.{field}", "only the server sets this"


def binding_problems(value):
    """What the RBAC API checks beyond its schema."""
    ref = value.get("roleRef")
    if isinstance(ref, dict):
        if ref.get("apiGroup") != RBAC:
            yield "roleRef.apiGroup", f"must be {RBAC!r}, is {ref.get('apiGroup')!r}"
        kinds = ("ClusterRole",) if value["kind"] == "ClusterRoleBinding" else ("ClusterRole", "Role")
        if ref.get("kind") not in kinds:
            yield "roleRef.kind", f"{ref.get('kind')!r} is none of {', '.join(kinds)}"
        if not ref.get("name"):
            yield "roleRef.name", "missing"
    for index, subject in enumerate(value.get("subjects") or ()):
        if not isinstance(subject, dict):
            continue
        place, kind = f"subjects.{index}", subject.get("kind")
        if not subject.get("name"):
            yield f"{place}.name", "missing"
        if kind == "ServiceAccount":
            if subject.get("apiGroup", "") != "":
                yield f"{place}.apiGroup", "must be empty for a ServiceAccount"
            if not subject.get("namespace"):
                yield f"{place}.namespace", "missing"
        elif kind in ("User", "Group"):
            # Left out, the server fills it in, and the stored object differs.
            if subject.get("apiGroup") != RBAC:
                yield f"{place}.apiGroup", f"must be {RBAC!r}, is {subject.get('apiGroup')!r}"
            if "namespace" in subject:
                yield f"{place}.namespace", f"a {kind} has none"
        else:
            yield f"{place}.kind", f"{kind!r} is none of User, Group, ServiceAccount"


def quantity_problems(place, entries):
    if isinstance(entries, dict):
        for name, amount in entries.items():
            if not QUANTITY.match(str(amount)) or isinstance(amount, bool):
                yield f"{place}.{name}", f"{amount!r} is not a quantity"


def kind_problems(group, kind, value):
    if group == RBAC and kind in ("RoleBinding", "ClusterRoleBinding"):
        yield from binding_problems(value)
    spec = value.get("spec")
    spec = spec if isinstance(spec, dict) else {}
    if (group, kind) == ("", "ResourceQuota"):
        yield from quantity_problems("spec.hard", spec.get("hard"))
    if (group, kind) == ("kubeflow.org", "Profile") and isinstance(spec.get("resourceQuotaSpec"), dict):
        yield from quantity_problems("spec.resourceQuotaSpec.hard", spec["resourceQuotaSpec"].get("hard"))
    if (group, kind) == ("", "LimitRange"):
        for index, limit in enumerate(spec.get("limits") or ()):
            for field in ("default", "defaultRequest", "max", "min", "maxLimitRequestRatio"):
                if isinstance(limit, dict):
                    yield from quantity_problems(f"spec.limits.{index}.{field}", limit.get(field))
    if group == "" and kind in ("ConfigMap", "Secret"):
        for field in ("data", "binaryData", "stringData"):
            entries = value.get(field)
            for key in entries if isinstance(entries, dict) else ():
                if len(key) > 253 or key in (".", "..") or not DATA_KEY.match(key):
                    yield field, f"key {key!r} is not valid"


def empty_problems(value, place=""):
    """Nulls: the server drops them or refuses them, so no stored object has one."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in items:
        here = f"{place}.{key}" if place else str(key)
        if child is None:
            yield here, "null"
        elif isinstance(child, (dict, list)):
            yield from empty_problems(child, here)


# --- the judge --------------------------------------------------------------


class Judge:
    def __init__(self, versions, crds):
        self.builtins = [Builtin(version) for version in versions]
        self.crds = crds
        self.seen = {}
        self.counts = collections.Counter()
        self.found = 0
        self.unjudged = collections.Counter()

    def say(self, place, what, field, message):
        self.found += 1
        print(f"{place}: {what}: {field}: {message}")

    def file(self, path):
        try:
            for place, value in documents(path):
                self.object(place, value)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            self.say(path, "(file)", "yaml", shorten(error))

    def object(self, place, value):
        if not isinstance(value, dict):
            self.say(place, "(document)", "(object)", "not a mapping")
            return
        api_version, kind = value.get("apiVersion"), value.get("kind")
        metadata = value.get("metadata")
        if not isinstance(api_version, str) or not isinstance(kind, str):
            self.say(place, "(document)", "apiVersion, kind", "missing or not a string")
            return
        group, version = split_api_version(api_version)
        if group == KUSTOMIZE_GROUP:
            return  # input of a build tool, never sent to a server
        self.counts[kind] += 1
        if not isinstance(metadata, dict):
            self.say(place, kind, "metadata", "missing or not a mapping")
            return
        namespace, name = metadata.get("namespace"), metadata.get("name")
        what = f"{kind} {namespace + '/' if isinstance(namespace, str) else ''}{name}"

        identity = (group, kind, namespace, name)
        try:
            first = self.seen.setdefault(identity, place)
        except TypeError:
            first = place  # an unhashable name is reported below
        if first != place:
            self.say(place, what, "metadata", f"the same object is at {first}")

        problems = collections.OrderedDict()  # one line per problem, whoever finds it

        def add(found, source=None):
            for field, message in found:
                problems.setdefault((field, message), []).append(source)

        validators = [(b, b.validator(group, version, kind)) for b in self.builtins]
        definitions = self.crds.of(group, kind) if self.crds else []
        namespaced = None
        if any(validator for _, validator in validators):
            namespaced = (group, kind) not in CLUSTER_KINDS
            for builtin, validator in validators:
                source = f"Kubernetes {builtin.version}"
                if validator is None:
                    add([("apiVersion", f"{api_version} {kind} is unknown")], source)
                else:
                    add(errors(validator, value), source)
        elif definitions:
            namespaced = definitions[0].namespaced
            for definition in definitions:
                source = os.path.basename(definition.path)
                add(definition.problems(version, value), source)
                if definition.namespaced != namespaced:
                    add([("kind", "the definitions differ in scope")], source)
            for builtin in self.builtins:
                add(
                    (("metadata" + ("." + f if f != "(object)" else ""), m)
                     for f, m in errors(builtin.meta, metadata)),
                    f"Kubernetes {builtin.version}",
                )
        elif self.crds:
            add([("apiVersion", f"no schema for {api_version} {kind}")])
        else:
            self.unjudged[kind] += 1

        add(metadata_problems(group, kind, metadata, namespaced))
        add(kind_problems(group, kind, value))
        add(empty_problems(value))
        if "status" in value:
            add([("status", "only a controller sets this")])
        for (field, message), sources in problems.items():
            named = list(dict.fromkeys(source for source in sources if source))
            self.say(place, what, field, message + (f" ({', '.join(named)})" if named else ""))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", metavar="FILE_OR_FOLDER")
    parser.add_argument("--crds", metavar="DIR", help="folder of CustomResourceDefinitions")
    parser.add_argument("--kubernetes", action="append", metavar="VERSION",
                        help="Kubernetes version to judge by; default: the oldest and the newest known")
    parser.add_argument("--quiet", action="store_true", help="no closing line")
    options = parser.parse_args()

    known = sorted(
        {re.sub(r"^v([0-9.]+)-.*", r"\1", v) for v in os.listdir(os.path.join(
            os.path.dirname(kubernetes_validate.__file__), "kubernetes-json-schema"))
         if v.endswith("-local-strict")},
        key=lambda v: [int(part) for part in v.split(".")],
    )
    versions = [known[0], known[-1]]
    if options.kubernetes:
        versions = []
        for wanted in options.kubernetes:
            match = [v for v in known if v == wanted or v.rpartition(".")[0] == wanted.lstrip("v")]
            if not match:
                parser.error(f"Kubernetes {wanted} is not among {', '.join(known)}")
            versions.append(match[-1])

    try:
        judge = Judge(versions, CustomResources(options.crds) if options.crds else None)
        for path in yaml_files(options.paths):
            judge.file(path)
    except OSError as error:
        print(f"validate_objects: {error}", file=sys.stderr)
        return 2
    if not options.quiet:
        total = sum(judge.counts.values())
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(judge.counts.items()))
        print(f"{total} objects, {judge.found} problems, Kubernetes "
              f"{' and '.join(b.version for b in judge.builtins)}: {kinds or 'none'}")
        if judge.unjudged:
            print("not judged, for want of --crds: "
                  + ", ".join(f"{k} {n}" for k, n in sorted(judge.unjudged.items())))
    if not judge.counts and not judge.found:
        print("validate_objects: nothing to judge", file=sys.stderr)
        return 2
    return 1 if judge.found else 0


if __name__ == "__main__":
    sys.exit(main())
