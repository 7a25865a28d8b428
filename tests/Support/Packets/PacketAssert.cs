namespace Netweir.Support.Packets;

/// <summary>Independent of a test framework: throws <see cref="PacketMismatchException"/>.</summary>
public static class PacketAssert
{
    /// <summary>Equal as values, or the same bytes. Else shows both packets as lines, and where their bytes part.</summary>
    public static void Equal(Packet expected, Packet actual)
    {
        if (expected == actual)
        {
            return;
        }
        var (wanted, got) = (expected.Serialize(), actual.Serialize());
        var same = wanted.AsSpan().CommonPrefixLength(got);
        if (same != wanted.Length || same != got.Length)
        {
            throw new PacketMismatchException(
                $"Packets differ from byte {same} on ({wanted.Length} and {got.Length} bytes):\nexpected: {expected}\nactual:   {actual}");
        }
    }

    /// <summary>Parses, which verifies every checksum, then compares.</summary>
    public static void Equal(Packet expected, ReadOnlySpan<byte> actual)
    {
        Packet packet;
        try
        {
            packet = expected.Ethernet is null ? Packet.ParseIp(actual) : Packet.Parse(actual);
        }
        catch (PacketFormatException e)
        {
            throw new PacketMismatchException(
                $"The packet is not correct: {e.Message}\nexpected: {expected}\nactual:   {Convert.ToHexStringLower(actual)}", e);
        }
        Equal(expected, packet);
    }

    public static void Equal(IReadOnlyList<Packet> expected, IReadOnlyList<Packet> actual)
    {
        if (!expected.SequenceEqual(actual))
        {
            throw new PacketMismatchException($"Packets differ\nexpected: {Lines(expected)}\nactual:   {Lines(actual)}");
        }
    }

    private static string Lines(IReadOnlyList<Packet> packets) =>
        packets.Count == 0 ? "none" : string.Join("\n          ", packets);
}
