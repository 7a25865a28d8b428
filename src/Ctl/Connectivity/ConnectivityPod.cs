namespace Netweir.Ctl;

/// <summary>What a pod of a connectivity test is told by its environment.</summary>
internal static class ConnectivityPod
{
    public const int Port = 8080;
    public const string NameVariable = "POD_NAME";

    /// <summary>Separated by commas.</summary>
    public const string AddressesVariable = "POD_IPS";
    public const string ChecksVariable = "NETWEIR_CHECKS";
    private const string ResolverFile = "/etc/resolv.conf";

    public static string Name => Environment.GetEnvironmentVariable(NameVariable) is { Length: > 0 } name ? name : Environment.MachineName;

    public static IReadOnlyList<string> Addresses =>
        (Environment.GetEnvironmentVariable(AddressesVariable) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The cluster's DNS domain, as the kubelet wrote it into the pod.</summary>
    public static string Domain() => File.Exists(ResolverFile) ? Domain(File.ReadAllText(ResolverFile)) : Domain("");

    /// <summary>Of <c>search NAMESPACE.svc.DOMAIN svc.DOMAIN DOMAIN</c>, the domain.</summary>
    public static string Domain(string resolver) => resolver.Split('\n')
        .Where(l => l.StartsWith("search ", StringComparison.Ordinal))
        .SelectMany(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .FirstOrDefault(d => d.StartsWith("svc.", StringComparison.Ordinal))?["svc.".Length..].TrimEnd('.') ?? "cluster.local";
}
