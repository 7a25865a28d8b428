using Netweir.Support.Traffic;

namespace Netweir.E2e.Tests;

internal static class LoadAssert
{
    /// <summary>Every request was answered, and there were at least so many.</summary>
    public static void Flawless(LoadReport report, int atLeast, string what, Func<string>? explanation = null) =>
        Assert.True(
            report is { Failed: 0, Skipped: 0 } && report.Requests >= atLeast,
            $"{what}: expected at least {atLeast} requests without a failure, got {report}\n{explanation?.Invoke()}");

    public static void Flawless(LongConnectionsReport report, int count, string what, Func<string>? explanation = null) =>
        Assert.True(
            report.Opened == count && report.Alive == count && report.Exchanges.Failed == 0,
            $"{what}: expected {count} connections to live, got {report}\n{explanation?.Invoke()}");
}
