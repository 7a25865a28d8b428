namespace Netweir.Bench.Results;

/// <summary>One run of the load tool: transactions, datagrams or bits a second.</summary>
public sealed record Sample(int Round, Metric Metric, string Path, double Rate);
