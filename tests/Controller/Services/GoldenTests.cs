using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Netweir.Controller.Services;
using Netweir.Kube;
using Netweir.Maps;

namespace Netweir.Controller.Tests.Services;

/// <summary>
/// <c>tests/Controller/Golden/CASE</c>: Services, EndpointSlices, this Node and pods' host ports (kind HostPort: hostPort, hostIP, protocol,
/// containerPort, podIPs) as YAML in, the maps as <c>ctl maps dump</c> prints them, and what others serve for them, out. One
/// <c>in.yaml</c> and <c>out.txt</c>, or steps <c>in.1.yaml</c> and <c>out.1.txt</c> and so on for one agent: each input is the whole state.
/// Environment NETWEIR_UPDATE_GOLDEN=1 writes the outputs.
/// </summary>
public sealed class GoldenTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Controller", "Golden");

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Folder).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Maps_are_as_the_case_says(string name)
    {
        var kernel = new FakeKernel();
        var agent = new Agent(kernel.Open());
        agent.Store.MarkSynced();
        var inputs = Directory.GetFiles(Path.Combine(Folder, name), "in*.yaml").Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(inputs);
        foreach (var input in inputs)
        {
            Feed(agent, File.ReadAllText(input));
            agent.Sync();
            var step = Path.GetFileNameWithoutExtension(input)["in".Length..];
            Compare(Path.Combine(Folder, name, $"out{step}.txt"), Dump(kernel, agent.Reconciler));
        }
    }

    private static void Compare(string path, string actual)
    {
        if (Environment.GetEnvironmentVariable("NETWEIR_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} does not exist; run with NETWEIR_UPDATE_GOLDEN=1 and review what it writes");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string Dump(FakeKernel kernel, ServicesReconciler reconciler)
    {
        var context = new DumpContext { Names = NameTable.From(kernel.Services.Entries(), []), AllDetails = true };
        return OutputWriter.Write(
            new OutputDocument
            {
                Tables =
                [
                    ServiceTables.Services(kernel.Services.Entries(), context),
                    ServiceTables.Frontends(kernel.Frontends.Entries(), slot => kernel.Backends.Content[kernel.Slots.Content[slot]], context),
                    Short(ServiceTables.Slots(kernel.Frontends.Entries(), slot => kernel.Slots.Content[slot], context)),
                    ServiceTables.Backends(kernel.Backends.Entries(), context),
                    ServiceTables.BackendRefs(kernel.References.Entries(), context),
                    ClientTables.SourceRanges(kernel.SourceRanges.Entries(), context),
                    .. Surfaces(reconciler).Where(t => t.Rows.Count > 0),
                ],
            },
            OutputFormat.Table);
    }

    /// <summary>A Maglev table's slots are said to be many.</summary>
    private static MapTable Short(MapTable slots) => slots.Rows.Count <= 64
        ? slots
        : slots with { Rows = [.. slots.Rows.CountBy(r => (r[1], r[2])).OrderBy(c => c.Key.Item1.Number).Select(c => (IReadOnlyList<Cell>)[$"{c.Value} slots", c.Key.Item1, c.Key.Item2])] };

    private static IEnumerable<MapTable> Surfaces(ServicesReconciler reconciler) =>
    [
        new()
        {
            Name = "health check node ports",
            Columns = ["service", "port", "local_endpoints"],
            Rows = [.. reconciler.HealthChecks.Select(c => (IReadOnlyList<Cell>)[$"{c.Service}", c.Port, c.LocalEndpoints])],
        },
        new()
        {
            Name = "external addresses",
            Columns = ["address"],
            Rows = [.. reconciler.ExternalAddresses.Select(a => a.ToString()).Order(StringComparer.Ordinal).Select(a => (IReadOnlyList<Cell>)[a])],
        },
        new()
        {
            Name = "refused",
            Columns = ["service", "why"],
            Rows = [.. reconciler.Refusals.Select(r => (IReadOnlyList<Cell>)[$"{r.Service}", r.Detail])],
        },
    ];

    private static HostPortClaim Claim(JsonNode json)
    {
        var (metadata, spec) = (json["metadata"]!, json["spec"]!);
        IPAddress[] pod = [.. spec["podIPs"]!.AsArray().Select(a => IPAddress.Parse(a!.GetValue<string>()))];
        var hostIP = spec["hostIP"] is { } address ? IPAddress.Parse(address.GetValue<string>()) : null;
        return new HostPortClaim(
            HostPortKey.For(metadata["namespace"]!.GetValue<string>(), metadata["name"]!.GetValue<string>()),
            hostIP,
            (ushort)spec["hostPort"]!.GetValue<long>(),
            Protocols.Number(spec["protocol"]!.GetValue<string>())!.Value,
            (ushort)spec["containerPort"]!.GetValue<long>(),
            Array.Find(pod, a => a.IsIPv4() && hostIP?.IsIPv4() != false),
            Array.Find(pod, a => !a.IsIPv4() && hostIP?.IsIPv4() != true));
    }

    private static void Feed(Agent agent, string yaml)
    {
        var all = KubeYaml.ParseAll(yaml).ToArray();
        var objects = all.ToLookup(o => o["kind"]!.GetValue<string>(), o => o.ToJsonString());
        Assert.Empty(objects.Select(o => o.Key).Except(["Service", "EndpointSlice", "Node", "HostPort"]));
        agent.Reconciler.SetHostPorts(HostPortTable.Compute([.. all.Where(o => o["kind"]!.GetValue<string>() == "HostPort").Select(Claim)]));
        agent.Nodes.Replaced([.. objects["Node"].Select(j => JsonSerializer.Deserialize(j, KubeResources.Nodes.TypeInfo)!)]);
        agent.Services.Replaced([.. objects["Service"].Select(j => JsonSerializer.Deserialize(j, KubeResources.Services.TypeInfo)!)]);
        agent.Slices.Replaced([.. objects["EndpointSlice"].Select(j => JsonSerializer.Deserialize(j, KubeResources.EndpointSlices.TypeInfo)!)]);
    }
}
