using System.Text.Json;
using Netweir.Kube;
using Netweir.Maps;

namespace Netweir.Controller.Tests.Services;

/// <summary>
/// <c>tests/Controller/Golden/CASE</c>: Services, EndpointSlices and this Node as YAML in, the maps as <c>ctl maps dump</c> prints them out. One
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
            Compare(Path.Combine(Folder, name, $"out{step}.txt"), Dump(kernel));
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

    private static string Dump(FakeKernel kernel)
    {
        var context = new DumpContext { Names = NameTable.From(kernel.Services.Entries(), []), AllDetails = true };
        return OutputWriter.Write(
            new OutputDocument
            {
                Tables =
                [
                    ServiceTables.Services(kernel.Services.Entries(), context),
                    ServiceTables.Frontends(kernel.Frontends.Entries(), slot => kernel.Backends.Content[kernel.Slots.Content[slot]], context),
                    ServiceTables.Slots(kernel.Frontends.Entries(), slot => kernel.Slots.Content[slot], context),
                    ServiceTables.Backends(kernel.Backends.Entries(), context),
                    ServiceTables.BackendRefs(kernel.References.Entries(), context),
                ],
            },
            OutputFormat.Table);
    }

    private static void Feed(Agent agent, string yaml)
    {
        var objects = KubeYaml.ParseAll(yaml).ToLookup(o => o["kind"]!.GetValue<string>(), o => o.ToJsonString());
        Assert.Empty(objects.Select(o => o.Key).Except(["Service", "EndpointSlice", "Node"]));
        agent.Nodes.Replaced([.. objects["Node"].Select(j => JsonSerializer.Deserialize(j, KubeResources.Nodes.TypeInfo)!)]);
        agent.Services.Replaced([.. objects["Service"].Select(j => JsonSerializer.Deserialize(j, KubeResources.Services.TypeInfo)!)]);
        agent.Slices.Replaced([.. objects["EndpointSlice"].Select(j => JsonSerializer.Deserialize(j, KubeResources.EndpointSlices.TypeInfo)!)]);
    }
}
