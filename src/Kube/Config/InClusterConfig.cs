using System.Net;

namespace Netweir.Kube;

/// <summary>Reads what Kubernetes gives to every pod: a projected token, the cluster's CA, the namespace and the API's address.</summary>
internal static class InClusterConfig
{
    private const string DefaultDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

    public static KubeConfig Load(IReadOnlyList<string>? servers, string? directory, Func<string, string?> environment)
    {
        var folder = directory ?? DefaultDirectory;
        var token = Path.Combine(folder, "token");
        if (!File.Exists(token))
        {
            throw new KubeConfigException(
                $"no service account token at {token}: not in a pod, or automountServiceAccountToken is false; give a kubeconfig file instead");
        }

        var authority = Path.Combine(folder, "ca.crt");
        var config = new KubeConfig
        {
            Servers = servers is { Count: > 0 } ? [.. servers.Select(ServerAddress.Parse)] : [FromEnvironment(environment)],
            Token = CredentialData.InFile(token),
            CertificateAuthority = File.Exists(authority) ? CredentialData.InFile(authority) : null,
        };
        var names = Path.Combine(folder, "namespace");
        return File.Exists(names) ? config with { Namespace = File.ReadAllText(names).Trim() } : config;
    }

    private static Uri FromEnvironment(Func<string, string?> environment)
    {
        var host = environment("KUBERNETES_SERVICE_HOST");
        var port = environment("KUBERNETES_SERVICE_PORT");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
        {
            throw new KubeConfigException(
                "KUBERNETES_SERVICE_HOST or KUBERNETES_SERVICE_PORT is not set: name the API server addresses in the configuration");
        }

        return ServerAddress.Parse($"https://{(IPAddress.TryParse(host, out var address) ? ServerAddress.Bracket(address) : host)}:{port}");
    }
}
