#!/usr/bin/env python3
"""Writes deploy/netweir.yaml: the Helm chart's template with the chart's default values, as `helm template` would, without helm.

    render.py            writes it
    render.py --check    fails when it is not what would be written, or when the chart's version is not Netweir's

The template keeps to what this understands: `{{ .Values.name }}` and `{{ toJson .Values.name }}`. In values.yaml each value is JSON on one line.
"""
import json
import pathlib
import re
import sys

DEPLOY = pathlib.Path(__file__).resolve().parent
CHART = DEPLOY / "helm" / "netweir"
MANIFEST = DEPLOY / "netweir.yaml"
HEAD = """# Netweir on every node of a cluster: kubectl apply -f netweir.yaml
# Written by deploy/render.py from the Helm chart in deploy/helm/netweir: change it there.
"""


def values():
    lines = (line for line in (CHART / "values.yaml").read_text().splitlines() if line and not line.startswith("#"))
    return {name: json.loads(value) for name, value in (line.split(": ", 1) for line in lines)}


def fill(match, known):
    value = known[match["name"]]
    # As Go writes it: sorted, without spaces.
    return json.dumps(value, sort_keys=True, separators=(",", ":")) if match["json"] else str(value)


def render():
    known = values()
    text = (CHART / "templates" / "netweir.yaml").read_text()
    text = re.sub(r"\{\{ (?P<json>toJson )?\.Values\.(?P<name>\w+) \}\}", lambda m: fill(m, known), text)
    if "{{" in text:
        sys.exit(f"error: render.py does not understand '{text[text.index('{{'):].splitlines()[0]}'")
    return HEAD + text


def versions():
    """Where the version is written -> what it says."""
    chart = (CHART / "Chart.yaml").read_text()
    props = (DEPLOY.parent / "Directory.Build.props").read_text()
    return {
        "Directory.Build.props": re.search(r"<Version>(.+)</Version>", props)[1],
        "Dockerfile, label": re.search(r'image\.version="(.+)"', (DEPLOY.parent / "Dockerfile").read_text())[1],
        "Chart.yaml, version": re.search(r"^version: (.+)$", chart, re.M)[1],
        "Chart.yaml, appVersion": re.search(r"^appVersion: (.+)$", chart, re.M)[1],
        "values.yaml, image": values()["image"].rpartition(":")[2],
        **{f"uninstall.yaml, image {i + 1}": v for i, v in enumerate(re.findall(r"image: netweir:(\S+)", (DEPLOY / "uninstall.yaml").read_text()))},
    }


def main():
    if sys.argv[1:] == ["--check"]:
        if len(set(versions().values())) != 1:
            sys.exit("error: versions differ: " + ", ".join(f"{place}: {version}" for place, version in versions().items()))
        if MANIFEST.read_text() != render():
            sys.exit(f"error: {MANIFEST} is not what the chart gives: run 'make manifest'")
    elif not sys.argv[1:]:
        MANIFEST.write_text(render())
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
