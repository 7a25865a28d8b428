namespace Netweir.NodeState;

/// <summary>The lock that a running agent holds: an flock(2), which the kernel gives back however its process ends.</summary>
public static class AgentLock
{
    public const string FileName = "agent.lock";
    public const string PidFileName = "agent.pid";

    /// <summary>EWOULDBLOCK: the runtime hands on what flock(2) says.</summary>
    private const int WouldBlock = 11;

    /// <summary>Makes the file. Null: an agent has it.</summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static IDisposable? TryTake(string runDirectory) => TryOpen(runDirectory, FileMode.OpenOrCreate);

    /// <summary>As <see cref="TryTake"/>, but where no agent ever ran nothing is made, and there is nothing to be locked.</summary>
    public static IDisposable? TryTakeExisting(string runDirectory)
    {
        try
        {
            return TryOpen(runDirectory, FileMode.Open);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new MemoryStream();
        }
    }

    /// <summary>The agent that has the lock, by the process id that it wrote down. In a container it is the first process of its own.</summary>
    public static string Holder(string runDirectory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(runDirectory, PidFileName)).Trim() is var pid && pid == "1" ? "1 of a container" : pid;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "unknown";
        }
    }

    private static FileStream? TryOpen(string runDirectory, FileMode mode)
    {
        try
        {
            // FileShare.None is LOCK_EX | LOCK_NB here.
            return new FileStream(Path.Combine(runDirectory, FileName), mode, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            return null;
        }
    }
}
