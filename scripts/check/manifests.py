"""Checks sample/kubernetes and sample/kserve: see manifests.sh, which calls this.

Every object is validated against its schema, and unknown fields are faults: Kubernetes' own kinds by
kubernetes-validate, ServiceMonitor by the published models of prometheus-operator, KServe's kinds by
what its Python package says of its API. Then what no schema knows: that names which stand for each
other are the same. At last each object is spoilt on purpose, which has to be noticed.

    manifests.py PLAIN.yaml...    files of objects, kustomizations already built; of a kustomization that
                                  is among the objects only the names are taken that it makes
"""

import ast
import copy
import importlib.util
import json
import pathlib
import re
import sys

import jsonschema
import kubernetes_validate
import yaml
from cloudcoil.models.prometheus_operator import v1 as prometheus_operator

KUBERNETES = "1.34"
KSERVE = {"ServingRuntime": "V1alpha1ServingRuntime", "InferenceService": "V1beta1InferenceService"}


def closed(schema):
    """The same schema, in which an object with properties has no others."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict):
        result.setdefault("additionalProperties", False)
    return result


class KserveModels:
    """What kserve's models say of its API, read as text: importing the package needs a lot more."""

    def __init__(self):
        package = pathlib.Path(importlib.util.find_spec("kserve").origin).parent
        self.files = {self.class_of(file): file for file in (package / "models").glob("v1*.py")}
        self.definitions = self.of_kubernetes()

    @staticmethod
    def class_of(file):
        return re.search(r"^class (\w+)", file.read_text(), re.M).group(1)

    @staticmethod
    def of_kubernetes():
        """The definitions of Kubernetes' own types, closed; references between them stay as they are."""
        package = pathlib.Path(kubernetes_validate.__file__).parent
        newest = kubernetes_validate.latest_version()  # KServe knows Kubernetes' newest types
        folder = package / "kubernetes-json-schema" / f"v{newest}-local-strict"
        return json.loads((folder / "_definitions.json").read_text())["$defs"]

    def schema(self, kind):
        return {"$defs": self.definitions, **self.of(KSERVE[kind])}

    def of(self, name):
        """A schema for a type as OpenAPI's generator for Python writes it."""
        if match := re.fullmatch(r"list\[(.*)]", name):
            return {"type": "array", "items": self.of(match.group(1))}
        if match := re.fullmatch(r"dict\(str, (.*)\)", name):
            return {"type": "object", "additionalProperties": self.of(match.group(1))}
        simple = {"str": "string", "int": "integer", "bool": "boolean", "float": "number"}
        if name in simple:
            return {"type": simple[name]}
        if name == "ResourceQuantity":
            return {"type": ["string", "number"]}
        if name in self.files:
            return self.of_model(name)
        if match := re.fullmatch(r"(?:K8sIoApi(\w+?))?V1([A-Z]\w*)", name):
            return self.of_kubernetes_type(*match.groups())
        return {}

    def of_kubernetes_type(self, group, name):
        names = [f"io.k8s.api.{(group or 'core').lower()}.v1.{name}",
                 f"io.k8s.apimachinery.pkg.apis.meta.v1.{name}"]
        found = [each for each in names if each in self.definitions]
        if not found:
            raise KeyError(f"{name}: not among Kubernetes' types (looked for {names})")
        return {"$ref": f"#/$defs/{found[0]}"}

    def of_model(self, name):
        text = self.files[name].read_text()
        tables = {}
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) in (
                    "openapi_types", "attribute_map"):
                tables[node.targets[0].id] = ast.literal_eval(node.value)
        keys = tables["attribute_map"]
        needed = set(re.findall(r"Invalid value for `(\w+)`, must not be `None`", text))
        # A status is what the cluster writes, not what is applied.
        members = {key: kind for key, kind in tables["openapi_types"].items() if key != "status"}
        return {"type": "object", "additionalProperties": False,
                "properties": {keys[key]: self.of(kind) for key, kind in members.items()},
                "required": sorted(keys[key] for key in needed & members.keys())}


class Schemas:
    """Which schema an object is held against."""

    def __init__(self):
        monitor = closed(prometheus_operator.ServiceMonitor.model_json_schema(by_alias=True))
        self.monitor = jsonschema.Draft202012Validator(monitor)
        models = KserveModels()
        self.kserve = {kind: jsonschema.Draft202012Validator(models.schema(kind)) for kind in KSERVE}

    def fault(self, item):
        """What is wrong with an object, or None."""
        kind, version = item.get("kind"), item.get("apiVersion", "")
        if version.startswith("serving.kserve.io/"):
            validator = self.kserve[kind]
        elif version == "monitoring.coreos.com/v1" and kind == "ServiceMonitor":
            validator = self.monitor
        else:
            try:
                kubernetes_validate.validate(item, KUBERNETES, strict=True)
            except jsonschema.ValidationError as error:
                return told(error)
            return None
        error = next(validator.iter_errors(item), None)
        return told(error) if error else None


def told(error):
    return f"{'.'.join(map(str, error.absolute_path))}: {error.message[:300]}"


def disagreements(items):
    """Names that should be the same and are not, among objects that are applied together."""
    by_kind = {}
    for item in items:
        by_kind.setdefault(item["kind"], []).append(item)
    for deployment in by_kind.get("Deployment", []):
        pod = deployment["spec"]["template"]
        labels = pod["metadata"]["labels"]
        container = pod["spec"]["containers"][0]
        ports = {port["name"] for port in container["ports"]}
        probed = {container[name]["httpGet"]["port"] for name in container if name.endswith("Probe")}
        for service in by_kind["Service"]:
            probed |= {port["targetPort"] for port in service["spec"]["ports"]}
            yield from unmatched("Service", service["spec"]["selector"], labels)
        yield from (f"port {port}: not one of the container's {ports}" for port in probed - ports)
        yield from unmatched("Deployment", deployment["spec"]["selector"]["matchLabels"], labels)
        for budget in by_kind["PodDisruptionBudget"]:
            yield from unmatched("budget", budget["spec"]["selector"]["matchLabels"], labels)
        for scaler in by_kind["HorizontalPodAutoscaler"]:
            if scaler["spec"]["scaleTargetRef"]["name"] != deployment["metadata"]["name"]:
                yield f"autoscaler: scales {scaler['spec']['scaleTargetRef']['name']}"
        for monitor in by_kind.get("ServiceMonitor", []):
            service = by_kind["Service"][0]
            yield from unmatched("monitor", monitor["spec"]["selector"]["matchLabels"], service["metadata"]["labels"])
            names = {port["name"] for port in service["spec"]["ports"]}
            yield from (f"monitor: port {end['port']} is not one of the service's {names}"
                        for end in monitor["spec"]["endpoints"] if end["port"] not in names)
    names = {config["metadata"]["name"] for config in by_kind.get("ConfigMap", [])}
    names |= {config["name"] for kustomization in by_kind.get("Kustomization", [])
              for config in kustomization.get("configMapGenerator", [])}
    mounted = set(re.findall(r"'configMap': {'name': '([^']*)'", str(items)))
    yield from (f"ConfigMap {name}: not there" for name in mounted - names)


def unmatched(who, selector, labels):
    if not selector.items() <= labels.items():
        yield f"{who} selects {selector} (expected: some of {labels})"


def spoilt(item):
    """Copies of an object, each with one key more, somewhere in it, that nobody knows."""
    paths = [[]]
    while paths:
        path = paths.pop()
        inner = item
        for step in path:
            inner = inner[step]
        if isinstance(inner, list):
            paths += [path + [index] for index in range(len(inner))]
        if not isinstance(inner, dict):
            continue
        # Below these, any key is allowed.
        free = {"labels", "annotations", "matchLabels", "selector", "nodeSelector", "requests", "limits",
                "data", "metadata", "emptyDir"}
        paths += [path + [key] for key in inner if key not in free]
        copied = copy.deepcopy(item)
        target = copied
        for step in path:
            target = target[step]
        target["nobodyKnowsThis"] = "x"
        yield path, copied


def main(files):
    schemas = Schemas()
    faults, objects, copies = [], 0, 0
    for file in files:
        items = [item for item in yaml.safe_load_all(pathlib.Path(file).read_text()) if item]
        before = len(faults)
        for item in items:
            if item["kind"] == "Kustomization":
                continue  # which has no schema; kubectl is held against it
            objects += 1
            name = f"{file}: {item['kind']} {item['metadata']['name']}"
            fault = schemas.fault(item)
            if fault:
                faults.append(f"{name}: {fault}")
                continue
            for path, copied in spoilt(item):
                copies += 1
                if not schemas.fault(copied):
                    faults.append(f"{name}: an unknown field in {'.'.join(map(str, path))} is not noticed")
        if len(faults) == before:
            faults += [f"{file}: {text}" for text in disagreements(items)]
    print("\n".join(faults))
    if faults or not objects:
        sys.exit(1)
    print(f"{objects} objects fit their schemas (Kubernetes {KUBERNETES}); {copies} spoilt copies did not.")


if __name__ == "__main__":
    main(sys.argv[1:])
