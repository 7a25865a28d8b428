using System.Diagnostics;
using System.Net;
using Netweir.Cni;
using Netweir.Endpoints;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.Bench;

/// <summary>The kernel's part of what netweir-cni does, without a process, addresses to choose and records: less cannot be.</summary>
internal sealed class KernelSubject(LabNode node) : ICniSubject, IDisposable
{
    private readonly NodeFacts _facts = NodeFacts.Read(node.RunDirectory);
    private readonly PinnedDatapath _datapath = PinnedDatapath.Open(node.BpfRoot);
    private int _pods;

    public string Name => "kernel's part alone, in one process";

    public NetworkNamespace Node => node.Namespace;

    public double Add(PodCall pod)
    {
        var record = Describe(pod, Interlocked.Increment(ref _pods));
        using var ns = NetworkNamespace.Open(pod.NamespacePath);
        var started = Stopwatch.GetTimestamp();
        using (var host = Rtnetlink.Open())
        {
            PodLink.Create(host, record, ns, _facts.Mtu, _facts.OffloadSize);
            var hostSide = host.Links.Get(record.HostInterfaceName);
            record = record with { HostInterfaceIndex = hostSide.Index };
            PodLink.ConfigureHost(host, hostSide, record);
            PodLink.ConfigurePod(ns, record, _facts);
            PodLink.AttachFilters(host.TrafficControl, record.HostInterfaceIndex, _datapath);
            _datapath.Endpoints.Set(record.Addresses, new EndpointEntry(record.HostInterfaceIndex, record.PodMac, record.HostMac));
        }

        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    public double Delete(PodCall pod)
    {
        var key = new AttachmentKey(pod.ContainerId, "eth0");
        var started = Stopwatch.GetTimestamp();
        using (var host = Rtnetlink.Open())
        {
            host.Links.Delete(key.HostInterfaceName);
        }

        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    public void Dispose() => _datapath.Dispose();

    private static EndpointRecord Describe(PodCall pod, int number)
    {
        var key = new AttachmentKey(pod.ContainerId, "eth0");
        return new EndpointRecord
        {
            ContainerId = pod.ContainerId,
            InterfaceName = key.InterfaceName,
            Network = "bench",
            NetworkNamespacePath = pod.NamespacePath,
            NetworkNamespaceInode = 0,
            BootId = "",
            Addresses = [new IPAddress([10, 250, (byte)(number >> 8), (byte)number]), IPAddress.Parse($"fd00:250::{number:x}")],
            HostInterfaceName = key.HostInterfaceName,
            HostMac = MacAddress.Random(),
            PodMac = MacAddress.Random(),
            State = EndpointState.Creating,
            Created = DateTimeOffset.UtcNow,
        };
    }
}
