namespace Netweir.Netlink;

/// <summary>Turns one message body (after the netlink header) into a value; null leaves the message out.</summary>
public delegate T? NetlinkParser<out T>(ushort messageType, ReadOnlySpan<byte> body)
    where T : class;
