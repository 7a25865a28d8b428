namespace Netweir.Bench.Results;

/// <summary>
/// One path's rate over another's, taken inside each round, where both were measured within seconds of one another, and over all rounds.
/// </summary>
public sealed record Ratio(double Min, double Median, double Max)
{
    /// <summary>Null when no round has both. A path that a round has several samples of counts with their median.</summary>
    public static Ratio? Of(IEnumerable<Sample> samples, Metric metric, string path, string reference)
    {
        var ratios = new List<double>();
        foreach (var round in samples.Where(s => s.Metric == metric).GroupBy(s => s.Round))
        {
            double[] own = [.. round.Where(s => s.Path == path).Select(s => s.Rate)];
            double[] other = [.. round.Where(s => s.Path == reference).Select(s => s.Rate)];
            if (own.Length > 0 && other.Length > 0)
            {
                ratios.Add(Statistics.Median(own) / Statistics.Median(other));
            }
        }

        return ratios.Count == 0 ? null : new Ratio(ratios.Min(), Statistics.Median(ratios), ratios.Max());
    }
}
