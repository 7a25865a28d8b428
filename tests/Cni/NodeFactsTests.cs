using System.Net;
using System.Reflection;
using Netweir.Endpoints;

namespace Netweir.Cni.Tests;

public sealed class NodeFactsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("netweir-facts-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>The plugin reads them field by field: one that is added to the class has to be added there, and here.</summary>
    [Fact]
    public void Facts_are_read_as_they_were_written()
    {
        var least = new NodeFacts { NodeName = "", PodCidrs = [], Mtu = 0 };
        var written = new NodeFacts
        {
            NodeName = "node-\"a\"",
            PodCidrs = [IPNetwork.Parse("10.244.1.0/24"), IPNetwork.Parse("fd00:1::/64")],
            Mtu = 1450,
            OffloadSize = 196608,
            GatewayIPv4 = IPAddress.Parse("169.254.1.9"),
            GatewayIPv6 = IPAddress.Parse("fe80::9"),
        };
        Assert.All(typeof(NodeFacts).GetProperties(BindingFlags.Instance | BindingFlags.Public), p => Assert.NotEqual(p.GetValue(least), p.GetValue(written)));

        written.Write(_directory);
        NodeFacts read = NodeFacts.Read(_directory);

        Assert.Equal(written.PodCidrs, read.PodCidrs);
        Assert.Equal(written, read with { PodCidrs = written.PodCidrs });
    }
}
