using Netweir.Maps;

namespace Netweir.Loader.Tests;

public sealed class DumpTests
{
    private static readonly NameTable s_names = new()
    {
        Pods = new Dictionary<Address, string> { [Address.Parse("10.0.1.7")] = "shop/cart-0" },
        Nodes = new Dictionary<Address, string> { [Address.Parse("192.168.0.3")] = "node-b" },
        Services = new Dictionary<uint, string> { [4] = "shop/cart:http" },
        Devices = new Dictionary<uint, string> { [2] = "eth0", [12] = "nw12" },
    };

    private static readonly DumpContext s_context = new() { Names = s_names, Now = 90_000_000_000 };

    public static TheoryData<string, bool, OutputFormat> Cases => new()
    {
        { "table.txt", false, OutputFormat.Table },
        { "details.txt", true, OutputFormat.Table },
        { "dump.json", false, OutputFormat.Json },
        { "dump.yaml", false, OutputFormat.Yaml },
    };

    /// <summary>Environment NETWEIR_UPDATE_GOLDEN=1 writes the expected texts.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Dump_is_the_expected_text(string golden, bool details, OutputFormat format)
    {
        DumpContext context = s_context with { AllDetails = details };
        var document = new OutputDocument { Tables = [.. Tables(context)] };

        string text = OutputWriter.Write(document, format);

        string path = Path.Combine(Folder(), golden);
        if (Environment.GetEnvironmentVariable("NETWEIR_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.Equal(File.ReadAllText(path), text);
    }

    [Fact]
    public void Every_declared_map_can_be_shown()
    {
        Assert.Equal(MapSpecs.All.Select(m => m.Name), MapViews.All.Select(v => v.Spec.Name));
        Assert.Same(MapViews.Find("nw_endpoints"), MapViews.Find("endpoints"));
        Assert.Null(MapViews.Find("nothing"));
    }

    [Fact]
    public void Text_that_yaml_would_take_for_something_else_is_quoted()
    {
        var table = new MapTable { Name = "t", Columns = ["v"], Rows = [["no"], ["1.5"], ["::1"], ["a b"], ["shop/cart:http"], [7], [""]] };

        Assert.Equal("t:\n- v: \"no\"\n- v: \"1.5\"\n- v: \"::1\"\n- v: \"a b\"\n- v: shop/cart:http\n- v: 7\n- {}\n", OutputWriter.Write(table, OutputFormat.Yaml));
    }

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "Golden", "dump");

    private static IEnumerable<MapTable> Tables(DumpContext context)
    {
        Address pod = Address.Parse("10.0.1.7"), service = Address.Parse("10.96.0.5"), client = Address.Parse("fd00::9"), balancer = Address.Parse("203.0.113.7");
        FrontendKey frontend = new() { Address = service, Port = 80, Protocol = 6 }, empty = new() { Port = 30080, Protocol = 17 };
        Dictionary<uint, Backend> backends = new()
        {
            [8] = new Backend { Address = Address.Parse("10.0.2.3"), Port = 8080, Protocol = 6, Service = 4, Generation = 5, Flags = (uint)BackendFlag.ClusterList },
            [3] = new Backend { Address = pod, Port = 8080, Protocol = 6, Service = 4, Generation = 2, Flags = (uint)(BackendFlag.ClusterList | BackendFlag.LocalList) },
            [4] = default,
            [5] = new Backend { Address = pod, Port = 8080, Protocol = 17, Service = 9, Generation = 3 },
        };
        uint[] slots = [8, 3, 3, 3, 3];
        Dictionary<FrontendKey, Frontend> frontends = new()
        {
            [frontend] = new Frontend { Service = 4, Inside = new() { Base = 0, Count = 2 }, Outside = new() { Base = 0, Count = 2 }, AffinityTimeout = 10800 },
            [new() { Address = service }] = new Frontend { Service = 4, Flags = (uint)FrontendFlag.Address },
            [new() { Address = balancer, Port = 80, Protocol = 6 }] = new Frontend
            {
                Service = 4,
                Flags = (uint)(FrontendFlag.SourceRanges | FrontendFlag.Consistent | FrontendFlag.OutsideLocal),
                Inside = new() { Base = 0, Count = 2 },
                Outside = new() { Base = 2, Count = 3 },
            },
            [new() { Address = Address.Parse("0.0.0.0"), Port = 30080, Protocol = 6 }] = new Frontend
            {
                Service = 4,
                Flags = (uint)(FrontendFlag.OutsideDrop | FrontendFlag.OutsideLocal),
                Inside = new() { Base = 0, Count = 2 },
            },
            [empty] = new Frontend { Service = 9, Flags = (uint)(FrontendFlag.InsideDrop | FrontendFlag.OutsideDrop) },
        };
        FlowTuple original = new() { Saddr = pod, Sport = 40000, Daddr = service, Dport = 80, Protocol = 6 };
        ConntrackEntry entry = new()
        {
            Target = original with { Daddr = Address.Parse("10.0.2.3"), Dport = 8080 },
            LastSeen = 78_000_000_000,
            Service = 4,
            Backend = 8,
            Generation = 5,
            Flags = (uint)(ConntrackFlag.Service | ConntrackFlag.Established),
        };
        yield return AddressTables.Endpoints([new(client, new Endpoint { Ifindex = 13 }), new(pod, new Endpoint { Ifindex = 12, Mac = Mac.Parse("02:00:00:00:00:01") })], context);
        yield return AddressTables.Ipcache(
        [
            new(new IpcacheKey { PrefixLength = 120, Address = Address.Parse("10.0.2.0") }, new IpcacheEntry
            {
                Node = Address.Parse("192.168.0.3"), Ifindex = 2, Mtu = 1450, Kind = (byte)IpcacheKind.RemotePods, Routing = (byte)IpcacheRouting.Vxlan,
            }),
            new(new IpcacheKey { PrefixLength = 64, Address = Address.Parse("fd00::") }, new IpcacheEntry { Kind = (byte)IpcacheKind.LocalPods }),
        ], context);
        yield return ServiceTables.Frontends(frontends, slot => backends[slots[slot]], context);
        yield return ServiceTables.Slots(frontends, slot => slots[slot], context);
        yield return ServiceTables.Backends(backends, context);
        yield return ClientTables.Affinity(
        [
            new(new AffinityKey { Client = client, Service = 9 }, new Affinity { Backend = 5, Generation = 3, LastUsed = 60_000_000_000 }),
            new(new AffinityKey { Client = pod, Service = 4 }, new Affinity { Backend = 8, Generation = 5, LastUsed = 89_000_000_000 }),
            new(new AffinityKey { Client = balancer, Service = 4 }, new Affinity { Backend = 8, Generation = 4, LastUsed = 1_000_000_000 }),
        ], index => backends.TryGetValue(index, out Backend backend) ? backend : null, context);
        yield return ClientTables.SourceRanges(
        [
            new(new SourceRangeKey { PrefixLength = 32 + 96 + 24, Service = 4, Address = Address.Parse("192.0.2.0") }, 1),
            new(new SourceRangeKey { PrefixLength = 32 + 32, Service = 4, Address = Address.Parse("2001:db8::") }, 1),
        ], context);
        yield return FlowTables.Conntrack([new(original, entry)], context);
        yield return FlowTables.Drops([new(DropIndex(DropReason.NoSuchPod, Hook.FromPod), [new Counter { Packets = 1, Bytes = 60 }, new Counter { Packets = 2, Bytes = 120 }]), new(0, [default])], context);
        yield return FlowTables.Fragments([], context);
    }

    private static uint DropIndex(DropReason reason, Hook hook) => ((uint)reason * (uint)Hook.Max) + (uint)hook;
}
