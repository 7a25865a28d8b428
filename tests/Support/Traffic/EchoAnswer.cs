using System.Net;

namespace Netweir.Support.Traffic;

/// <summary>What an <see cref="EchoServer"/> answers: `name client-address:port request`, and no request where that was empty.</summary>
/// <param name="Client">The client as the server saw it.</param>
public sealed record EchoAnswer(string Server, IPEndPoint Client, string Request)
{
    public static bool TryParse(string line, out EchoAnswer answer)
    {
        var parts = line.Split(' ', 3);
        if (parts.Length >= 2 && IPEndPoint.TryParse(parts[1], out var client))
        {
            answer = new(parts[0], client, parts.Length > 2 ? parts[2] : "");
            return true;
        }
        answer = new("", new(IPAddress.None, 0), "");
        return false;
    }

    public override string ToString() => Request.Length > 0 ? $"{Server} {Client} {Request}" : $"{Server} {Client}";

    internal static IPEndPoint Plain(EndPoint? client) => client is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped
        ? new(mapped.Address.MapToIPv4(), mapped.Port)
        : (IPEndPoint)client!;
}
