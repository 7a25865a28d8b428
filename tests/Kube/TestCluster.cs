using System.Collections.Concurrent;
using System.Net;
using Netweir.Support.ApiServer;

namespace Netweir.Kube.Tests;

/// <summary>A server, a directory for its files, and clients and informers with short times; all gone when disposed.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private readonly List<RawClient> _clients = [];
    private static int s_apart;

    public TestCluster(TestApiServerOptions? options = null)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("netweir-kube-").FullName;
        Server = TestApiServer.Start(options ?? new TestApiServerOptions { BookmarkInterval = TimeSpan.FromMilliseconds(100) });
    }

    /// <summary>Any port of an address that no other test has, so that nobody takes the port while its server is away.</summary>
    public static IPEndPoint Apart => new(new IPAddress([127, 0, 1, (byte)Interlocked.Increment(ref s_apart)]), 0);

    public string Directory { get; }

    public TestApiServer Server { get; }

    public ConcurrentQueue<KubeIncident> Incidents { get; } = new();

    public string KubeConfigPath => Path.Combine(Directory, "config");

    public CancellationToken Token => _stop.Token;

    public KubeClientOptions Options => new()
    {
        RequestTimeout = TimeSpan.FromSeconds(5),
        WatchIdleTimeout = TimeSpan.FromSeconds(5),
        OnIncident = Incidents.Enqueue,
    };

    public KubeConfig Config(KubeConfigAuth auth = KubeConfigAuth.Token)
    {
        Server.WriteKubeConfig(KubeConfigPath, auth);
        return KubeConfig.FromFile(KubeConfigPath);
    }

    public RawClient Client(KubeConfig? config = null, KubeClientOptions? options = null)
    {
        var client = new RawClient(config ?? Config(), options ?? Options);
        _clients.Add(client);
        return client;
    }

    public (Informer<Service> Informer, RecordingSink<Service> Sink) RunServices(RawClient? client = null, KubeQuery? query = null) =>
        Run(KubeResources.Services, client, new InformerOptions { Query = query ?? KubeQuery.All });

    public (Informer<T> Informer, RecordingSink<T> Sink) Run<T>(KubeResource<T> resource, RawClient? client, InformerOptions options)
        where T : class, IKubeObject
    {
        var sink = new RecordingSink<T>();
        var fast = new Backoff { First = TimeSpan.FromMilliseconds(20), Cap = TimeSpan.FromMilliseconds(200) };
        var informer = new Informer<T>(client ?? Client(), resource, sink, options with { Backoff = fast });
        _running.Add(Task.Run(() => informer.RunAsync(_stop.Token)));
        return (informer, sink);
    }

    public void ApplyService(string name, string more = "") => Server.Apply(
        $$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{{name}}}","namespace":"default"},"spec":{"clusterIP":"10.96.0.9"{{{more}}} } }""");

    public int Count(string verb, string plural = "services") => Server.Requests.Count(r => r.Verb == verb && r.Kind?.Plural == plural);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).WaitAsync(TimeSpan.FromSeconds(10));
        _clients.ForEach(c => c.Dispose());
        Server.Dispose();
        _stop.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
