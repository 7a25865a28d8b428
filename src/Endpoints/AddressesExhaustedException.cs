using System.Net;

namespace Netweir.Endpoints;

/// <summary>Every address of a pod range is taken by a pod that still exists.</summary>
public sealed class AddressesExhaustedException : Exception
{
    public AddressesExhaustedException(IPNetwork range, int used)
        : base($"No free pod address in {range}: all {used} usable addresses are taken. Run fewer pods on this node (kubelet maxPods), or give the node a larger podCIDR.")
    {
        Range = range;
        Used = used;
    }

    public AddressesExhaustedException()
    {
    }

    public AddressesExhaustedException(string message)
        : base(message)
    {
    }

    public AddressesExhaustedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public IPNetwork Range { get; }

    public int Used { get; }
}
