using System.Net;
using System.Text.Json;
using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Cni.Tests;

public sealed class CheckTests : IDisposable
{
    private readonly TestNode _node = new();

    public void Dispose() => _node.Dispose();

    public static TheoryData<string, string> Damages => new()
    {
        { "host interface gone", "is missing" },
        { "host interface down", "is down" },
        { "pod address gone", "does not have the address 10.244.1.1" },
        { "pod default route gone", "no default route for IPv6" },
        { "host route gone", "no route to fd00:10:244:1::1" },
        { "host neighbour gone", "no permanent neighbour entry for 10.244.1.1" },
        { "filter gone", "from_pod is not attached" },
        { "map entry gone", "nw_endpoints does not lead 10.244.1.1" },
        { "prevResult of another", "prevResult does not have the address" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Check_names_what_is_not_as_it_was_made(string damage, string text)
    {
        TestNamespace pod = _node.NewPod();
        JsonElement result = _node.Add("c1", pod);
        Assert.Equal(new PluginResult(0, string.Empty, string.Empty), _node.Check("c1", pod, result));

        result = Damage(damage, pod, result);

        PluginResult check = _node.Check("c1", pod, result);
        Assert.Equal((1, 102), (check.ExitCode, check.ErrorCode));
        Assert.Contains(text, check.Json.GetProperty("details").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_of_an_unknown_container_says_so()
    {
        TestNamespace pod = _node.NewPod();
        JsonElement result = _node.Add("c1", pod);

        Assert.Equal(3, _node.Check("c9", pod, result).ErrorCode);
        Assert.Equal(7, _node.Run("CHECK", "c1", pod).ErrorCode);
    }

    private JsonElement Damage(string damage, TestNamespace pod, JsonElement result)
    {
        EndpointRecord record = _node.Store.List()[0];
        Rtnetlink host = _node.Host.Netlink;
        int index = record.HostInterfaceIndex;
        switch (damage)
        {
            case "host interface gone":
                host.Links.Delete(index);
                break;
            case "host interface down":
                host.Links.SetDown(index);
                break;
            case "pod address gone":
                int eth0 = pod.Netlink.Links.Get("eth0").Index;
                pod.Netlink.Addresses.Delete(new InterfaceAddress { LinkIndex = eth0, Address = record.Addresses[0], PrefixLength = 32 });
                break;
            case "pod default route gone":
                pod.Netlink.Routes.Delete(new Route { Destination = IPNetwork.Parse("::/0") });
                break;
            case "host route gone":
                host.Routes.Delete(new Route { Destination = new IPNetwork(record.Addresses[1], 128) });
                break;
            case "host neighbour gone":
                host.Neighbours.Delete(new Neighbour { LinkIndex = index, Address = record.Addresses[0] });
                break;
            case "filter gone":
                host.TrafficControl.Delete(index, TcDirection.Ingress);
                break;
            case "map entry gone":
                using (EndpointMap map = _node.OpenMap())
                {
                    map.Remove([record.Addresses[0]]);
                }

                break;
            default:
                return JsonDocument.Parse(result.GetRawText().Replace("10.244.1.1/32", "10.244.1.2/32", StringComparison.Ordinal)).RootElement;
        }

        return result;
    }
}
