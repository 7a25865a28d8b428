using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Netweir.Controller;

/// <summary>What must hold before the node is touched.</summary>
internal static class Preflight
{
    /// <summary>The lock is the caller's to keep.</summary>
    /// <exception cref="StartupException">Something is missing, or another agent runs.</exception>
    public static InstanceLock Run(AgentOptions options)
    {
        if (Capabilities.Missing(File.ReadLines("/proc/self/status")) is { } missing)
        {
            throw new StartupException(missing);
        }
        var held = InstanceLock.Take(options.RunDir);
        try
        {
            BpfFileSystem.Ensure(options.BpfRoot);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <exception cref="StartupException">The address is taken, or not this node's.</exception>
    public static HttpServer Listen(AgentOptions options, HealthPages pages, ILogger logger)
    {
        try
        {
            return new HttpServer(options.HealthAddress, pages.Handlers, e => HostingLog.HttpFailed(logger, e));
        }
        catch (SocketException e)
        {
            throw new StartupException($"--health-address: cannot listen on {options.HealthAddress}: {e.Message}; choose another", e);
        }
    }
}
