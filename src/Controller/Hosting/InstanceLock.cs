using System.Globalization;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>One agent a node: an flock(2) on a file, which the kernel gives back when the process ends, however it ends.</summary>
internal sealed class InstanceLock : IDisposable
{
    private readonly IDisposable _held;

    private InstanceLock(IDisposable held) => _held = held;

    /// <exception cref="StartupException">Another instance holds it, or the file cannot be made.</exception>
    public static InstanceLock Take(string runDir, LedgerWriter ledger)
    {
        IDisposable? held = null;
        try
        {
            ledger.CreateDirectory(runDir);
            held = AgentLock.TryTake(runDir)
                ?? throw new StartupException($"'{Path.Combine(runDir, AgentLock.FileName)}' is locked: another netweir-agent (process {AgentLock.Holder(runDir)}) "
                    + "has this --run-dir: stop it first, or give this one its own --run-dir, --state-dir and --bpf-root");
            WritePid(Path.Combine(runDir, AgentLock.PidFileName));
            return new InstanceLock(held);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new StartupException($"--run-dir: files cannot be made in '{runDir}': {e.Message}; give a directory that can be written", e);
        }
    }

    public void Dispose() => _held.Dispose();

    /// <summary>For the message to a second agent. A full disk keeps nobody from starting.</summary>
    private static void WritePid(string path)
    {
        try
        {
            File.WriteAllText(path, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        }
        catch (IOException e) when (e is not DirectoryNotFoundException)
        {
            // Whoever asks is told "unknown" rather than an earlier agent's number.
            File.Delete(path);
        }
    }
}
