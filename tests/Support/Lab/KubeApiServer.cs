using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Netweir.Support.ApiServer;

namespace Netweir.Support.Lab;

/// <summary>The real etcd and kube-apiserver, in the LAN, for as long as the lab lives.</summary>
internal sealed class KubeApiServer : ILabApi
{
    /// <summary>Names a folder that holds both executables, as for envtest.</summary>
    public const string FolderVariable = "KUBEBUILDER_ASSETS";
    private const string Etcd = "http://127.0.0.1:2379";
    private const string Token = "lab-token";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);
    private readonly TestAuthority _authority = new("netweir-lab-ca");
    private readonly List<LabProcess> _processes = [];
    private readonly string _directory;
    private readonly KubeApiClient _client;

    private KubeApiServer(LabLan lan, string directory)
    {
        _directory = Directory.CreateDirectory(directory).FullName;
        _client = new KubeApiClient(lan, Address, _authority, Token);
    }

    public string Description => $"kube-apiserver at {LabLan.ApiEndPoint}";

    private static Uri Address { get; } = new($"https://{LabLan.ApiEndPoint}");

    public static async Task<KubeApiServer> StartAsync(LabLan lan, string labDirectory, string folder)
    {
        var server = new KubeApiServer(lan, Path.Combine(labDirectory, "apiserver"));
        try
        {
            foreach (var command in (string[][])[server.EtcdCommand(folder), server.ServerCommand(folder)])
            {
                var log = Path.Combine(server._directory, $"{Path.GetFileName(command[0])}.log");
                server._processes.Add(LabProcess.Start(labDirectory, lan.Namespace, command, log));
            }

            await Wait.UntilAsync("kube-apiserver is ready", StartTimeout, server.IsReadyAsync);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public void Apply(JsonObject obj) => _client.Apply(obj);

    public void Delete(string plural, string ns, string name) => _client.Delete(plural, ns, name);

    public void WriteKubeConfig(string path) =>
        KubeConfigWriter.Write(path, Address, _authority.Pem, KubeConfigAuth.Token, Token, () => throw new UnreachableException());

    public void Dispose()
    {
        foreach (var process in Enumerable.Reverse(_processes))
        {
            process.Dispose();
        }

        _client.Dispose();
        _authority.Dispose();
    }

    private Task<bool> IsReadyAsync() => _processes.Find(p => p.HasExited) is { } ended
        ? throw new InvalidOperationException($"{ended.LogFile}: it ended with exit code {ended.ExitCode}:\n{ended.Tail(10)}")
        : _client.IsReadyAsync();

    private string[] EtcdCommand(string folder) =>
    [
        Path.Combine(folder, "etcd"),
        "--data-dir", Path.Combine(_directory, "etcd"),
        "--listen-client-urls", Etcd,
        "--advertise-client-urls", Etcd,
        "--listen-peer-urls", "http://127.0.0.1:2380",
        "--unsafe-no-fsync",
        "--log-level", "warn",
    ];

    private string[] ServerCommand(string folder)
    {
        using var certificate = _authority.IssueServer([LabLan.ApiEndPoint.Address], ["kubernetes.default.svc"]);
        using var accountKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var tls = WriteFile("tls.pem", certificate.ExportCertificatePem() + "\n" + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n");
        var accounts = WriteFile("accounts.key", accountKey.ExportECPrivateKeyPem() + "\n");
        return
        [
            Path.Combine(folder, "kube-apiserver"),
            $"--etcd-servers={Etcd}",
            $"--bind-address={LabLan.ApiEndPoint.Address}",
            $"--advertise-address={LabLan.ApiEndPoint.Address}",
            $"--secure-port={LabLan.ApiEndPoint.Port}",
            $"--tls-cert-file={tls}",
            $"--tls-private-key-file={tls}",
            $"--token-auth-file={WriteFile("tokens.csv", $"{Token},lab,lab\n")}",
            "--authorization-mode=AlwaysAllow",
            $"--service-cluster-ip-range={string.Join(',', LabSubnet.ServiceCidrs)}",
            "--service-account-issuer=https://kubernetes.default.svc",
            $"--service-account-key-file={accounts}",
            $"--service-account-signing-key-file={accounts}",
            // Nobody makes service accounts here, and nobody reads the address of this server from a service.
            "--disable-admission-plugins=ServiceAccount",
            "--endpoint-reconciler-type=none",
        ];
    }

    private string WriteFile(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
