// One file per namespace of a cluster, as `jrsonnet -m` writes them.
local group = 'rbac.authorization.k8s.io';
local keep = {
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};
local subject(user) = { apiGroup: group, kind: 'User', name: user };
local binding(namespace, name, role, user) = {
  apiVersion: group + '/v1',
  kind: 'RoleBinding',
  metadata: { name: name, namespace: namespace, annotations: { role: role, user: user } },
  roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'kubeflow-' + role },
  subjects: [subject(user)],
};
local policy(namespace, grant) = {
  apiVersion: 'security.istio.io/v1beta1',
  kind: 'AuthorizationPolicy',
  metadata: {
    name: grant.name,
    namespace: namespace,
    annotations: { role: grant.role, user: grant.user },
  },
  spec: {
    rules: [{
      from: [{ source: { principals: grant.principals } }],
      when: [{ key: 'request.headers[kubeflow-userid]', values: [grant.user] }],
    }],
  },
};
local objects(it) = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: it.name,
      labels: {
        'app.kubernetes.io/part-of': 'kubeflow-profile',
        'istio-injection': 'enabled',
        'katib.kubeflow.org/metrics-collector-injection': 'enabled',
        'pipelines.kubeflow.org/enabled': 'true',
        'pod-security.kubernetes.io/enforce': 'baseline',
        'serving.kubeflow.org/inferenceservice': 'enabled',
      },
      annotations: keep { owner: it.owner },
    },
  },
  {
    apiVersion: 'kubeflow.org/v1',
    kind: 'Profile',
    metadata: { name: it.name, annotations: keep },
    spec: {
      owner: subject(it.owner),
      resourceQuotaSpec: if std.length(it.quota) > 0 then { hard: it.quota } else {},
    },
  },
  binding(it.name, 'namespaceAdmin', 'admin', it.owner),
] + std.flatMap(
  function(grant) [binding(it.name, grant.name, grant.role, grant.user), policy(it.name, grant)], it.grants
) + (
  if std.length(it.limits) == 0 then [] else [{
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'tenant-defaults', namespace: it.name },
    spec: { limits: it.limits },
  }]
);

function(data) {
  [it.path]: std.manifestYamlStream(objects(it), indent_array_in_object=true, c_document_end=false, quote_keys=false)
  for it in data.namespaces
}
