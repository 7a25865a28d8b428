using System.Buffers.Binary;

namespace Netweir.Datapath.Tests.Fuzz;

/// <summary>Spoils frames: bytes, bits, lengths, cuts, repetitions.</summary>
internal sealed class Mutator(Random random)
{
    /// <summary>A test run takes no frame that is shorter than its family's header.</summary>
    private const int Shortest = EthernetHeader.Size + IPv6Header.Size;

    public byte[] Mutate(byte[] frame)
    {
        var packet = (byte[])frame.Clone();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            packet = Change(packet);
        }
        return packet;
    }

    public byte[] RandomBytes()
    {
        var bytes = new byte[random.Next(Shortest, 200)];
        random.NextBytes(bytes);
        var ipv6 = random.Next(2) == 0;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(12), ipv6 ? EthernetHeader.TypeIPv6 : EthernetHeader.TypeIPv4);
        if (random.Next(4) != 0)
        {
            bytes[EthernetHeader.Size] = ipv6 ? (byte)0x60 : (byte)(0x45 + random.Next(4));
        }
        return bytes;
    }

    private byte[] Change(byte[] packet)
    {
        var at = random.Next(12, packet.Length);
        switch (random.Next(7))
        {
            case 0:
                packet[at] = (byte)random.Next(256);
                break;
            case 1:
                packet[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2 when at + 2 <= packet.Length:
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(at), (ushort)random.Next(65536));
                break;
            case 3:
                return packet[..Math.Max(at, Math.Min(packet.Length, Shortest))];
            case 4: // the lengths that headers tell
                packet[Math.Min(packet.Length - 1, EthernetHeader.Size + random.Next(8))] = (byte)random.Next(256);
                break;
            case 5: // what is about where the L4 header begins
                packet[Math.Min(packet.Length - 1, EthernetHeader.Size + 20 + random.Next(48))] = (byte)random.Next(256);
                break;
            default:
                return packet.Length < 1700 ? [.. packet, .. packet.AsSpan(random.Next(packet.Length))] : packet;
        }
        return packet;
    }
}
