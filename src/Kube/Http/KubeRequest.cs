namespace Netweir.Kube;

/// <summary>
/// A GET, or what <paramref name="Method"/> says. <paramref name="Name"/> is how errors call it; <paramref name="OneObject"/> tells what a 404
/// means.
/// </summary>
internal sealed record KubeRequest(string Name, string PathAndQuery, bool OneObject = false, string Accept = "application/json")
{
    /// <summary>What a ClusterRole must say for this request to be allowed; null for a path that is no resource's.</summary>
    public string? Rule
    {
        get
        {
            var group = PathAndQuery.Split('/') switch
            {
                ["", "api", ..] => "",
                ["", "apis", var named, ..] => named,
                _ => null,
            };
            return group is not null && Name.Split(' ') is [var verb, var resource, ..]
                ? $"""apiGroups: ["{group}"], resources: ["{resource}"], verbs: ["{verb}"]"""
                : null;
        }
    }

    public HttpMethod Method { get; init; } = HttpMethod.Get;

    public ReadOnlyMemory<byte> Body { get; init; }

    public string ContentType { get; init; } = "application/json";
}
