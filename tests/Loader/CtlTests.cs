using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Netweir.Ctl;
using Netweir.Maps;

namespace Netweir.Loader.Tests;

/// <summary>Commands against the datapath's maps, loaded below a BPF root of the test's own.</summary>
public sealed class CtlTests : IDisposable
{
    private readonly BpfRoot _root = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("nw-ctl-").FullName;

    public void Dispose()
    {
        _root.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Unknown_map_is_answered_with_the_known_ones()
    {
        (int exit, _, string error) = Run("maps", "dump", "nodez");

        Assert.Equal(2, exit);
        Assert.Contains("there is no map 'nodez'", error, StringComparison.Ordinal);
        Assert.Contains("endpoints", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("maps", "list")]
    [InlineData("maps", "dump")]
    [InlineData("status")]
    public void Node_without_a_datapath_is_told_apart_from_a_bad_one(params string[] command)
    {
        (int exit, string output, string error) = Run(command);

        Assert.Equal((2, ""), (exit, output));
        Assert.Contains($"{_root}/maps does not exist", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        Assert.Equal(2, Run("maps", "dump", "-o", "xml").Exit);
        Assert.Equal(2, Run("no-such-command").Exit);
        Assert.Contains("'xml' is no output format", Run("maps", "list", "-o", "xml").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_teaches_with_examples()
    {
        Assert.Contains("ctl maps dump frontends backends", Run("--help").Output, StringComparison.Ordinal);
        Assert.Contains("before.yaml", Run("maps", "dump", "--help").Output, StringComparison.Ordinal);
        Assert.Contains("jq -r .verdict", Run("status", "--help").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Dump_shows_entries_with_their_names()
    {
        using LoadedObject loaded = Load();
        using NetweirMaps maps = NetweirMaps.OpenPinned(_root.Root);
        Service service = new() { Namespace = FixedString64.From("shop"), Name = FixedString64.From("cart"), Port = 80, Protocol = 6 };
        maps.Services.Update(1, service);
        maps.Backends.Update(7, new Backend { Address = Address.Parse("10.0.0.9"), Port = 8080, Protocol = 6, Service = 1, Generation = 1 });
        maps.Slots.Update(5, 7);
        maps.Frontends.Update(new FrontendKey { Address = Address.Parse("10.96.0.1"), Port = 80, Protocol = 6 }, new Frontend { Service = 1, Inside = new() { Base = 5, Count = 1 }, Outside = new() { Base = 5, Count = 1 } });

        (int exit, string output, _) = Run("maps", "dump", "nw_frontends");

        Assert.Equal(0, exit);
        Assert.Equal(
            "ADDRESS    PORT  PROTOCOL  SERVICE    BACKENDS       OUTSIDE  WHEN EMPTY  AFFINITY  ALGORITHM  SOURCE RANGES\n10.96.0.1  80    TCP       shop/cart  10.0.0.9:8080  -        reject      -         -          -\n", output);
        Assert.Equal(0, Run("maps", "dump", "--all-details", "-o", "yaml").Exit);
    }

    [Fact]
    public void List_tells_how_full_maps_are()
    {
        using LoadedObject loaded = Load();
        using NetweirMaps maps = NetweirMaps.OpenPinned(_root.Root);
        maps.Nodes.Update(Address.Parse("192.168.0.1"), new Node { Name = FixedString256.From("node-a") });

        using JsonDocument json = JsonDocument.Parse(Run("maps", "list", "-o", "json").Output);

        JsonElement nodes = json.RootElement.GetProperty("maps").EnumerateArray().Single(m => m.GetProperty("name").GetString() == "nw_nodes");
        Assert.Equal(("hash", 1, 32768), (nodes.GetProperty("type").GetString(), nodes.GetProperty("entries").GetInt32(), nodes.GetProperty("max").GetInt32()));
        Assert.True(nodes.GetProperty("bytes").GetInt64() > 0);
    }

    [Fact]
    public async Task Status_is_degraded_and_says_why()
    {
        using LoadedObject loaded = Load();
        new ProgramStore(_root.Root).Pin(loaded.Program("from_pod"));
        using var agent = new Agent();

        (int exit, string output, _) = await Task.Run(() => Run("status", "--agent", agent.Address, "-o", "json"));

        Assert.Equal(1, exit);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.StartsWith("degraded: not pinned: program to_pod, from_netdev, to_netdev, from_overlay, from_host, from_loopback: restart the agent", json.RootElement.GetProperty("verdict").GetString(), StringComparison.Ordinal);
        Assert.Equal("healthy", json.RootElement.GetProperty("agent").GetString());
        string problems = json.RootElement.GetProperty("problems").ToString();
        Assert.Contains("from_netdev is attached to no device", problems, StringComparison.Ordinal);
        Assert.Contains("node facts are missing", problems, StringComparison.Ordinal);
        Assert.Contains("the agent says: node: the API has no Node 'n1'", problems, StringComparison.Ordinal);
    }

    [Fact]
    public void Agent_that_does_not_answer_is_told_with_what_still_works()
    {
        using LoadedObject loaded = Load();

        (int exit, string output, _) = Run("status", "--agent", "127.0.0.1:1");

        Assert.Equal(1, exit);
        Assert.StartsWith("verdict", output, StringComparison.Ordinal);
        Assert.Contains("the agent does not answer at 127.0.0.1:1: traffic still flows", output, StringComparison.Ordinal);
    }

    private LoadedObject Load()
    {
        string path = Path.Combine(RepositoryRoot(), "artifacts", "bpf", "netweir.bpf.o");
        using OpenObject open = OpenObject.FromFile(path);
        return open.PinMaps(_root.Root).Load();
    }

    private static string RepositoryRoot([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    private (int Exit, string Output, string Error) Run(params string[] command)
    {
        using StringWriter output = new(), error = new();
        int exit = CtlCommand.Run([.. command, "--bpf-root", _root.Root, "--state-dir", _directory, "--run-dir", _directory], output, error);
        return (exit, output.ToString(), error.ToString());
    }

    /// <summary>Answers one request on loopback as a healthy agent does.</summary>
    private sealed class Agent : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Agent()
        {
            _listener.Start();
            _ = Task.Run(async () =>
            {
                foreach (string body in new[] { "ok\n", "[-] node: the API has no Node 'n1'\n" })
                {
                    using Socket client = await _listener.AcceptSocketAsync();
                    await client.ReceiveAsync(new byte[512]);
                    await client.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n\r\n{body}"));
                }
            });
        }

        public string Address => _listener.LocalEndpoint.ToString()!;

        public void Dispose() => _listener.Dispose();
    }
}
