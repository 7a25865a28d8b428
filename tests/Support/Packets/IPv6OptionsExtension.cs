namespace Netweir.Support.Packets;

/// <summary>Hop-by-hop options, destination options or routing: next header, length, then <see cref="Body"/>.</summary>
public sealed record IPv6OptionsExtension : IPv6Extension
{
    public const byte HopByHop = 0;
    public const byte Routing = 43;
    public const byte DestinationOptions = 60;

    private readonly PacketBytes _body = new([1, 4, 0, 0, 0, 0]);

    public IPv6OptionsExtension(byte type) => Type = type;

    public override byte Type { get; }

    /// <summary>What follows the length byte: 6, 14, 22, ... bytes. By default one PadN option.</summary>
    public PacketBytes Body
    {
        get => _body;
        init => _body = value.Length % 8 == 6
            ? value
            : throw new ArgumentException($"An extension body of {value.Length} bytes does not fill units of 8: use 6, 14, 22, ...");
    }

    public override int Size => 2 + Body.Length;
}
