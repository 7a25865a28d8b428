namespace Netweir.Kube;

/// <summary>One reading of all credentials.</summary>
internal sealed record Credentials(string? Token, TlsMaterial Tls);
