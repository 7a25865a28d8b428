using static Netweir.Conformance.Tests.ConformanceReport;

namespace Netweir.Conformance.Tests;

public sealed class ConformanceReportTests
{
    private const string Serve = "Services should serve a basic endpoint from pods [Conformance]";
    private const string Sctp = "Services should function for pod-Service: sctp [Feature:SCTPConnectivity]";
    private const string SctpReason = "Feature:SCTP\tnot applicable\tno SCTP sockets\n";

    [Fact]
    public void Report_counts_and_lists_every_spec()
    {
        using var report = new ConformanceReport();
        report.AddRun("direct", Passed(Serve), NotSelected(Sctp));
        report.AddRun("direct", Passed(Serve), NotSelected(Sctp));
        report.AddRun("vxlan", Passed(Serve), NotSelected(Sctp));

        Assert.Equal(0, report.Generate(SctpReason));

        Assert.Empty(report.Errors);
        Assert.Contains("| 2 | 1 | 0 | 1 | 0 | 0 |", report.Text, StringComparison.Ordinal);
        Assert.Contains("`[Conformance]`: 1 of 1 pass.", report.Text, StringComparison.Ordinal);
        Assert.Contains("| direct | 2026-11-21 | v1.36.2 | 6.18.44 | direct | IPv4 | 3 | 1 | 0 |", report.Text, StringComparison.Ordinal);
        Assert.Contains("## Services", report.Text, StringComparison.Ordinal);
        Assert.Contains($"| {Serve} | pass (2x) | pass |  |", report.Text, StringComparison.Ordinal);
        Assert.Contains($"| {Sctp} | not applicable | not applicable | no SCTP sockets |", report.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("sig-node", report.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("timedout")]
    [InlineData("panicked")]
    [InlineData("interrupted")]
    public void Spec_that_failed_once_is_shown_as_failed_whatever_else_is_said_of_it(string status)
    {
        using var report = new ConformanceReport();
        report.AddRun("direct", Passed(Serve), (Sctp, status, ""));
        report.AddRun("direct", (Serve, status, ""), NotSelected(Sctp));

        Assert.Equal(1, report.Generate(SctpReason));

        Assert.Contains($"| {Serve} | **FAIL** (1 of 2) |  |", report.Text, StringComparison.Ordinal);
        Assert.Contains($"| {Sctp} | **FAIL** |  |", report.Text, StringComparison.Ordinal);
        Assert.Contains($"failed: {Serve}", report.Errors, StringComparison.Ordinal);
        Assert.Contains($"failed: {Sctp}", report.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Spec_without_result_or_reason_is_an_error()
    {
        using var report = new ConformanceReport();
        report.AddRun("direct", NotSelected(Serve), (Sctp, "skipped", "skipped - needs a third node"));

        Assert.Equal(1, report.Generate());

        Assert.Contains($"| {Serve} | **not run** |  |", report.Text, StringComparison.Ordinal);
        Assert.Contains($"neither a result nor a reason: {Serve}", report.Errors, StringComparison.Ordinal);
        Assert.Contains($"neither a result nor a reason: {Sctp}", report.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Reason_for_nothing_or_for_a_spec_that_passed_is_an_error()
    {
        using var report = new ConformanceReport();
        report.AddRun("direct", Passed(Serve), Passed(Sctp));

        Assert.Equal(1, report.Generate(SctpReason + "LoadBalancers\tnot applicable\tno cloud\n"));

        Assert.Contains($"called not applicable by 'Feature:SCTP', but passed: {Sctp}", report.Errors, StringComparison.Ordinal);
        Assert.Contains("matches no spec: LoadBalancers", report.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_of_different_test_binaries_are_an_error()
    {
        using var report = new ConformanceReport();
        report.AddRun("direct", Passed(Serve), Passed(Sctp));
        report.AddRun("vxlan", Passed(Serve));

        Assert.Equal(1, report.Generate());

        Assert.Contains($"vxlan does not know '{Sctp}'", report.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false, "facts.tsv is missing")]
    [InlineData("kubernetes\tv1.36.2\n", false, "does not say: kernel, routing, families, nodes")]
    [InlineData("kubernetes\tv1.36.2\n", true, "is a dry run")]
    public void Input_that_shows_nothing_is_refused(string? facts, bool dryRun, string error)
    {
        using var report = new ConformanceReport();
        report.AddRun("direct", facts, dryRun, Passed(Serve));

        Assert.Equal(2, report.Generate());

        Assert.Contains(error, report.Errors, StringComparison.Ordinal);
        Assert.Empty(report.Text);
    }

    [Fact]
    public void Line_of_reasons_without_category_is_refused()
    {
        using var report = new ConformanceReport();
        report.AddRun("direct", Passed(Serve));

        Assert.Equal(2, report.Generate("Services\tno reason to tell\n"));

        Assert.Contains("reasons.txt:1:", report.Errors, StringComparison.Ordinal);
    }
}
