namespace Netweir.Support.ApiServer;

/// <summary>Namespace, label selector (<c>k=v</c>, <c>k==v</c>, <c>k!=v</c>, <c>k</c>, <c>!k</c>) and field selector (metadata.name, metadata.namespace,
/// spec.nodeName, spec.clusterIP).</summary>
internal sealed class Selector
{
    private readonly List<Func<StoredObject, bool>> _terms = [];

    /// <exception cref="ApiException">A selector that the server does not understand.</exception>
    public static Selector Parse(string ns, string labels, string fields)
    {
        var selector = new Selector();
        if (ns.Length > 0)
        {
            selector._terms.Add(o => o.Namespace == ns);
        }

        foreach (var term in labels.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            selector._terms.Add(Label(term));
        }

        foreach (var term in fields.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            selector._terms.Add(Field(term));
        }

        return selector;
    }

    public bool Matches(StoredObject obj) => _terms.TrueForAll(t => t(obj));

    private static Func<StoredObject, bool> Label(string term)
    {
        if (term.Contains(' ', StringComparison.Ordinal))
        {
            throw new ApiException(400, "BadRequest", $"unable to parse requirement: set-based selectors are not supported here: {term}");
        }

        if (term.StartsWith('!'))
        {
            return o => !o.Labels.ContainsKey(term[1..]);
        }

        var (key, value, negated) = Split(term);
        return value is null ? o => o.Labels.ContainsKey(key) : o => (o.Labels.GetValueOrDefault(key) == value) != negated;
    }

    private static Func<StoredObject, bool> Field(string term)
    {
        var (key, value, negated) = Split(term);
        Func<StoredObject, string> read = key switch
        {
            "metadata.name" => o => o.Name,
            "metadata.namespace" => o => o.Namespace,
            "spec.nodeName" => o => o.NodeName,
            "spec.clusterIP" => o => o.ClusterIP,
            _ => throw new ApiException(400, "BadRequest", $"field label not supported: {key}"),
        };
        return o => (read(o) == (value ?? "")) != negated;
    }

    private static (string Key, string? Value, bool Negated) Split(string term)
    {
        var at = term.IndexOf('=', StringComparison.Ordinal);
        if (at < 0)
        {
            return (term, null, false);
        }

        var negated = at > 0 && term[at - 1] == '!';
        return (term[..(negated ? at - 1 : at)].Trim(), term[(at + 1)..].TrimStart('=').Trim(), negated);
    }
}
