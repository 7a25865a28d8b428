namespace Netweir.Controller;

/// <summary>What must hold for the node to be ready, in start-up order, each with its cause while it does not hold. Thread-safe.</summary>
internal sealed class Conditions
{
    private readonly Lock _lock = new();
    private readonly List<string> _order = [];
    private readonly Dictionary<string, string?> _causes = new(StringComparer.Ordinal);

    private readonly SortedDictionary<string, IReadOnlyList<string>> _notes = new(StringComparer.Ordinal);

    /// <summary>Declares a condition that does not hold yet.</summary>
    public void Declare(string name, string cause) => Set(name, cause);

    public void Met(string name) => Set(name, null);

    /// <summary>True when this is news: the cause differs from the one before.</summary>
    public bool NotMet(string name, string cause) => Set(name, cause);

    public bool AllMet
    {
        get
        {
            lock (_lock)
            {
                return _causes.Values.All(c => c is null);
            }
        }
    }

    public bool IsMet(string name)
    {
        lock (_lock)
        {
            return _causes.TryGetValue(name, out var cause) && cause is null;
        }
    }

    /// <summary>Name and cause; a null cause means that the condition holds.</summary>
    public IReadOnlyList<(string Name, string? Cause)> Snapshot()
    {
        lock (_lock)
        {
            return [.. _order.Select(n => (n, _causes[n]))];
        }
    }

    /// <summary>What does not keep the node from being ready, but should be known. Returns those that were not there before.</summary>
    public IReadOnlyList<string> Note(string about, IReadOnlyList<string> notes)
    {
        lock (_lock)
        {
            var before = _notes.GetValueOrDefault(about) ?? [];
            _notes[about] = notes;
            return [.. notes.Except(before)];
        }
    }

    public IReadOnlyList<string> Notes()
    {
        lock (_lock)
        {
            return [.. _notes.Values.SelectMany(n => n)];
        }
    }

    private bool Set(string name, string? cause)
    {
        lock (_lock)
        {
            if (!_causes.TryGetValue(name, out var before))
            {
                _order.Add(name);
                _causes.Add(name, cause);
                return true;
            }
            _causes[name] = cause;
            return before != cause;
        }
    }
}
