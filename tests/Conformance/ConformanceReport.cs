using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Security;

namespace Netweir.Conformance.Tests;

/// <summary>Runs tools/conformance.py on junit files in a folder of its own.</summary>
internal sealed class ConformanceReport : IDisposable
{
    private const string Facts = "kubernetes\tv1.36.2\nkernel\t6.18.44\nrouting\tdirect\nfamilies\tIPv4\nnodes\t3\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("netweir-conformance-");
    private readonly List<string> _runs = [];

    public string Text { get; private set; } = "";

    public string Errors { get; private set; } = "";

    /// <summary>As ginkgo writes a spec that was not selected.</summary>
    public static (string Name, string Status, string Message) NotSelected(string name) => (name, "skipped", "skipped");

    public static (string Name, string Status, string Message) Passed(string name) => (name, "passed", "");

    public static (string Name, string Status, string Message) Failed(string name) => (name, "failed", "");

    public void AddRun(string label, params (string Name, string Status, string Message)[] specs) => AddRun(label, Facts, false, specs);

    public void AddRun(string label, string? facts, bool dryRun, params (string Name, string Status, string Message)[] specs)
    {
        var run = _folder.CreateSubdirectory($"run{_runs.Count}");
        var junit = run.CreateSubdirectory("conformance");
        File.WriteAllText(Path.Combine(junit.FullName, "junit_01.xml"), Junit(dryRun, specs));
        if (facts is not null)
        {
            File.WriteAllText(Path.Combine(run.FullName, "facts.tsv"), facts);
        }
        _runs.Add($"{label}={run.FullName}");
    }

    /// <summary>The exit code.</summary>
    public int Generate(string reasons = "")
    {
        var output = Path.Combine(_folder.FullName, "conformance.md");
        var reasonsFile = Path.Combine(_folder.FullName, "reasons.txt");
        File.WriteAllText(reasonsFile, reasons);
        var start = new ProcessStartInfo("python3") { RedirectStandardError = true };
        foreach (var argument in (string[])["-B", Script(), "--reasons", reasonsFile, "--output", output, .. _runs])
        {
            start.ArgumentList.Add(argument);
        }
        using var process = Process.Start(start)!;
        Errors = process.StandardError.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)), "conformance.py did not end in 30 s.");
        Text = File.Exists(output) ? File.ReadAllText(output) : "";
        return process.ExitCode;
    }

    public void Dispose() => _folder.Delete(true);

    private static string Script([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "tools", "conformance.py"));

    private static string Junit(bool dryRun, (string Name, string Status, string Message)[] specs)
    {
        var cases = specs.Select(spec =>
            $"<testcase name=\"[It] [sig-network] {SecurityElement.Escape(spec.Name)}\" status=\"{spec.Status}\">"
            + (spec.Message.Length > 0 ? $"<skipped message=\"{SecurityElement.Escape(spec.Message)}\"/>" : "") + "</testcase>");
        return $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites><testsuite name="Kubernetes e2e suite" timestamp="2026-11-21T08:41:42">
            <properties><property name="DryRun" value="{(dryRun ? "true" : "false")}"/></properties>
            <testcase name="[It] [sig-node] Pods should not be of interest here" status="failed"/>
            <testcase name="[SynchronizedBeforeSuite]" status="passed"/>
            {string.Concat(cases)}
            </testsuite></testsuites>
            """;
    }
}
