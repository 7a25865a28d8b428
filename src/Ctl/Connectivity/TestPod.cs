namespace Netweir.Ctl;

/// <summary>A server of a connectivity test, as the API knows it once it runs.</summary>
internal sealed record TestPod(string Name, string Node, bool HostNetwork, IReadOnlyList<string> Addresses);
