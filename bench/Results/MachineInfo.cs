using System.Globalization;
using Netweir.Support.Lab;

namespace Netweir.Bench.Results;

/// <summary>Where, when and of what the figures are.</summary>
public sealed record MachineInfo
{
    /// <summary>UTC.</summary>
    public required string Date { get; init; }

    public required string Commit { get; init; }

    public required string Kernel { get; init; }

    public required string Cpu { get; init; }

    public required int Cores { get; init; }

    /// <summary>iptables, nft and kube-proxy, as they call themselves.</summary>
    public required IReadOnlyList<string> Programs { get; init; }

    public static MachineInfo Collect(string repository, string? kubeProxy) => new()
    {
        Date = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
        Commit = CommitOf(repository),
        Kernel = Support.Machine.Kernel,
        Cpu = Support.Machine.Processor,
        Cores = Environment.ProcessorCount,
        Programs = [Line("iptables-nft", "--version"), Line("nft", "--version"), .. kubeProxy is null ? [] : new[] { $"kube-proxy {Line(kubeProxy, "--version")}" }],
    };

    private static string CommitOf(string repository)
    {
        var commit = Command.Run(["git", "-C", repository, "rev-parse", "--short", "HEAD"]);
        var changes = Command.Run(["git", "-C", repository, "status", "--porcelain", "--untracked-files=no"]);
        return commit.Succeeded ? commit.Output.Trim() + (changes.Output.Length > 0 ? " with changes" : string.Empty) : "unknown";
    }

    private static string Line(params string[] command) => Command.Run(command).Checked().Output.Split('\n')[0].Trim();
}
