using System.Text;

namespace Netweir.Ctl;

/// <summary>Files of which there may be many: the logs of Netweir's pods, as the kubelet keeps them, and the records in the state directory.</summary>
internal sealed class LogFiles(BugPlaces places)
{
    private const string PodLogs = "/var/log/pods";
    private const int Longest = 1024 * 1024;
    private const int Most = 1000;

    /// <summary>Whatever their name says, they are none of the records; nothing of the kind should be there.</summary>
    private static readonly string[] s_private = ["kubeconfig", "token", ".key", ".crt", ".pem"];

    public IReadOnlyList<BugItem> All => [.. Logs(), .. Records()];

    private IEnumerable<BugItem> Logs()
    {
        string root = places.Node.Host.Of(PodLogs);
        string[] directories = Directory.Exists(root) ? Directory.GetDirectories(root, "*_netweir-*") : [];
        return directories.Length == 0 ? [new BugItem("logs/agent.txt", static () => null)]
            : directories.SelectMany(d => Files(d)).Select(p => new BugItem($"logs/{Path.GetRelativePath(root, p)}", () => Tail(p)));
    }

    private IEnumerable<BugItem> Records()
    {
        string root = places.Paths.StateDirectory;
        return Files(root).Where(p => !s_private.Any(w => Path.GetFileName(p).Contains(w, StringComparison.OrdinalIgnoreCase)))
            .Select(p => new BugItem($"state/{Path.GetRelativePath(root, p)}", () => Tail(p)));
    }

    /// <summary>Those written last, where there are too many.</summary>
    private static IEnumerable<string> Files(string directory) => Directory.Exists(directory)
        ? Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).OrderByDescending(File.GetLastWriteTimeUtc).Take(Most)
        : [];

    private static string? Tail(string path)
    {
        if (!File.Exists(path))
        {
            return null; // a pod's record, gone with it meanwhile
        }

        using FileStream file = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        bool cut = file.Length > Longest;
        file.Seek(cut ? -Longest : 0, cut ? SeekOrigin.End : SeekOrigin.Begin);
        using var reader = new StreamReader(file, Encoding.UTF8);
        string text = reader.ReadToEnd();
        return cut ? $"[{file.Length - Longest} bytes before]\n{text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]}" : text;
    }
}
