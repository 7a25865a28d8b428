namespace Netweir.Datapath.Tests.Harness;

public enum Family
{
    IPv4,
    IPv6,
}
