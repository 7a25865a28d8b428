using Netweir.Loader;

namespace Netweir.Maps;

/// <summary>How to count and show one pinned map.</summary>
public sealed class MapView
{
    private readonly Func<string, DumpContext, MapTable> _read;
    private readonly Func<string, long>? _count;

    internal MapView(MapSpec spec, Func<string, DumpContext, MapTable> read, Func<string, long>? count)
    {
        Spec = spec;
        _read = read;
        _count = count;
    }

    public MapSpec Spec { get; }

    /// <summary>The name without <c>nw_</c>.</summary>
    public string ShortName => Spec.Name.StartsWith("nw_", StringComparison.Ordinal) ? Spec.Name[3..] : Spec.Name;

    /// <param name="root">The BPF root.</param>
    /// <exception cref="BpfException">A map is not pinned there, or may not be opened.</exception>
    public MapTable Read(string root, DumpContext context) => _read(root, context);

    /// <summary>How many entries are in use; of an array, those that mean something.</summary>
    /// <inheritdoc cref="Read"/>
    public long Count(string root) => _count?.Invoke(root) ?? _read(root, new DumpContext()).Rows.Count;
}
