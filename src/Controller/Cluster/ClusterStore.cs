using System.Net;
using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>
/// Nodes and service ranges as the informers tell. Pulls the trigger only when something that the datapath depends on changed: a Node's
/// heartbeat does not.
/// </summary>
internal sealed class ClusterStore(string nodeName, Trigger trigger) : IInformerSink<Node>, IInformerSink<ServiceCidr>
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, NodeFacts> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _nodeProblems = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _cidrs = new(StringComparer.Ordinal);
    private ClusterSnapshot? _snapshot;

    /// <summary>Computed once per change.</summary>
    public ClusterSnapshot Snapshot
    {
        get
        {
            lock (_lock)
            {
                return _snapshot ??= Compute();
            }
        }
    }

    void IInformerSink<Node>.Replaced(IReadOnlyCollection<Node> all) => Change(() =>
    {
        var listed = all.Select(n => n.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        return AnyChange(_nodes.Keys.Where(n => !listed.Contains(n)).ToList(), Forget) | AnyChange(all, Put);
    });

    void IInformerSink<Node>.Upserted(Node obj) => Change(() => Put(obj));

    void IInformerSink<Node>.Deleted(Node obj) => Change(() => Forget(obj.Metadata.Name));

    void IInformerSink<ServiceCidr>.Replaced(IReadOnlyCollection<ServiceCidr> all) => Change(() =>
    {
        var listed = all.Select(c => c.Metadata.Name).ToHashSet(StringComparer.Ordinal);
        return AnyChange(_cidrs.Keys.Where(n => !listed.Contains(n)).ToList(), _cidrs.Remove) | AnyChange(all, Put);
    });

    void IInformerSink<ServiceCidr>.Upserted(ServiceCidr obj) => Change(() => Put(obj));

    void IInformerSink<ServiceCidr>.Deleted(ServiceCidr obj) => Change(() => _cidrs.Remove(obj.Metadata.Name));

    private void Change(Func<bool> apply)
    {
        lock (_lock)
        {
            if (!apply())
            {
                return;
            }
            _snapshot = null;
        }
        trigger.Pull();
    }

    /// <summary>Applies to every item, also after the first change.</summary>
    private static bool AnyChange<T>(IEnumerable<T> items, Func<T, bool> apply)
    {
        var changed = false;
        foreach (var item in items)
        {
            changed |= apply(item);
        }
        return changed;
    }

    private bool Put(Node node)
    {
        var problems = new List<string>();
        var facts = NodeFacts.From(node, problems);
        if (_nodes.TryGetValue(facts.Name, out var before) && before == facts && _nodeProblems[facts.Name].SequenceEqual(problems))
        {
            return false;
        }
        _nodes[facts.Name] = facts;
        _nodeProblems[facts.Name] = problems;
        return true;
    }

    private bool Forget(string name)
    {
        _nodeProblems.Remove(name);
        return _nodes.Remove(name);
    }

    private bool Put(ServiceCidr cidr)
    {
        var before = _cidrs.GetValueOrDefault(cidr.Metadata.Name);
        _cidrs[cidr.Metadata.Name] = cidr.Spec.Cidrs;
        return before is null || !before.SequenceEqual(cidr.Spec.Cidrs);
    }

    private ClusterSnapshot Compute()
    {
        var nodes = ClusterNodes.Compute(_nodes.Values, nodeName);
        var problems = _nodeProblems.Values.SelectMany(p => p).Concat(nodes.Problems).ToList();
        var cidrs = new HashSet<IPNetwork>();
        foreach (var (name, texts) in _cidrs)
        {
            foreach (var text in texts)
            {
                if (Cidrs.TryParse(text, out var cidr))
                {
                    cidrs.Add(cidr);
                }
                else
                {
                    problems.Add($"ServiceCIDR {name}: '{text}' is no CIDR: ignored");
                }
            }
        }
        return new ClusterSnapshot
        {
            Nodes = nodes,
            ServiceCidrs = [.. cidrs.OrderBy(c => c.ToString(), StringComparer.Ordinal)],
            Problems = problems,
        };
    }
}
