namespace Netweir.Controller;

/// <summary>
/// Follows the plugin's records: at once where the kernel tells of changes in their directory, else within a second, which is also when a node's
/// address is noticed that a host port waits for.
/// </summary>
internal sealed class HostPortLoop(
    AgentOptions options, HostPortReader reader, StageRunner stages, Trigger trigger, LoopWatch watch, AgentMetrics metrics, TimeProvider time)
    : PeriodicLoop("host-ports", trigger, TimeSpan.FromSeconds(1), watch, metrics, time)
{
    private readonly Trigger _trigger = trigger;
    private FileSystemWatcher? _records;

    protected override bool Turn(bool resync, CancellationToken cancellationToken) => stages.Run(ConditionNames.HostPorts, () =>
    {
        Watch();
        var writes = reader.Turn();
        stages.Note("host ports", reader.Problems);
        return writes;
    });

    public override void Dispose()
    {
        _records?.Dispose();
        base.Dispose();
    }

    /// <summary>Before the reading: then no change is missed. A node that is out of inotify instances does with the look every second.</summary>
    private void Watch()
    {
        var directory = Path.Combine(options.StateDir, "endpoints");
        if (_records is not null)
        {
            return;
        }
        Directory.CreateDirectory(directory);
        try
        {
            // Records are renamed into place.
            var records = new FileSystemWatcher(directory, "*.json") { NotifyFilter = NotifyFilters.FileName };
            records.Renamed += (_, _) => _trigger.Pull();
            records.Created += (_, _) => _trigger.Pull();
            records.Deleted += (_, _) => _trigger.Pull();
            records.Error += (_, _) => _trigger.Pull();
            _records = records;
            records.EnableRaisingEvents = true;
        }
        catch (IOException e)
        {
            stages.Note("records' directory", [$"changes in {directory} are seen only every second: {e.Message}; raise fs.inotify.max_user_instances"]);
        }
    }
}
