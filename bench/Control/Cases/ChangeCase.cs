using System.Diagnostics;
using Netweir.Support.Lab;

namespace Netweir.Bench;

/// <summary>One endpoint changes while nothing else does: from the API server's store to the map entry.</summary>
internal static class ChangeCase
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static Distribution Run(AgentLab lab, int changes, MoverNumbers movers)
    {
        var watch = lab.Watch;
        var took = new List<double>();
        for (var i = 0; i < changes; i++)
        {
            // At no fixed distance, so that nothing periodic is always or never in the way.
            Thread.Sleep(30 + movers.Random(40));
            var service = movers.Random(lab.Size.Services);
            watch.Expect(service, () => lab.Server.Move(service, movers.Next()));
            took.AddRange(watch.LookUntil(Stopwatch.GetTimestamp() + (long)(Timeout.TotalSeconds * Stopwatch.Frequency), drain: true));
            if (watch.Pending > 0)
            {
                throw new LabException($"a changed backend is not in the maps after {Timeout.TotalSeconds:0} s:\n{lab.Node.LogTail()}");
            }
        }

        return new Distribution(took);
    }
}
