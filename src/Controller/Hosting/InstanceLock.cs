using System.Globalization;

namespace Netweir.Controller;

/// <summary>One agent a node: an flock(2) on a file, which the kernel gives back when the process ends, however it ends.</summary>
internal sealed class InstanceLock : IDisposable
{
    /// <summary>EWOULDBLOCK: the runtime hands on what flock(2) says.</summary>
    private const int WouldBlock = 11;

    private readonly FileStream _file;

    private InstanceLock(FileStream file) => _file = file;

    /// <exception cref="StartupException">Another instance holds it, or the file cannot be made.</exception>
    public static InstanceLock Take(string runDir)
    {
        var path = Path.Combine(runDir, "agent.lock");
        var pidFile = Path.Combine(runDir, "agent.pid");
        FileStream? file = null;
        try
        {
            Directory.CreateDirectory(runDir);
            // FileShare.None is LOCK_EX | LOCK_NB here.
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var held = new InstanceLock(file);
            WritePid(pidFile);
            return held;
        }
        catch (IOException e) when (file is null && e.HResult == WouldBlock)
        {
            throw new StartupException($"'{path}' is locked: another netweir-agent (process {Holder(pidFile)}) has this --run-dir: "
                + "stop it first, or give this one its own --run-dir, --state-dir and --bpf-root", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new StartupException($"--run-dir: files cannot be made in '{runDir}': {e.Message}; give a directory that can be written", e);
        }
    }

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

    private static string Holder(string pidFile)
    {
        try
        {
            return File.ReadAllText(pidFile).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "unknown";
        }
    }

    public void Dispose() => _file.Dispose();
}
