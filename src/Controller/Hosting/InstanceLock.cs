using System.Globalization;

namespace Netweir.Controller;

/// <summary>One agent a node: an flock(2) on a file, which the kernel gives back when the process ends, however it ends.</summary>
internal sealed class InstanceLock : IDisposable
{
    private readonly FileStream _file;

    private InstanceLock(FileStream file) => _file = file;

    /// <exception cref="StartupException">Another instance holds it, or the file cannot be made.</exception>
    public static InstanceLock Take(string runDir)
    {
        var path = Path.Combine(runDir, "agent.lock");
        var pidFile = Path.Combine(runDir, "agent.pid");
        try
        {
            Directory.CreateDirectory(runDir);
            // FileShare.None is LOCK_EX | LOCK_NB here.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            return new InstanceLock(file);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupException($"'{path}' cannot be made: {e.Message}; make --run-dir writable", e);
        }
        catch (IOException e)
        {
            var holder = File.Exists(pidFile) ? File.ReadAllText(pidFile).Trim() : "unknown";
            throw new StartupException($"'{path}' cannot be locked ({e.Message}): another netweir-agent (process {holder}) has this --run-dir: "
                + "stop it first, or give this one its own --run-dir, --state-dir and --bpf-root", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
