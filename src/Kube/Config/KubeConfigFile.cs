using System.Text;
using System.Text.Json.Nodes;

namespace Netweir.Kube;

/// <summary>Reads kubeconfig files (client.authentication.k8s.io's exec plug-ins and other programs are refused: an agent on the node must not run them).</summary>
internal static class KubeConfigFile
{
    private static readonly (string Key, string Why)[] RefusedUserKeys =
    [
        ("exec", "exec plug-ins are not run; use a token, a tokenFile or a client certificate"),
        ("auth-provider", "auth-provider was removed from Kubernetes; use a token, a tokenFile or a client certificate"),
        ("username", "basic authentication was removed from Kubernetes; use a token, a tokenFile or a client certificate"),
        ("as", "impersonation is not supported; use credentials of the identity itself"),
    ];

    public static KubeConfig Load(string path, string? context)
    {
        var full = Path.GetFullPath(path);
        return Parse(ReadText(full), full, Path.GetDirectoryName(full)!, context) with { SourceFile = full, SourceContext = context };
    }

    public static Uri ServerOf(string path)
    {
        var root = Root(ReadText(path), path);
        var chosen = Chosen(root, null, path);
        var clusterName = ClusterName(chosen, path);
        return Server(Named(root, "clusters", "cluster", clusterName, path), clusterName, path);
    }

    public static KubeConfig Parse(string yaml, string name, string directory, string? context)
    {
        var root = Root(yaml, name);
        var chosen = Chosen(root, context, name);
        var clusterName = ClusterName(chosen, name);
        var cluster = Named(root, "clusters", "cluster", clusterName, name);
        var user = Text(chosen, "user") is { Length: > 0 } userName ? Named(root, "users", "user", userName, name) : [];
        Refuse(cluster, user, name);
        var config = new KubeConfig
        {
            Servers = [Server(cluster, clusterName, name)],
            TlsServerName = Text(cluster, "tls-server-name"),
            InsecureSkipTlsVerify = Flag(cluster, "insecure-skip-tls-verify", name),
            CertificateAuthority = FileOrData(cluster, "certificate-authority", directory, name),
            ClientCertificate = FileOrData(user, "client-certificate", directory, name),
            ClientKey = FileOrData(user, "client-key", directory, name),
            Token = Token(user, directory),
            Namespace = Text(chosen, "namespace") ?? "default",
        };
        return Check(config, name);
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"kubeconfig {path} cannot be read: {e.Message}; check the path and its permissions", e);
        }
    }

    private static JsonObject Chosen(JsonObject root, string? context, string name)
    {
        var selected = context ?? Text(root, "current-context");
        return string.IsNullOrEmpty(selected)
            ? throw new KubeConfigException($"{name} has no current-context: set one, or name a context in the configuration")
            : Named(root, "contexts", "context", selected, name);
    }

    private static string ClusterName(JsonObject context, string name) =>
        Text(context, "cluster") ?? throw new KubeConfigException($"{name}: its context names no cluster: add 'cluster'");

    private static Uri Server(JsonObject cluster, string clusterName, string name) => ServerAddress.Parse(Text(cluster, "server")
        ?? throw new KubeConfigException($"{name}: cluster '{clusterName}' has no server: add 'server: https://HOST:PORT'"));

    private static JsonObject Root(string yaml, string name)
    {
        try
        {
            return KubeYaml.ParseText(yaml) as JsonObject
                ?? throw new KubeConfigException($"{name} is not a kubeconfig: it is empty or not a mapping");
        }
        catch (FormatException e)
        {
            throw new KubeConfigException($"{name} is not valid YAML: {e.Message}; repair or regenerate it", e);
        }
    }

    private static KubeConfig Check(KubeConfig config, string name)
    {
        if (config.ClientCertificate is null != config.ClientKey is null)
        {
            throw new KubeConfigException($"{name}: client-certificate and client-key belong together, one of them is missing: add it");
        }

        if (config.InsecureSkipTlsVerify && config.CertificateAuthority is not null)
        {
            throw new KubeConfigException($"{name}: insecure-skip-tls-verify contradicts certificate-authority: remove one of them");
        }

        return config;
    }

    private static JsonObject Named(JsonObject root, string list, string item, string wanted, string name)
    {
        var entries = root[list] as JsonArray ?? [];
        foreach (var entry in entries.OfType<JsonObject>())
        {
            if (Text(entry, "name") == wanted)
            {
                return entry[item] as JsonObject ?? [];
            }
        }

        var known = string.Join(", ", entries.OfType<JsonObject>().Select(e => Text(e, "name")));
        throw new KubeConfigException($"{name} has no {item} '{wanted}' in {list}: it has {(known.Length > 0 ? known : "none")}");
    }

    private static void Refuse(JsonObject cluster, JsonObject user, string name)
    {
        if (cluster.ContainsKey("proxy-url"))
        {
            throw new KubeConfigException($"{name}: proxy-url is not supported: the agent must reach the API server directly");
        }

        foreach (var (key, why) in RefusedUserKeys)
        {
            if (user.ContainsKey(key))
            {
                throw new KubeConfigException($"{name}: user has '{key}': {why}");
            }
        }
    }

    private static CredentialData? Token(JsonObject user, string directory) =>
        Text(user, "tokenFile") is { Length: > 0 } file ? CredentialData.InFile(Path.Combine(directory, file))
        : Text(user, "token") is { Length: > 0 } token ? CredentialData.InMemory(Encoding.UTF8.GetBytes(token))
        : null;

    /// <summary>As in client-go: the data wins over the file.</summary>
    private static CredentialData? FileOrData(JsonObject from, string key, string directory, string name)
    {
        if (Text(from, key + "-data") is { Length: > 0 } data)
        {
            try
            {
                return CredentialData.InMemory(Convert.FromBase64String(data));
            }
            catch (FormatException e)
            {
                throw new KubeConfigException($"{name}: {key}-data is not base64: encode the PEM file with base64", e);
            }
        }

        return Text(from, key) is { Length: > 0 } file ? CredentialData.InFile(Path.Combine(directory, file)) : null;
    }

    private static bool Flag(JsonObject from, string key, string name) => Text(from, key) switch
    {
        null or "" or "false" => false,
        "true" => true,
        var other => throw new KubeConfigException($"{name}: {key} is '{other}': write true or false"),
    };

    private static string? Text(JsonObject from, string key) => from[key] is JsonValue value ? value.GetValue<string>() : null;
}
