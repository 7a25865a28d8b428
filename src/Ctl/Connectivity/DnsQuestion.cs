using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Netweir.Ctl;

/// <summary>Asks a DNS server for addresses (RFC 1035, over UDP): the image has no resolver, and which server answers is the question.</summary>
internal static class DnsQuestion
{
    private const int HeaderLength = 12;
    private const int TypeA = 1;
    private const int TypeAaaa = 28;

    /// <summary>Empty when the name has none.</summary>
    /// <exception cref="IOException">The server refuses, or answers what is no answer.</exception>
    public static async Task<IReadOnlyList<string>> AskAsync(IPEndPoint server, string name, bool ipv6, CancellationToken cancellationToken)
    {
        ushort id = (ushort)Environment.TickCount64;
        using Socket socket = await ConnectivityClient.ConnectAsync(server, SocketType.Dgram, cancellationToken).ConfigureAwait(false);
        await socket.SendAsync(Question(id, name, ipv6), cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[4096];
        int length = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
        try
        {
            return Parse(buffer.AsSpan(0, length), id);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new IOException("the DNS server's answer is cut off", e);
        }
    }

    public static byte[] Question(ushort id, string name, bool ipv6)
    {
        var bytes = new List<byte> { (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (string label in name.Split('.'))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.AddRange([0, 0, (byte)(ipv6 ? TypeAaaa : TypeA), 0, 1]);
        return [.. bytes];
    }

    /// <exception cref="IOException">As <see cref="AskAsync"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It ends too early.</exception>
    public static IReadOnlyList<string> Parse(ReadOnlySpan<byte> answer, ushort id)
    {
        if (BinaryPrimitives.ReadUInt16BigEndian(answer) != id)
        {
            throw new IOException("the DNS server answers another question");
        }

        int code = answer[3] & 15;
        if (code is not (0 or 3))
        {
            throw new IOException($"the DNS server refuses: code {code}");
        }

        int at = SkipName(answer, HeaderLength) + 4;
        var found = new List<string>();
        for (int i = BinaryPrimitives.ReadUInt16BigEndian(answer[6..]); i > 0; i--)
        {
            at = SkipName(answer, at);
            int type = BinaryPrimitives.ReadUInt16BigEndian(answer[at..]), length = BinaryPrimitives.ReadUInt16BigEndian(answer[(at + 8)..]);
            ReadOnlySpan<byte> data = answer.Slice(at + 10, length);
            if ((type == TypeA && length == 4) || (type == TypeAaaa && length == 16))
            {
                found.Add(new IPAddress(data).ToString());
            }

            at += 10 + length;
        }

        return found;
    }

    private static int SkipName(ReadOnlySpan<byte> answer, int at)
    {
        for (; ; at += 1 + answer.Slice(at, 1)[0])
        {
            byte length = answer.Slice(at, 1)[0];
            if (length >= 0xc0)
            {
                return at + 2;
            }

            if (length == 0)
            {
                return at + 1;
            }
        }
    }
}
