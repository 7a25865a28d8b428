using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Netweir.Endpoints;
using Netweir.Loader;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>What must hold before the node is touched.</summary>
internal static class Preflight
{
    /// <summary>The lock is the caller's to keep.</summary>
    /// <exception cref="StartupException">Something is missing, or another agent runs.</exception>
    public static InstanceLock Run(AgentOptions options, LedgerWriter ledger)
    {
        if (Capabilities.Missing(File.ReadLines("/proc/self/status")) is { } missing)
        {
            throw new StartupException(missing);
        }
        CheckKernel(KernelFeatures.Probe());
        var held = InstanceLock.Take(options.RunDir, ledger);
        try
        {
            CheckMapSizes(options);
            Close(options.RunDir, "--run-dir", ledger);
            Close(options.StateDir, "--state-dir", ledger);
            BpfFileSystem.Ensure(options.BpfRoot, ledger);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static void Close(string directory, string option, LedgerWriter ledger)
    {
        try
        {
            ledger.CreateDirectory(directory);
            PrivateFiles.CloseDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{option}: '{directory}' cannot be made this agent's alone: {e.Message}; give a directory that belongs to its user", e);
        }
    }

    /// <exception cref="StartupException">The datapath cannot be loaded on this kernel.</exception>
    internal static void CheckKernel(KernelFeatures features)
    {
        if (features.Missing is { } missing)
        {
            throw new StartupException($"{missing}, without which Netweir's programs cannot be loaded: run Linux 5.15 or later on this node");
        }
    }

    /// <exception cref="StartupException">A map is unknown, or the object that declares them cannot be read.</exception>
    internal static void CheckMapSizes(AgentOptions options)
    {
        if (options.MapSizes.Count == 0)
        {
            return;
        }
        var known = ReadObject(options.ObjectPath).Maps.Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        if (options.MapSizes.Keys.FirstOrDefault(m => !known.Contains(m)) is { } unknown)
        {
            throw new StartupException($"--map-size: there is no map '{unknown}'; there are {string.Join(", ", known.Order(StringComparer.Ordinal))}");
        }
    }

    private static BpfObjectFile ReadObject(string path)
    {
        try
        {
            return BpfObjectFile.Read(path);
        }
        catch (Exception e) when (e is BtfFormatException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--object: {e.Message}", e);
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
