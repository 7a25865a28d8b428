namespace Netweir.Kube;

/// <summary>
/// Where the API servers are and how to authenticate. Holds references to credential files rather than their contents: see
/// <see cref="CredentialData"/>.
/// </summary>
public sealed record KubeConfig
{
    /// <summary>Base addresses in order of preference; at least one. A path is kept as a prefix.</summary>
    public required IReadOnlyList<Uri> Servers { get; init; }

    /// <summary>The name that the server's certificate must carry, where it is not the address's host.</summary>
    public string? TlsServerName { get; init; }

    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>PEM. Null: the system's trust store.</summary>
    public CredentialData? CertificateAuthority { get; init; }

    /// <summary>PEM, leaf first. The key may be in the same file (then <see cref="ClientKey"/> names the same file).</summary>
    public CredentialData? ClientCertificate { get; init; }

    /// <summary>PEM.</summary>
    public CredentialData? ClientKey { get; init; }

    /// <summary>Bearer token.</summary>
    public CredentialData? Token { get; init; }

    /// <summary>The context's or the service account's namespace.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The kubeconfig file that this was read from; read again when it changes, for its credentials only.</summary>
    internal string? SourceFile { get; init; }

    internal string? SourceContext { get; init; }

    /// <summary>Reads a kubeconfig file. <paramref name="context"/> null means its current-context.</summary>
    /// <exception cref="KubeConfigException">The file cannot be read, parsed or supported.</exception>
    public static KubeConfig FromFile(string path, string? context = null) => KubeConfigFile.Load(path, context);

    /// <summary>Only the server of a kubeconfig's current context, whatever the file says of users: for finding the API with credentials of one's own.</summary>
    /// <exception cref="KubeConfigException">The file cannot be read or parsed, or names no server.</exception>
    public static Uri ServerOf(string path) => KubeConfigFile.ServerOf(path);

    /// <summary>Parses a kubeconfig. Relative file names in it are relative to <paramref name="directory"/>.</summary>
    /// <exception cref="KubeConfigException">The text cannot be parsed or is not supported.</exception>
    public static KubeConfig FromYaml(string yaml, string directory, string? context = null) =>
        KubeConfigFile.Parse(yaml, "kubeconfig", directory, context);

    /// <summary>
    /// The configuration that Kubernetes mounts into a pod. <paramref name="servers"/>, where given, replaces
    /// <c>KUBERNETES_SERVICE_HOST</c>, which is a ClusterIP: whoever implements services cannot depend on it.
    /// </summary>
    /// <exception cref="KubeConfigException">Not in a pod, or an address is malformed.</exception>
    public static KubeConfig InCluster(
        IReadOnlyList<string>? servers = null, string? directory = null, Func<string, string?>? environment = null) =>
        InClusterConfig.Load(servers, directory, environment ?? Environment.GetEnvironmentVariable);

    /// <summary>The same identity towards other addresses, in order of preference: see <see cref="ServerAddress.Parse"/> for their form.</summary>
    /// <exception cref="KubeConfigException">An address is malformed, or there is none.</exception>
    public KubeConfig WithServers(IEnumerable<string> servers)
    {
        Uri[] parsed = [.. servers.Select(ServerAddress.Parse)];
        return parsed.Length > 0
            ? this with { Servers = parsed }
            : throw new KubeConfigException("the list of API server addresses is empty: name at least one, for example https://192.0.2.10:6443");
    }

    /// <summary>Adds addresses to fail over to after <see cref="Servers"/>; those already there are not repeated.</summary>
    /// <exception cref="KubeConfigException">An address is malformed.</exception>
    public KubeConfig WithFallbackServers(IEnumerable<string> servers) =>
        this with { Servers = [.. Servers.Concat(servers.Select(ServerAddress.Parse)).Distinct()] };
}
