using System.Net;
using Netweir.Controller.Services;

namespace Netweir.Controller.Tests.Services;

/// <summary>The specification of <see cref="EndpointSelection"/>: Kubernetes' <c>pkg/proxy/topology.go</c> (v1.36) as tables.</summary>
public sealed class EndpointSelectionTests
{
    private static readonly ThisNode Here = new("here", "zone-a");

    /// <summary>
    /// Backends are words: a digit names it, then r(eady), s(erving), t(erminating), L(ocal), N(ode hint here), n(ode hint elsewhere), Z(one hint
    /// here), z(one hint elsewhere). Then what each of four Services selects: "cluster list / local list", as digits; "-" is a list that its policies
    /// never use, "." an empty one; "!" says that there is no usable one anywhere (hasAny is false: reject rather than drop).
    /// <list type="bullet">
    /// <item>plain: both policies Cluster</item>
    /// <item>internal: internalTrafficPolicy Local, nothing external</item>
    /// <item>external: externalTrafficPolicy Local, externally accessible</item>
    /// <item>both: both Local, externally accessible</item>
    /// </list>
    /// </summary>
    public static TheoryData<string, string, string, string, string, string> Cases => new()
    {
        // what                                                        backends                   plain       internal    external    both
        { "no backend",                                                "",                        "./- !",    "-/. !",    "./. !",    "./. !" },

        // One backend, every combination of conditions, elsewhere and here.
        { "no condition",                                              "1",                       "./- !",    "-/. !",    "./. !",    "./. !" },
        { "serving",                                                   "1s",                      "./- !",    "-/. !",    "./. !",    "./. !" },
        { "terminating",                                               "1t",                      "./- !",    "-/. !",    "./. !",    "./. !" },
        { "serving and terminating",                                   "1st",                     "1/-",      "-/.",      "1/.",      "1/." },
        { "ready",                                                     "1r",                      "1/-",      "-/.",      "1/.",      "1/." },
        { "ready, serving",                                            "1rs",                     "1/-",      "-/.",      "1/.",      "1/." },
        { "ready, terminating",                                        "1rt",                     "1/-",      "-/.",      "1/.",      "1/." },
        { "ready, serving, terminating (published)",                   "1rst",                    "1/-",      "-/.",      "1/.",      "1/." },
        { "no condition, here",                                        "1L",                      "./- !",    "-/. !",    "./. !",    "./. !" },
        { "serving, here",                                             "1sL",                     "./- !",    "-/. !",    "./. !",    "./. !" },
        { "terminating, here",                                         "1tL",                     "./- !",    "-/. !",    "./. !",    "./. !" },
        { "serving and terminating, here",                             "1stL",                    "1/-",      "-/1",      "1/1",      "1/1" },
        { "ready, here",                                               "1rL",                     "1/-",      "-/1",      "1/1",      "1/1" },
        { "ready, serving, here",                                      "1rsL",                    "1/-",      "-/1",      "1/1",      "1/1" },
        { "ready, terminating, here",                                  "1rtL",                    "1/-",      "-/1",      "1/1",      "1/1" },
        { "ready, serving, terminating, here",                         "1rstL",                   "1/-",      "-/1",      "1/1",      "1/1" },

        // Several: ready ones first; each list falls back on its own.
        { "ready ones only",                                           "1rs 2rsL 3s 4st 5stL",    "12/-",     "-/2",      "12/2",     "12/2" },
        { "none ready: serving and terminating",                       "1st 2stL 3t 4sL",         "12/-",     "-/2",      "12/2",     "12/2" },
        { "ready elsewhere, terminating here",                         "1rs 2stL 3st",            "1/-",      "-/2",      "1/2",      "1/2" },
        { "ready here, terminating elsewhere",                         "1st 2rsL",                "2/-",      "-/2",      "2/2",      "2/2" },
        { "ready elsewhere, useless here",                             "1rs 2sL 3tL",             "1/-",      "-/.",      "1/.",      "1/." },
        { "terminating elsewhere, useless here",                       "1st 2sL",                 "1/-",      "-/.",      "1/.",      "1/." },
        { "ready though not serving, and terminating",                 "1r 2st",                  "1/-",      "-/.",      "1/.",      "1/." },

        // Zone hints narrow the cluster list of ready ones, and nothing else.
        { "zone hints",                                                "1rsZ 2rsz 3rsZz",         "13/-",     "-/.",      "13/.",     "13/." },
        { "zone hints: one without switches them off",                 "1rsZ 2rsz 3rs",           "123/-",    "-/.",      "123/.",    "123/." },
        { "zone hints: one without that is not ready does not",        "1rsZ 2rsz 3st",           "1/-",      "-/.",      "1/.",      "1/." },
        { "zone hints: one without that is published does",            "1rsZ 2rsz 3rst",          "123/-",    "-/.",      "123/.",    "123/." },
        { "zone hints: none names this zone",                          "1rsz 2rsz",               "12/-",     "-/.",      "12/.",     "12/." },
        { "zone hints: only a terminating one names this zone",        "1rsz 2stZ",               "1/-",      "-/.",      "1/.",      "1/." },
        { "zone hints: not for the fallback",                          "1stz 2stZ",               "12/-",     "-/.",      "12/.",     "12/." },
        { "zone hints: not for the local list",                        "1rsZ 2rsLz",              "1/-",      "-/2",      "1/2",      "1/2" },
        { "zone hints: the local one need not be in the cluster list", "1rsZ 2stLz",              "1/-",      "-/2",      "1/2",      "1/2" },

        // Node hints go before zone hints.
        { "node hints",                                                "1rsN 2rsn",               "1/-",      "-/.",      "1/.",      "1/." },
        { "node hints before zone hints",                              "1rsNZ 2rsnZ",             "1/-",      "-/.",      "1/.",      "1/." },
        { "node hints: several nodes",                                 "1rsNn 2rsn",              "1/-",      "-/.",      "1/.",      "1/." },
        { "node hints: none names this node, zone hints do",           "1rsnZ 2rsnz",             "1/-",      "-/.",      "1/.",      "1/." },
        { "node hints: none names this node, no zone hints",           "1rsn 2rsn",               "12/-",     "-/.",      "12/.",     "12/." },
        { "node hints: one without, zone hints do",                    "1rsNz 2rsZ",              "2/-",      "-/.",      "2/.",      "2/." },
        { "node hints: one without, no zone hints",                    "1rsN 2rs",                "12/-",     "-/.",      "12/.",     "12/." },
        { "node hints: one without that is not ready",                 "1rsN 2rsn 3st",           "1/-",      "-/.",      "1/.",      "1/." },
        { "node hints: not for the fallback",                          "1stn 2stN",               "12/-",     "-/.",      "12/.",     "12/." },
        { "node hints: not for the local list",                        "1rsLn 2rsN",              "2/-",      "-/1",      "2/1",      "2/1" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Selection_is_as_specified(string what, string backends, string plain, string @internal, string external, string both)
    {
        Assert.NotEmpty(what);
        Assert.Equal(plain, Selected(backends, new TrafficPolicy(InternalLocal: false, ExternalLocal: false, ExternallyAccessible: false)));
        Assert.Equal(plain, Selected(backends, new TrafficPolicy(InternalLocal: false, ExternalLocal: false, ExternallyAccessible: true)));
        Assert.Equal(plain, Selected(backends, new TrafficPolicy(InternalLocal: false, ExternalLocal: true, ExternallyAccessible: false)));
        Assert.Equal(@internal, Selected(backends, new TrafficPolicy(InternalLocal: true, ExternalLocal: false, ExternallyAccessible: false)));
        Assert.Equal(@internal, Selected(backends, new TrafficPolicy(InternalLocal: true, ExternalLocal: true, ExternallyAccessible: false)));
        Assert.Equal(external, Selected(backends, new TrafficPolicy(InternalLocal: false, ExternalLocal: true, ExternallyAccessible: true)));
        Assert.Equal(both, Selected(backends, new TrafficPolicy(InternalLocal: true, ExternalLocal: true, ExternallyAccessible: true)));
        Assert.Equal(both, Selected(backends, new TrafficPolicy(InternalLocal: true, ExternalLocal: false, ExternallyAccessible: true)));
    }

    [Fact]
    public void Zone_hints_do_nothing_on_a_node_without_a_zone()
    {
        var selected = EndpointSelection.Select(Parse("1rsZ 2rsz"), default, new ThisNode("here", null));

        Assert.Equal("12", Text(selected.Cluster));
    }

    /// <summary>Every combination of conditions.</summary>
    [Theory]
    [InlineData(Protocols.Tcp, "12345678")]
    [InlineData(Protocols.Sctp, "12345678")]
    [InlineData(Protocols.Udp, "123456")]
    public void Only_datagram_flows_end_when_a_backend_stops_serving(byte protocol, string keep) =>
        Assert.Equal(keep, Text(Parse("1rs 2r 3s 4rst 5rt 6st 7t 8").Where(c => c.KeepsFlows(protocol))));

    private static string Selected(string backends, TrafficPolicy policy)
    {
        var selected = EndpointSelection.Select(Parse(backends), policy, Here);
        return $"{Text(selected.Cluster, policy.UsesCluster)}/{Text(selected.Local, policy.UsesLocal)}{(selected.HasAny ? "" : " !")}";
    }

    private static string Text(IReadOnlyList<BackendCandidate> list, bool used) => (used, list.Count) switch
    {
        (false, 0) => "-",
        (true, 0) => ".",
        (false, _) => $"unused but {Text(list)}",
        _ => Text(list),
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
