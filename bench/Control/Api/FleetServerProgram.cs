using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Netweir.Support.ApiServer;

namespace Netweir.Bench;

/// <summary>The process behind <see cref="FleetServer"/>: a line a request, a line an answer. Ends with the connection.</summary>
internal sealed class FleetServerProgram : IDisposable
{
    private readonly TestApiServer _api;
    private readonly string _path;
    private Timer? _beat;
    private FleetSize _size = new(0, 0, 0);
    private FleetObjects? _objects;
    private int _beats;

    public FleetServerProgram(IPEndPoint endPoint, string path)
    {
        _api = TestApiServer.Start(new TestApiServerOptions { EndPoint = endPoint, BookmarkInterval = TimeSpan.FromMinutes(1) });
        _path = path;
    }

    public void Run()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_path));
        listener.Listen(1);
        using var stream = new NetworkStream(listener.Accept(), ownsSocket: true);
        using var requests = new StreamReader(stream);
        using var answers = new StreamWriter(stream) { AutoFlush = true };
        while (requests.ReadLine() is { } request)
        {
            answers.WriteLine(Answer(request));
        }
    }

    public void Dispose()
    {
        _beat?.Dispose();
        _api.Dispose();
    }

    private string Answer(string request)
    {
        var verb = request.Split(' ', 2)[0];
        var rest = request[Math.Min(request.Length, verb.Length + 1)..];
        try
        {
            return $"ok {Do(verb, rest, rest.Split(' '))}";
        }
        catch (Exception e) when (e is ArgumentException or FormatException or JsonException or IOException or InvalidOperationException)
        {
            return $"error: {verb}: {e.Message.ReplaceLineEndings(" ")}";
        }
    }

    private string Do(string verb, string rest, string[] words)
    {
        switch (verb)
        {
            case "fill":
                Fill(new FleetSize(Number(words[0]), Number(words[1]), Number(words[2])));
                return "";
            case "move":
                return Move(Number(words[0]), Number(words[1])).ToString(CultureInfo.InvariantCulture);
            case "beat":
                Beat(double.Parse(words[0], CultureInfo.InvariantCulture));
                return "";
            case "apply":
                _api.Apply(JsonNode.Parse(rest)!.AsObject());
                return "";
            case "delete":
                _api.Delete(words[0], words[1] == "-" ? "" : words[1], words[2]);
                return "";
            case "kubeconfig":
                _api.WriteKubeConfig(rest);
                return "";
            default:
                throw new ArgumentException("there is no such verb");
        }
    }

    private void Fill(FleetSize size)
    {
        (_size, _objects) = (size, new FleetObjects(size));
        for (var node = 0; node < size.Nodes; node++)
        {
            PutNode(node);
        }

        for (var service = 0; service < size.Services; service++)
        {
            var number = service;
            _api.Store.Put("services", FleetObjects.Namespace(number), FleetObjects.ServiceName(number), FleetObjects.ServiceLabels(number), v => FleetObjects.Service(number, v));
            PutSlice(number, 0, null);
        }
    }

    private long Move(int service, int mover)
    {
        var now = Stopwatch.GetTimestamp();
        PutSlice(service, mover, DateTimeOffset.UtcNow);
        return now;
    }

    private void Beat(double perSecond)
    {
        _beat?.Dispose();
        _beat = perSecond > 0 ? new Timer(_ => PutNode(Interlocked.Increment(ref _beats) % _size.Nodes), null, TimeSpan.Zero, TimeSpan.FromSeconds(1 / perSecond)) : null;
    }

    private void PutSlice(int service, int mover, DateTimeOffset? changed) => _api.Store.Put(
        "endpointslices", FleetObjects.Namespace(service), FleetObjects.SliceName(service), FleetObjects.SliceLabels(service),
        v => _objects!.Slice(service, v, mover, changed));

    private void PutNode(int node) =>
        _api.Store.Put("nodes", "", FleetObjects.NodeName(node), new Dictionary<string, string>(), v => FleetObjects.Node(node, v, DateTimeOffset.UtcNow));

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
