using System.Net;
using System.Net.Sockets;
using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary>Asks the agent for /healthz and /readyz.</summary>
internal static class AgentProbe
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1);

    public static AgentHealth Ask(IPEndPoint where, string runDirectory)
    {
        DateTimeOffset? lastWrite = LastWrite(runDirectory);
        try
        {
            string answer = Request(where, "/healthz").Split('\r', '\n')[0];
            bool healthy = answer.StartsWith("HTTP/1.", StringComparison.Ordinal) && answer.Contains(" 200 ", StringComparison.Ordinal);
            return new AgentHealth(where.ToString(), healthy, answer, lastWrite) { Complaints = Complaints(where) };
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return new AgentHealth(where.ToString(), false, null, lastWrite);
        }
    }

    /// <summary>The agent's "[-]" lines are conditions that do not hold, its "[!]" lines are what it could not do.</summary>
    private static List<string> Complaints(IPEndPoint where)
    {
        try
        {
            return [.. Request(where, "/readyz").Split('\n')
                .Where(l => l.StartsWith("[-] ", StringComparison.Ordinal) || l.StartsWith("[!] ", StringComparison.Ordinal))
                .Select(l => l[4..].TrimEnd())];
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return [$"/readyz: {e.Message}"];
        }
    }

    private static string Request(IPEndPoint where, string path) => LoopbackHttp.Request(where, path, s_timeout);

    private static DateTimeOffset? LastWrite(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return null;
        }

        DateTime[] writes = [.. Directory.EnumerateFiles(directory).Select(File.GetLastWriteTimeUtc)];
        return writes.Length == 0 ? null : new DateTimeOffset(writes.Max(), TimeSpan.Zero);
    }
}
