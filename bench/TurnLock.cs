namespace Netweir.Bench;

/// <summary>A file's lock (flock), shared with whoever else measures on this machine.</summary>
internal sealed class TurnLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly FileStream? _file;

    private TurnLock(FileStream? file) => _file = file;

    /// <summary>Waits for as long as it takes. Without a file there is nothing to wait for.</summary>
    public static async Task<TurnLock> TakeAsync(string? file)
    {
        while (file is not null)
        {
            try
            {
                // .NET takes flock(LOCK_EX) for FileShare.None.
                return new TurnLock(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException))
            {
                await Task.Delay(Pause);
            }
        }

        return new TurnLock(null);
    }

    public void Dispose() => _file?.Dispose();
}
