using System.Globalization;
using System.Text.Json;
using Netweir.Bench.Results;
using Netweir.Support.Lab;

namespace Netweir.Bench.Load;

/// <summary>bench/load, one process a sample.</summary>
public sealed class LoadTool(string executable, int cpu)
{
    /// <summary>Less of a flood that arrives is loss, not what was on the way or in the socket's queue at the end.</summary>
    private const double MinDelivered = 0.95;

    /// <exception cref="LabException">The path does not carry the load; the message says where it stopped.</exception>
    public double Measure(BenchPath path, Metric metric, int milliseconds)
    {
        string[] command =
        [
            executable, metric.ToString().ToLowerInvariant(),
            "--client", path.Client,
            "--server", path.Server,
            "--to", path.Target.Address.ToString(),
            "--port", Text(path.Target.Port),
            "--server-port", Text(path.ServerPort),
            "--ms", Text(milliseconds),
            "--cpu", Text(cpu),
        ];
        var run = Command.Run(command);
        if (!run.Succeeded)
        {
            throw new LabException($"{path.Name}, {metric}: {run.Error.Trim()}");
        }

        using var result = JsonDocument.Parse(run.Output);
        var delivered = result.RootElement.GetProperty("delivered").GetDouble();
        return delivered >= MinDelivered
            ? result.RootElement.GetProperty("rate").GetDouble()
            : throw new LabException(string.Create(CultureInfo.InvariantCulture, $"{path.Name}, {metric}: only {delivered:P1} of the datagrams arrived"));
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
