namespace Netweir.Kube;

/// <summary>A GET. <paramref name="Name"/> is how errors call it; <paramref name="OneObject"/> tells what a 404 means.</summary>
internal sealed record KubeRequest(string Name, string PathAndQuery, bool OneObject = false, string Accept = "application/json");
