using System.Net;
using Netweir.Controller.Services;

namespace Netweir.Controller.Tests.Services;

public sealed class EndpointSelectionTests
{
    private static readonly ThisNode Here = new("here", "zone-a");

    private static readonly TrafficPolicy Cluster = new(InternalLocal: false, ExternalLocal: false, ExternallyAccessible: false);
    private static readonly TrafficPolicy InternalLocal = new(InternalLocal: true, ExternalLocal: false, ExternallyAccessible: false);
    private static readonly TrafficPolicy ExternalLocal = new(InternalLocal: false, ExternalLocal: true, ExternallyAccessible: true);
    private static readonly TrafficPolicy BothLocal = new(InternalLocal: true, ExternalLocal: true, ExternallyAccessible: true);

    /// <summary>
    /// Backends are words: a digit names it, then r(eady), s(erving), t(erminating), L(ocal), N(ode hint here), n(ode hint elsewhere), Z(one hint
    /// here), z(one hint elsewhere). Expected lists are the digits.
    /// </summary>
    public static TheoryData<string, string, string, string, string, bool> Cases => new()
    {
        { "no backend", "cluster", "", "", "", false },
        { "nothing usable", "cluster", "1 2s", "", "", false },
        { "nothing usable, local", "both", "1L 2sL", "", "", false },
        { "ready ones everywhere", "cluster", "1rs 2rsL 3s 4st", "12", "", true },
        { "serving and terminating when none is ready", "cluster", "1st 2stL 3t 4s", "12", "", true },
        { "ready though not serving (published)", "cluster", "1r 2st", "1", "", true },
        { "internal Local: ready here", "local", "1rs 2rsL 3stL", "", "2", true },
        { "internal Local: terminating here although ready elsewhere", "local", "1rs 2stL 3st", "", "2", true },
        { "internal Local: only elsewhere is a drop", "local", "1rs", "", "", true },
        { "internal Local: terminating elsewhere is a drop", "local", "1st", "", "", true },
        { "internal Local: not serving elsewhere is a reject", "local", "1s 2t", "", "", false },
        { "external Local: both lists", "external", "1rs 2rsL", "12", "2", true },
        { "external Local: fallbacks are independent", "external", "1rs 2stL", "1", "2", true },
        { "external Local: both fall back", "external", "1st 2stL 3t", "12", "2", true },
        { "both Local still has the cluster list", "both", "1rs 2rsL", "12", "2", true },
        { "external Local without external access", "unreachable", "1rs 2rsL", "12", "", true },
        { "zone hints", "cluster", "1rsZ 2rsz 3rsZz", "13", "", true },
        { "zone hints: one without switches them off", "cluster", "1rsZ 2rsz 3rs", "123", "", true },
        { "zone hints: one without that is not ready does not", "cluster", "1rsZ 2rsz 3st", "1", "", true },
        { "zone hints: none names this zone", "cluster", "1rsz 2rsz", "12", "", true },
        { "zone hints: only a terminating one names this zone", "cluster", "1rsz 2stZ", "1", "", true },
        { "zone hints do not count for the fallback", "cluster", "1stz 2stZ", "12", "", true },
        { "zone hints do not count for the local list", "external", "1rsZ 2rsLz", "1", "2", true },
        { "node hints", "cluster", "1rsN 2rsn", "1", "", true },
        { "node hints before zone hints", "cluster", "1rsNZ 2rsnZ", "1", "", true },
        { "node hints: none names this node, zone hints do", "cluster", "1rsnZ 2rsnz", "1", "", true },
        { "node hints: one without, zone hints do", "cluster", "1rsNz 2rsZ", "2", "", true },
        { "node hints: one without, no zone hints", "cluster", "1rsN 2rs", "12", "", true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Selection_follows_upstream(string name, string policy, string backends, string cluster, string local, bool hasAny)
    {
        Assert.NotEmpty(name);
        var selected = EndpointSelection.Select(Parse(backends), Policy(policy), Here);

        Assert.Equal(cluster, Text(selected.Cluster));
        Assert.Equal(local, Text(selected.Local));
        Assert.Equal(hasAny, selected.HasAny);
    }

    [Fact]
    public void Zone_hints_do_nothing_on_a_node_without_a_zone()
    {
        var selected = EndpointSelection.Select(Parse("1rsZ 2rsz"), Cluster, new ThisNode("here", null));

        Assert.Equal("12", Text(selected.Cluster));
    }

    [Theory]
    [InlineData(false, false, false, true, false)]
    [InlineData(true, false, false, false, true)]
    [InlineData(true, false, true, true, true)]
    [InlineData(false, true, false, true, false)]
    [InlineData(false, true, true, true, true)]
    [InlineData(true, true, false, false, true)]
    public void Policy_says_which_lists_are_used(bool internalLocal, bool externalLocal, bool accessible, bool cluster, bool local)
    {
        var policy = new TrafficPolicy(internalLocal, externalLocal, accessible);

        Assert.Equal((cluster, local), (policy.UsesCluster, policy.UsesLocal));
    }

    /// <summary>Backends as in <see cref="Cases"/>; every combination of conditions.</summary>
    [Theory]
    [InlineData(Protocols.Tcp, "12345678")]
    [InlineData(Protocols.Sctp, "12345678")]
    [InlineData(Protocols.Udp, "123456")]
    public void Only_datagram_flows_end_when_a_backend_stops_serving(byte protocol, string keep) =>
        Assert.Equal(keep, Text(Parse("1rs 2r 3s 4rst 5rt 6st 7t 8").Where(c => c.KeepsFlows(protocol))));

    private static TrafficPolicy Policy(string name) => name switch
    {
        "cluster" => Cluster,
        "local" => InternalLocal,
        "external" => ExternalLocal,
        "both" => BothLocal,
        "unreachable" => ExternalLocal with { ExternallyAccessible = false },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such policy"),
    };

    private static BackendCandidate[] Parse(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Candidate)];

    private static BackendCandidate Candidate(string word) => new()
    {
        Address = IPAddress.Parse("10.0.0." + word[0]),
        Port = 80,
        Ready = word.Contains('r', StringComparison.Ordinal),
        Serving = word.Contains('s', StringComparison.Ordinal),
        Terminating = word.Contains('t', StringComparison.Ordinal),
        Local = word.Contains('L', StringComparison.Ordinal),
        NodeHints = Hints(word, ('N', "here"), ('n', "there")),
        ZoneHints = Hints(word, ('Z', "zone-a"), ('z', "zone-b")),
    };

    private static string[] Hints(string word, params (char Letter, string Name)[] hints) =>
        [.. hints.Where(h => word.Contains(h.Letter, StringComparison.Ordinal)).Select(h => h.Name)];

    private static string Text(IEnumerable<BackendCandidate> candidates) =>
        string.Concat(candidates.Select(c => c.Address.ToString()[^1]));
}
