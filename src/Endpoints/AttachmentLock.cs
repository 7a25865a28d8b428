namespace Netweir.Endpoints;

/// <summary>Keeps calls for one attachment apart: an ADD and a DEL at the same time would each leave half. Other attachments do not wait.</summary>
public static class AttachmentLock
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>Held until it is disposed, or its process ends. Null while the node never had a pod, unless <paramref name="create"/>.</summary>
    /// <param name="stateDirectory">That of the <see cref="EndpointStore"/>.</param>
    /// <param name="key">Whose calls.</param>
    /// <param name="create">Whether the state directory is made when it is not there.</param>
    /// <exception cref="TimeoutException">Another process kept the lock.</exception>
    public static IDisposable? Acquire(string stateDirectory, AttachmentKey key, bool create)
    {
        if (create)
        {
            Directory.CreateDirectory(stateDirectory);
        }

        return Directory.Exists(stateDirectory)
            ? FileLock.AcquireByte(Path.Combine(stateDirectory, "attachments.lock"), (long)(key.Hash >> 1), Timeout)
            : null;
    }
}
