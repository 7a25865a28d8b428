using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Netweir.Support.Lab;

namespace Netweir.Bench;

/// <summary>The API server with a fleet in it, in a process of its own, so that neither its memory nor its garbage is taken for somebody else's.</summary>
internal sealed class FleetServer : ILabApi
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private readonly LabProcess _process;
    private readonly Socket _socket;
    private readonly StreamReader _answers;
    private readonly StreamWriter _requests;
    private readonly Lock _lock = new();

    private FleetServer(LabProcess process, Socket socket)
    {
        (_process, _socket) = (process, socket);
        var stream = new NetworkStream(socket);
        _answers = new StreamReader(stream);
        _requests = new StreamWriter(stream) { AutoFlush = true };
    }

    public string Description => "test API server in a process of its own";

    public static async Task<ILabApi> StartAsync(LabLan lan, string directory)
    {
        var path = Path.Combine(directory, "fleet.sock");
        var log = Path.Combine(directory, "fleet.log");
        string[] command = [Environment.ProcessPath!, .. Assembly(), "serve", LabLan.ApiEndPoint.ToString(), path];
        var process = LabProcess.Start(directory, lan.Namespace, command, log);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await Wait.UntilAsync("the fleet's API server listens", StartTimeout, () => process.HasExited
                ? throw new LabException($"it ended:\n{process.Tail()}") : Task.FromResult(File.Exists(path)));
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            return new FleetServer(process, socket);
        }
        catch
        {
            socket.Dispose();
            process.Dispose();
            throw;
        }
    }

    /// <summary>Adds what a cluster of this size has.</summary>
    public void Fill(FleetSize size) => Ask($"fill {size.Services} {size.Backends} {size.Nodes}");

    /// <summary>Replaces a backend of the service by this pod. Returns when the store had the change, as of <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public long Move(int service, int mover) => long.Parse(Ask($"move {service} {mover}"), CultureInfo.InvariantCulture);

    /// <summary>From now on so many nodes a second report that they live; 0 ends it.</summary>
    public void Beat(double perSecond) => Ask(string.Create(CultureInfo.InvariantCulture, $"beat {perSecond}"));

    public void Apply(JsonObject obj) => Ask($"apply {obj.ToJsonString()}");

    public void Delete(string plural, string ns, string name) => Ask($"delete {plural} {(ns.Length == 0 ? "-" : ns)} {name}");

    public void WriteKubeConfig(string path) => Ask($"kubeconfig {path}");

    public void Dispose()
    {
        _socket.Dispose();
        _process.Dispose();
    }

    private string Ask(string request)
    {
        lock (_lock)
        {
            _requests.WriteLine(request);
            var answer = _answers.ReadLine() ?? throw new LabException($"the fleet's API server ended:\n{_process.Tail()}");
            return answer.StartsWith("ok", StringComparison.Ordinal) ? answer[2..].Trim() : throw new LabException($"the fleet's API server: {answer}");
        }
    }

    /// <summary>Nothing when this program runs without 'dotnet' in front of it.</summary>
    private static string[] Assembly() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [Path.Combine(AppContext.BaseDirectory, "netweir-bench-control.dll")] : [];
}
