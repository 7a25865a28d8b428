namespace Netweir.Kube;

/// <summary>
/// A GET, or what <paramref name="Method"/> says. <paramref name="Name"/> is how errors call it; <paramref name="OneObject"/> tells what a 404
/// means.
/// </summary>
internal sealed record KubeRequest(string Name, string PathAndQuery, bool OneObject = false, string Accept = "application/json")
{
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    public ReadOnlyMemory<byte> Body { get; init; }

    public string ContentType { get; init; } = "application/json";
}
