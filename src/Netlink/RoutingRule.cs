using System.Runtime.InteropServices;

namespace Netweir.Netlink;

/// <summary>A rule that sends look-ups to a routing table (<c>ip rule</c>). What is left out matches everything.</summary>
public sealed record RoutingRule
{
    internal const int HeaderLength = 12;
    internal const int AttributeIncomingInterface = 3;
    internal const int AttributePriority = 6;
    internal const int AttributeTable = 15;
    internal const int AttributeProtocol = 21;
    internal const int AttributeIpProtocol = 22;
    internal const int AttributeDestinationPorts = 24;
    internal const byte ActionToTable = 1;

    public required bool IsIPv4 { get; init; }

    /// <summary>Lower is asked first; 0 is the local table's, 32766 the main table's.</summary>
    public required uint Priority { get; init; }

    /// <summary>0 for rules with other actions, which others made.</summary>
    public required uint Table { get; init; }

    /// <summary>Whoever made it, as for routes.</summary>
    public byte Protocol { get; init; } = RouteProtocol.Netweir;

    /// <summary>Name; <c>lo</c> means what this host sends itself.</summary>
    public string IncomingInterface { get; init; } = string.Empty;

    /// <summary>IPPROTO_*; 0: any.</summary>
    public byte IpProtocol { get; init; }

    /// <summary>First and last, host order, the last at most 65534; 0 and 0: any, also what has none.</summary>
    public (ushort First, ushort Last) DestinationPorts { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(IsIPv4 ? "IPv4" : "IPv6")} rule {Priority} (iif '{IncomingInterface}', protocol {IpProtocol}, ports {DestinationPorts.First}-{DestinationPorts.Last}) to table {Table}";

    internal static RoutingRule? Parse(ReadOnlySpan<byte> body)
    {
        if (body.Length < HeaderLength || body[0] is not (Libc.AF_INET or Libc.AF_INET6))
        {
            return null;
        }

        var rule = new RoutingRule { IsIPv4 = body[0] == Libc.AF_INET, Priority = 0, Table = body[4], Protocol = 0 };
        foreach (NetlinkAttribute attribute in new AttributeReader(body[HeaderLength..]))
        {
            rule = attribute.Type switch
            {
                AttributeIncomingInterface => rule with { IncomingInterface = attribute.ReadString() },
                AttributePriority => rule with { Priority = attribute.Read<uint>() },
                AttributeTable => rule with { Table = attribute.Read<uint>() },
                AttributeProtocol => rule with { Protocol = attribute.Read<byte>() },
                AttributeIpProtocol => rule with { IpProtocol = attribute.Read<byte>() },
                AttributeDestinationPorts => rule with { DestinationPorts = (attribute.Read<ushort>(), MemoryMarshal.Read<ushort>(attribute.Value[2..])) },
                _ => rule,
            };
        }

        return rule;
    }

    internal void WriteTo(ref MessageWriter request)
    {
        request.Put((byte)(IsIPv4 ? Libc.AF_INET : Libc.AF_INET6));
        request.Put((byte)0);
        request.Put((byte)0);
        request.Put((byte)0);
        request.Put((byte)0); // FRA_TABLE carries the table: this field holds one byte only.
        request.Put((byte)0);
        request.Put((byte)0);
        request.Put(ActionToTable);
        request.Put(0);
        request.Attribute(AttributePriority, Priority);
        request.Attribute(AttributeTable, Table);
        request.Attribute(AttributeProtocol, Protocol);
        if (IncomingInterface.Length > 0)
        {
            request.AttributeString(AttributeIncomingInterface, IncomingInterface);
        }

        if (IpProtocol != 0)
        {
            request.Attribute(AttributeIpProtocol, IpProtocol);
        }

        if (DestinationPorts.Last != 0)
        {
            Span<byte> range = stackalloc byte[4];
            MemoryMarshal.Write(range, DestinationPorts.First);
            MemoryMarshal.Write(range[2..], DestinationPorts.Last);
            request.Attribute(AttributeDestinationPorts, range);
        }
    }
}
