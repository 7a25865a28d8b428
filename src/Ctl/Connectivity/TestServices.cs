namespace Netweir.Ctl;

/// <summary>The services that a connectivity test deploys.</summary>
internal static class TestServices
{
    public const int Port = 80;

    public const string Echo = "echo";
    public const string Headless = "echo-headless";
    public const string NodePort = "echo-nodeport";

    /// <summary>internalTrafficPolicy: Local.</summary>
    public const string Local = "echo-internal-local";

    /// <summary>externalTrafficPolicy: Local; its only pod is on the first node.</summary>
    public const string External = "echo-external-local";
    public const string Affinity = "echo-affinity";

    /// <summary>Without endpoints.</summary>
    public const string Empty = "echo-empty";
    public const string Hairpin = "hairpin";

    /// <summary>Name, and what its spec has beside ports.</summary>
    public static IReadOnlyList<(string Name, string Spec)> All { get; } =
    [
        (Echo, "selector: {app: server}"),
        (Headless, "clusterIP: None, selector: {app: server}"),
        (NodePort, "type: NodePort, selector: {app: server}"),
        (Local, "internalTrafficPolicy: Local, selector: {app: server}"),
        (External, $"type: NodePort, externalTrafficPolicy: Local, selector: {{app: server, name: {ConnectivityObjects.Server(0, host: false)}}}"),
        (Affinity, "sessionAffinity: ClientIP, selector: {app: server}"),
        (Empty, "selector: {app: nobody}"),
        (Hairpin, $"selector: {{app: prober, name: {ConnectivityPlan.Hairpin}}}"),
    ];
}
