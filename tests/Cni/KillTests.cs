using System.Diagnostics;
using System.Globalization;
using Netweir.Endpoints;

namespace Netweir.Cni.Tests;

/// <summary>SIGKILL at any moment of a call, as the out-of-memory killer or an impatient runtime sends it, leaves nothing that the next call does not clear up.</summary>
public sealed class KillTests : IDisposable
{
    private const int Seed = 20250611;
    private const int Killed = 137;
    private const int MostRounds = 60;
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly PluginResult Success = new(0, string.Empty, string.Empty);
    private readonly TestNode _node = new();
    private readonly Random _random = new(Seed);
    private TimeSpan _whole;

    public void Dispose() => _node.Dispose();

    [Theory]
    [InlineData("DEL")]
    [InlineData("GC")]
    public void Nothing_of_an_add_that_was_killed_is_left_after(string cleaner)
    {
        TestNamespace pod = _node.NewPod();
        _whole = Measure("ADD", pod);
        bool anyPartial = false;
        int deaths = Rounds(round =>
        {
            string container = Name(round);
            bool died = KillDuring("ADD", container, pod);
            anyPartial |= died && StateFiles().Length > 0;

            Assert.Equal(Success, Clean(cleaner, container, pod));
            AssertNothingLeft(pod, round);
            return died;
        });

        Assert.True(deaths > 0, $"no ADD was killed within {_whole.TotalMilliseconds:0.0} ms");
        Assert.True(anyPartial, "every kill came before the first or after the last step");
    }

    [Fact]
    public void Add_succeeds_after_one_of_the_same_pod_that_was_killed()
    {
        TestNamespace pod = _node.NewPod();
        _whole = Measure("ADD", pod);
        int deaths = Rounds(round =>
        {
            string container = Name(round);
            bool died = KillDuring("ADD", container, pod);
            PluginResult again = Call("ADD", container, pod);

            // What was killed may have been through with everything: then the record is Ready, and only its result did not get out.
            Assert.True(again.ExitCode == 0 || again.ErrorCode == (int)CniErrorCode.AlreadyAttached, $"round {round}: {again.Text}{again.Log}");
            Assert.Equal(EndpointState.Ready, Assert.Single(_node.Store.List()).State);
            Assert.Equal(Success, Clean("DEL", container, pod));
            AssertNothingLeft(pod, round);
            return died;
        });

        Assert.True(deaths > 0, $"no ADD was killed within {_whole.TotalMilliseconds:0.0} ms");
    }

    [Fact]
    public void Nothing_is_left_after_a_del_that_was_killed_and_repeated()
    {
        TestNamespace pod = _node.NewPod();
        _whole = Measure("DEL", pod);
        int deaths = Rounds(round =>
        {
            string container = Name(round);
            _node.Add(container, pod);
            bool died = KillDuring("DEL", container, pod);

            Assert.Equal(Success, Clean("DEL", container, pod));
            AssertNothingLeft(pod, round);
            return died;
        });

        Assert.True(deaths > 0, $"no DEL was killed within {_whole.TotalMilliseconds:0.0} ms");
    }

    /// <summary>How long an undisturbed call takes; the first is not typical.</summary>
    private TimeSpan Measure(string measured, TestNamespace pod)
    {
        TimeSpan last = default;
        for (int i = 0; i < 3; i++)
        {
            foreach (string command in (ReadOnlySpan<string>)["ADD", "DEL"])
            {
                var time = Stopwatch.StartNew();
                Assert.Equal(0, Call(command, "undisturbed", pod).ExitCode);
                last = command == measured ? time.Elapsed : last;
            }
        }

        return last;
    }

    private static int Rounds(Func<int, bool> round)
    {
        var time = Stopwatch.StartNew();
        int deaths = 0;
        for (int i = 0; i < MostRounds && time.Elapsed < Budget; i++)
        {
            deaths += round(i) ? 1 : 0;
        }

        return deaths;
    }

    /// <returns>False when the call was through before the signal came.</returns>
    private bool KillDuring(string command, string containerId, TestNamespace pod)
    {
        using PluginProcess process = PluginProcess.Start(_node, command, containerId, pod, _node.Config());
        long end = Stopwatch.GetTimestamp() + (long)(_random.NextDouble() * _whole.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
        {
            Thread.Yield();
        }

        process.Kill();
        PluginResult result = process.Result(Patience);
        Assert.True(result.ExitCode is 0 or Killed, result.Text + result.Log);

        // Follows the load of the machine: about a third of the calls get through.
        _whole *= result.ExitCode == Killed ? 1.05 : 0.9;
        return result.ExitCode == Killed;
    }

    private PluginResult Clean(string command, string containerId, TestNamespace pod) =>
        command == "GC" ? Call("GC", string.Empty, null, _node.Config(more: ""","cni.dev/valid-attachments":[]""")) : Call(command, containerId, pod);

    private PluginResult Call(string command, string containerId, TestNamespace? pod, string? config = null)
    {
        using PluginProcess process = PluginProcess.Start(_node, command, containerId, pod, config ?? _node.Config());
        return process.Result(Patience);
    }

    private void AssertNothingLeft(TestNamespace pod, int round)
    {
        _node.AssertEmpty();
        Assert.True(StateFiles().Length == 0, $"round {round} left {string.Join(", ", StateFiles())}");
        Assert.Null(pod.Netlink.Links.Find("eth0"));
    }

    /// <summary>All but what no pod owns: the lock, the boot id, the cursors and the mark of an allocation, which the next allocation overwrites.</summary>
    private string[] StateFiles() => !Directory.Exists(_node.StateDir) ? [] :
    [
        .. Directory.GetFiles(_node.StateDir, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_node.StateDir, f))
            .Where(f => Path.GetDirectoryName(f)!.Length > 0),
    ];

    private static string Name(int round) => $"c{round.ToString(CultureInfo.InvariantCulture)}";
}
