"""A script as teams write them: peer.py jinja2|pyyaml DATA OUTPUT. Two processes, a file per namespace."""

import json
import multiprocessing
import pathlib
import sys

RBAC = "rbac.authorization.k8s.io"
KEEP = {"argocd.argoproj.io/sync-options": "Prune=false,Delete=false", "kustomize.toolkit.fluxcd.io/prune": "disabled"}
LABELS = {
    "app.kubernetes.io/part-of": "kubeflow-profile",
    "istio-injection": "enabled",
    "katib.kubeflow.org/metrics-collector-injection": "enabled",
    "pipelines.kubeflow.org/enabled": "true",
    "pod-security.kubernetes.io/enforce": "baseline",
    "serving.kubeflow.org/inferenceservice": "enabled",
}


def subject(user):
    return {"apiGroup": RBAC, "kind": "User", "name": user}


def metadata(namespace, name, role, user):
    return {"name": name, "namespace": namespace, "annotations": {"role": role, "user": user}}


def binding(namespace, name, role, user):
    role_ref = {"apiGroup": RBAC, "kind": "ClusterRole", "name": f"kubeflow-{role}"}
    said = metadata(namespace, name, role, user)
    return {"apiVersion": f"{RBAC}/v1", "kind": "RoleBinding", "metadata": said, "roleRef": role_ref, "subjects": [subject(user)]}


def policy(namespace, grant):
    when = [{"key": "request.headers[kubeflow-userid]", "values": [grant["user"]]}]
    rules = [{"from": [{"source": {"principals": grant["principals"]}}], "when": when}]
    said = metadata(namespace, grant["name"], grant["role"], grant["user"])
    return {"apiVersion": "security.istio.io/v1beta1", "kind": "AuthorizationPolicy", "metadata": said, "spec": {"rules": rules}}


def objects(it):
    name, owner = it["name"], it["owner"]
    said = {"name": name, "labels": dict(LABELS), "annotations": {**KEEP, "owner": owner}}
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": said}
    spec = {"owner": subject(owner), "resourceQuotaSpec": {"hard": it["quota"]} if it["quota"] else {}}
    said = {"name": name, "annotations": dict(KEEP)}
    yield {"apiVersion": "kubeflow.org/v1", "kind": "Profile", "metadata": said, "spec": spec}
    yield binding(name, "namespaceAdmin", "admin", owner)
    for grant in it["grants"]:
        yield binding(name, grant["name"], grant["role"], grant["user"])
        yield policy(name, grant)
    if it["limits"]:
        said = {"name": "tenant-defaults", "namespace": name}
        yield {"apiVersion": "v1", "kind": "LimitRange", "metadata": said, "spec": {"limits": it["limits"]}}


def renderer(kind):
    if kind == "jinja2":
        import jinja2

        loader = jinja2.FileSystemLoader(pathlib.Path(__file__).parent)
        template = jinja2.Environment(loader=loader, autoescape=False).get_template("namespace.yaml.j2")
        return lambda it: template.render(it=it)
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):
        def ignore_aliases(self, data):
            return True

    return lambda it: yaml.dump_all(objects(it), Dumper=Dumper, sort_keys=False)


def work(kind, data, output):
    render = renderer(kind)
    made = set()
    for it in json.loads(data.read_text())["namespaces"]:
        path = output / it["path"]
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        path.write_text(render(it))


def main():
    kind, data, output = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    jobs = [multiprocessing.Process(target=work, args=(kind, one, output)) for one in sorted(data.glob("*.json"))]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    sys.exit(max(job.exitcode for job in jobs))


if __name__ == "__main__":
    main()
