using Netweir.Endpoints;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>The two files that others read: node.json (the plugin) and the conflist (the container runtime).</summary>
internal sealed class PublishedFiles(AgentOptions options, TamperLog tampering, LedgerWriter ledger)
{
    private readonly string _facts = Path.Combine(options.RunDir, Endpoints.NodeFacts.FileName);

    /// <summary>What the files held when they were last written or found right. Replaced whole: the look comes from another thread.</summary>
    private volatile IReadOnlyDictionary<string, byte[]> _known = new Dictionary<string, byte[]>(StringComparer.Ordinal);

    public string Conflist { get; } = Path.Combine(options.CniConfDir, CniConflist.FileName);

    /// <summary>Whether something else changed or removed a file since. May be asked on any thread.</summary>
    /// <exception cref="IOException">A file is there but cannot be read.</exception>
    public bool IsDisturbed() => _known.Keys.Any(IsDisturbed);

    /// <summary>True when it had to be written.</summary>
    /// <exception cref="IOException">It cannot be, perhaps for lack of room; readers see the file of before.</exception>
    public bool Write(Endpoints.NodeFacts facts) => Write(_facts, () => NodeFile.Write(options.RunDir, facts));

    /// <inheritdoc cref="Write(Endpoints.NodeFacts)"/>
    public bool WriteConflist()
    {
        ledger.CreateDirectory(options.CniConfDir);
        ledger.Add(LedgerKind.CniConfig, Conflist);
        return Write(Conflist, () => AtomicFile.WriteIfDifferent(Conflist, CniConflist.Render(options)));
    }

    private bool Write(string path, Func<bool> write)
    {
        var disturbed = IsDisturbed(path);
        var written = write();
        tampering.CountIf(disturbed && written, "file", $"{path} was removed or edited");
        _known = new Dictionary<string, byte[]>(_known, StringComparer.Ordinal) { [path] = File.ReadAllBytes(path) };
        return written;
    }

    private bool IsDisturbed(string path) =>
        _known.TryGetValue(path, out var content) && !(File.Exists(path) && content.AsSpan().SequenceEqual(File.ReadAllBytes(path)));
}
