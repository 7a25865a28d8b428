using System.Globalization;
using System.Text;
using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>
/// Remembers on disk where the API servers are, from the EndpointSlices of Service default/kubernetes, so that a restart finds them when the
/// configured address is down.
/// </summary>
internal sealed class ApiServerFile(string stateDir) : IInformerSink<EndpointSlice>
{
    private readonly string _path = Path.Combine(stateDir, "api-servers");
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, IReadOnlyList<string>> _slices = new(StringComparer.Ordinal);
    private byte[]? _unsaved;

    /// <summary>Tries again what could not be written. Null when the file is as it should be, else why it is not: nothing but a restart needs it.</summary>
    public string? Retry()
    {
        lock (_lock)
        {
            return _unsaved is { } content ? Write(content) : null;
        }
    }

    /// <summary>The addresses of last time, as URLs; empty when there was none or the file cannot be read.</summary>
    public IReadOnlyList<string> Read()
    {
        try
        {
            return [.. File.ReadAllLines(_path).Where(l => Uri.TryCreate(l, UriKind.Absolute, out _))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public void Replaced(IReadOnlyCollection<EndpointSlice> all)
    {
        _slices.Clear();
        foreach (var slice in all.Where(IsApiServer))
        {
            _slices[slice.Metadata.Name] = Urls(slice);
        }
        Save();
    }

    public void Upserted(EndpointSlice obj)
    {
        if (IsApiServer(obj))
        {
            _slices[obj.Metadata.Name] = Urls(obj);
            Save();
        }
    }

    public void Deleted(EndpointSlice obj)
    {
        if (IsApiServer(obj) && _slices.Remove(obj.Metadata.Name))
        {
            Save();
        }
    }

    private static bool IsApiServer(EndpointSlice slice) => slice.Metadata.Namespace == "default" && slice.ServiceName == "kubernetes";

    private static List<string> Urls(EndpointSlice slice) =>
    [
        .. from port in slice.Ports
           where port.Name == "https" && port.Port is > 0
           from endpoint in slice.Endpoints
           from address in endpoint.Addresses
           let host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address
           select string.Create(CultureInfo.InvariantCulture, $"https://{host}:{port.Port}"),
    ];

    /// <summary>An empty list says that the API is misconfigured, not that it is nowhere: what is known is kept.</summary>
    private void Save()
    {
        var urls = _slices.Values.SelectMany(u => u).Distinct().Order(StringComparer.Ordinal).ToList();
        if (urls.Count > 0)
        {
            lock (_lock)
            {
                Write(Encoding.ASCII.GetBytes(string.Join('\n', urls) + "\n"));
            }
        }
    }

    /// <summary>A full disk must not stop the watch that this is told by.</summary>
    private string? Write(byte[] content)
    {
        try
        {
            AtomicFile.WriteIfDifferent(_path, content);
            _unsaved = null;
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _unsaved = content;
            return $"{_path} cannot be written, so that a restart would not find the API servers where they are now: {e.Message}";
        }
    }
}
