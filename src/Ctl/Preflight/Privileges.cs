using System.Globalization;
using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary>What this process may do: capabilities(7).</summary>
internal static class Privileges
{
    private static readonly Capability[] s_needed = [new(12, "CAP_NET_ADMIN"), new(21, "CAP_SYS_ADMIN"), new(38, "CAP_PERFMON"), new(39, "CAP_BPF")];

    private sealed record Capability(int Bit, string Name);

    public static Check Check { get; } = new("privileges", () => Judge(File.ReadLines("/proc/self/status")));

    /// <param name="status">/proc/self/status.</param>
    internal static CheckResult Judge(IEnumerable<string> status)
    {
        string line = status.FirstOrDefault(l => l.StartsWith("CapEff:", StringComparison.Ordinal)) ?? "CapEff:0";
        ulong effective = ulong.Parse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        string[] missing = [.. s_needed.Where(c => (effective >> c.Bit & 1) == 0).Select(c => c.Name)];
        return missing.Length == 0
            ? new CheckResult("privileges", string.Join(", ", s_needed.Select(c => c.Name)))
            : CheckResult.CannotTell(
                "privileges",
                $"this process lacks {string.Join(", ", missing)}, without which the kernel cannot be asked: run 'sudo ctl preflight', in Kubernetes in a privileged container");
    }
}
