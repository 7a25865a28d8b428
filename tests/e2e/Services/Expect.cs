using System.Net;
using System.Net.Sockets;
using Netweir.Support.Lab;
using Netweir.Support.Traffic;

namespace Netweir.E2e.Tests;

/// <summary>What a client gets from a frontend, over TCP and over UDP.</summary>
internal static class Expect
{
    /// <summary>Long enough for an answer on a busy machine, short enough to be waited for in many tests.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(700);

    /// <summary>Answered by the server, which sees that client address; null: whichever.</summary>
    public static async Task AnswersAsync(LabHost from, IPEndPoint target, string server, IPAddress? seenAs, IPAddress? source = null)
    {
        var bound = source is null ? null : new IPEndPoint(source, 0);
        Check("TCP", await from.TcpAsync(target, bound));
        Check("UDP", await from.UdpAsync(target, source: bound));

        void Check(string protocol, EchoAnswer answer) =>
            Assert.True(
                answer.Server == server && (seenAs is null || answer.Client.Address.Equals(seenAs)),
                $"{protocol} from {from.Name} {source} to {target}: {answer.Server} answered and saw {answer.Client.Address}; expected {server} to see {seenAs}");
    }

    /// <summary>The client's kernel says "connection refused", to a datagram as well.</summary>
    public static Task RefusesAsync(LabHost from, IPEndPoint target, IPAddress? source = null) => FailsAsync(from, target, source, SocketError.ConnectionRefused);

    /// <summary>Nothing comes back.</summary>
    public static Task SilentAsync(LabHost from, IPEndPoint target, IPAddress? source = null) => FailsAsync(from, target, source, SocketError.TimedOut);

    /// <summary>The servers that answer so many new TCP connections.</summary>
    public static async Task<IReadOnlyList<string>> ServersAsync(LabHost from, IPEndPoint target, int connections = 20, IPAddress? source = null)
    {
        var servers = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < connections; i++)
        {
            servers.Add((await from.TcpAsync(target, source is null ? null : new IPEndPoint(source, 0))).Server);
        }

        return [.. servers];
    }

    private static async Task FailsAsync(LabHost from, IPEndPoint target, IPAddress? source, SocketError expected)
    {
        var bound = source is null ? null : new IPEndPoint(source, 0);
        var patience = expected == SocketError.TimedOut ? Silence : (TimeSpan?)null;
        var tcp = from.TcpErrorAsync(target, patience, bound);
        var udp = from.UdpErrorAsync(target, patience, bound);
        Check("TCP", await tcp);
        Check("UDP", await udp);

        void Check(string protocol, SocketError? actual) =>
            Assert.True(actual == expected, $"{protocol} from {from.Name} {source} to {target}: {actual?.ToString() ?? "answered"}; expected {expected}");
    }
}
