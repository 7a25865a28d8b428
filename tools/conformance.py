#!/usr/bin/env python3
"""Writes docs/conformance.md from the junit files of real runs of Kubernetes' e2e tests.

    tools/conformance.py LABEL=FOLDER [LABEL=FOLDER...]

A folder is one run on one cluster: junit*.xml, anywhere below it, and facts.tsv (lines of key TAB value: kubernetes, kernel, routing,
families, nodes). Runs of the same label share a column, and a spec passes there only if it passed each time. Every junit file names all
specs of the e2e binary, so what nobody ran is found too.

Exits 1, after writing, when a spec has neither a result nor a reason, when one failed, or when a line of not-applicable.txt matches
nothing or a spec that passed; and 2 when the input can't be read.
"""
import argparse
import collections
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

TOOLS = pathlib.Path(__file__).resolve().parent
PREFIX = "[It] [sig-network] "
FACTS = ("kubernetes", "kernel", "routing", "families", "nodes")
CATEGORIES = ("not applicable", "not implemented")
AREA = re.compile(r"^(.*?)\s*(?:\b[Ss]hould\b|\bvalidates\b|\bproxy implementation\b|\bA set of\b|\bspec\.|\b(?:Up|Down)grade\b)")

Reason = collections.namedtuple("Reason", "pattern category text")
Run = collections.namedtuple("Run", "label date facts specs results")  # results: spec -> list of True (passed) or False


class InputError(Exception):
    pass


def read_reasons(path):
    reasons = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != 3 or fields[1] not in CATEGORIES or not fields[2].strip():
            raise InputError(f"{path}:{number}: want pattern TAB {' or '.join(CATEGORIES)} TAB reason, not {line!r}")
        try:
            reasons.append(Reason(re.compile(fields[0]), fields[1], fields[2].strip()))
        except re.error as error:
            raise InputError(f"{path}:{number}: {fields[0]!r} is no regular expression: {error}") from error
    return reasons


def read_facts(folder):
    path = folder / "facts.tsv"
    if not path.is_file():
        raise InputError(f"{path} is missing: write the lines key TAB value for {', '.join(FACTS)}")
    facts = dict(line.split("\t", 1) for line in path.read_text().splitlines() if "\t" in line)
    missing = [key for key in FACTS if not facts.get(key)]
    if missing:
        raise InputError(f"{path} does not say: {', '.join(missing)}")
    return facts


def read_run(label, folder):
    results, specs, dates = collections.defaultdict(list), set(), []
    for path in sorted(folder.rglob("junit*.xml")):
        try:
            root = ElementTree.parse(path).getroot()
        except ElementTree.ParseError as error:
            raise InputError(f"{path} is no junit file: {error}; was the run killed?") from error
        suite = root.find("testsuite") if root.tag == "testsuites" else root
        if suite.find("properties/property[@name='DryRun'][@value='true']") is not None:
            raise InputError(f"{path} is a dry run: nothing was tested")
        dates.append(suite.get("timestamp", "")[:10])
        for case in suite.iter("testcase"):
            if not case.get("name", "").startswith(PREFIX):
                continue
            name = case.get("name")[len(PREFIX):]
            specs.add(name)
            if case.get("status") not in ("skipped", "pending"):
                results[name].append(case.get("status") == "passed")
    if not specs:
        raise InputError(f"{folder} has no junit file with [sig-network] specs")
    return Run(label, max(dates), read_facts(folder), specs, results)


def area_of(spec):
    bare = re.sub(r"\s+", " ", re.sub(r"\[[^]]*\]", "", AREA.match(spec).group(1) if AREA.match(spec) else spec)).strip()
    return "DNS" if bare.startswith("DNS") else bare or "Dual stack"


def verdict(results):
    """What a column says of a spec that it has results of."""
    failed = results.count(False)
    times = f" ({len(results)}x)" if len(results) > 1 else ""
    if not failed:
        return "pass" + times
    return "**FAIL**" if failed == len(results) else f"**FAIL** ({failed} of {len(results)})"


class Table:
    """Every spec, the columns' results of it, and why it has none."""

    def __init__(self, runs, reasons):
        self.runs, self.reasons = runs, reasons
        self.columns = list(dict.fromkeys(run.label for run in runs))
        self.specs = sorted(set().union(*(run.specs for run in runs)))
        self.results = {spec: {column: [result for run in runs if run.label == column for result in run.results.get(spec, [])]
                               for column in self.columns} for spec in self.specs}

    def all_results(self, spec):
        return [result for column in self.columns for result in self.results[spec][column]]

    def reason(self, spec):
        return next((reason for reason in self.reasons if reason.pattern.search(spec)), None)

    def state(self, spec):
        """One word for the summary."""
        results = self.all_results(spec)
        if results:
            return "pass" if all(results) else "FAIL"
        reason = self.reason(spec)
        return reason.category if reason else "not run"

    def cells(self, spec):
        if not self.all_results(spec):
            reason = self.reason(spec)
            return [reason.category if reason else "**not run**"] * len(self.columns)
        return [verdict(self.results[spec][column]) if self.results[spec][column] else "not run" for column in self.columns]

    def complaints(self):
        for run in self.runs:
            if run.specs != set(self.specs):
                yield f"the runs are of different e2e binaries: {run.label} does not know {sorted(set(self.specs) - run.specs)[0]!r}"
        for spec in self.specs:
            if self.state(spec) == "FAIL":
                yield f"failed: {spec}"
            elif self.state(spec) == "not run":
                yield f"neither a result nor a reason: {spec}"
        for reason in self.reasons:
            matched = [spec for spec in self.specs if reason.pattern.search(spec)]
            if not matched:
                yield f"matches no spec: {reason.pattern.pattern}"
            for spec in matched:
                if any(self.all_results(spec)):
                    yield f"called {reason.category} by {reason.pattern.pattern!r}, but passed: {spec}"


def row(*cells):
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def summary(table):
    states = collections.Counter(table.state(spec) for spec in table.specs)
    order = ("pass", "FAIL", *CATEGORIES, "not run")
    yield from ("## Summary", "", row("specs", *order), row(*["---"] * (len(order) + 1)))
    yield row(len(table.specs), *(states[state] for state in order))
    conformance = [spec for spec in table.specs if "[Conformance]" in spec]
    passed = sum(table.state(spec) == "pass" for spec in conformance)
    yield from ("", f"`[Conformance]`: {passed} of {len(conformance)} pass.", "")
    yield from (row("run", "date", *FACTS, "passed", "failed"), row(*["---"] * (len(FACTS) + 4)))
    for run in table.runs:
        results = [result for spec in run.results.values() for result in spec]
        yield row(run.label, run.date, *(run.facts[key] for key in FACTS), results.count(True), results.count(False))


def reasons_section(table):
    yield from ("", "## Why a spec has no result", "", row("specs", "", "reason"), row("---", "---", "---"))
    counts = collections.Counter(table.reason(spec) for spec in table.specs if table.state(spec) in CATEGORIES)
    for reason in table.reasons:
        if counts[reason]:
            yield row(counts[reason], reason.category, reason.text)


def specs_section(table):
    areas = collections.defaultdict(list)
    for spec in table.specs:
        areas[area_of(spec)].append(spec)
    for area in sorted(areas, key=str.lower):
        yield from ("", f"## {area}", "", row("spec", *table.columns, "reason"), row(*["---"] * (len(table.columns) + 2)))
        for spec in areas[area]:
            reason = table.reason(spec) if table.state(spec) in CATEGORIES else None
            yield row(spec, *table.cells(spec), reason.text if reason else "")


def render(table):
    yield from ("# Conformance", "",
                "Every `[sig-network]` spec of Kubernetes' own e2e tests, run with Netweir as the only network plugin and service proxy.",
                "A column is one way of routing; a spec passes there only if it passed in each of its runs.",
                "Generated, do not edit: run upstream's `e2e.test` with `--report-dir`, note the cluster in the folder's `facts.tsv`, then",
                "`tools/conformance.py LABEL=FOLDER ...`. Reasons stand in `tools/conformance/not-applicable.txt`.", "")
    yield from summary(table)
    yield from reasons_section(table)
    yield from specs_section(table)


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", metavar="LABEL=FOLDER")
    parser.add_argument("--reasons", type=pathlib.Path, default=TOOLS / "conformance" / "not-applicable.txt")
    parser.add_argument("--output", type=pathlib.Path, default=TOOLS.parent / "docs" / "conformance.md")
    return parser.parse_args(arguments)


def main(arguments):
    options = parse_arguments(arguments)
    try:
        pairs = [run.partition("=") for run in options.runs]
        if any(not folder for _, _, folder in pairs):
            raise InputError("a run is given as LABEL=FOLDER")
        table = Table([read_run(label, pathlib.Path(folder)) for label, _, folder in pairs], read_reasons(options.reasons))
    except (InputError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    options.output.write_text("\n".join(render(table)) + "\n")
    complaints = list(table.complaints())
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
