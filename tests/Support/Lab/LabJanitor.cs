using System.Diagnostics;
using Netweir.Netlink;

namespace Netweir.Support.Lab;

/// <summary>Removes what labs leave outside of themselves: processes, namespaces, pins and files.</summary>
public static class LabJanitor
{
    internal const string OwnerFile = "owner";
    internal const string ProcessDirectory = "processes";
    private static readonly TimeSpan DeathTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Removes the leftovers of labs whose owner is dead. Returns their names.</summary>
    public static IReadOnlyList<string> RemoveDeadLabs()
    {
        string[] dead = [.. Leftovers().Select(l => l.Lab).Distinct().Where(lab => !OwnerIsAlive(lab))];
        foreach (var lab in dead)
        {
            Remove(lab);
        }

        return dead;
    }

    /// <summary>Namespaces, pins and directories of one lab that are still there.</summary>
    public static IReadOnlyList<string> LeftoversOf(string lab) => [.. Leftovers().Where(l => l.Lab == lab).Select(l => l.Path)];

    /// <summary>Kills the lab's processes, then removes all that is named after it. What is gone already is no error.</summary>
    internal static void Remove(string lab)
    {
        KillProcesses(Path.Combine(LabName.Directory(lab), ProcessDirectory));
        foreach (var path in LeftoversOf(lab))
        {
            if (Path.GetDirectoryName(path) == NetworkNamespace.NamedDirectory)
            {
                NetworkNamespace.Delete(Path.GetFileName(path));
            }
            else if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
        }
    }

    private static IEnumerable<(string Lab, string Path)> Leftovers() =>
        from directory in new[] { NetworkNamespace.NamedDirectory, LabName.BpfDirectory, Path.GetTempPath() }
        where Directory.Exists(directory)
        from path in Directory.EnumerateFileSystemEntries(directory)
        let lab = LabName.LabOf(Path.GetFileName(path))
        where lab is not null
        select (lab, path);

    /// <summary>The owner file tells the owner from a later process with the same number; without it the number has to do.</summary>
    private static bool OwnerIsAlive(string lab)
    {
        var file = Path.Combine(LabName.Directory(lab), OwnerFile);
        return File.Exists(file) && ProcessIdentity.Parse(File.ReadAllText(file)) is { } owner
            ? owner.IsAlive
            : ProcessIdentity.Of(LabName.OwnerOf(lab)) is not null;
    }

    private static void KillProcesses(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        ProcessIdentity[] alive =
        [
            .. Directory.EnumerateFiles(directory).Select(f => ProcessIdentity.Parse(File.ReadAllText(f))).OfType<ProcessIdentity>().Where(p => p.IsAlive),
        ];
        foreach (var identity in alive)
        {
            try
            {
                using var process = Process.GetProcessById(identity.Id);
                process.Kill();
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                // It ended in between.
            }
        }

        var clock = Stopwatch.StartNew();
        while (alive.Any(p => p.IsAlive) && clock.Elapsed < DeathTimeout)
        {
            Thread.Sleep(5);
        }
    }
}
