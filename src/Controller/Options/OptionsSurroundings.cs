namespace Netweir.Controller;

/// <summary>What options are read from and checked against, besides the command line.</summary>
internal sealed record OptionsSurroundings
{
    /// <summary>An environment variable's value, or null.</summary>
    public required Func<string, string?> Variable { get; init; }

    public required string HostName { get; init; }

    /// <summary>net.ipv4.ip_local_port_range.</summary>
    public required PortRange LocalPorts { get; init; }

    /// <summary>The executable's directory.</summary>
    public required string BaseDirectory { get; init; }

    public static OptionsSurroundings OfThisProcess() => new()
    {
        Variable = Environment.GetEnvironmentVariable,
        HostName = Environment.MachineName,
        LocalPorts = ReadLocalPorts(),
        BaseDirectory = AppContext.BaseDirectory,
    };

    private static PortRange ReadLocalPorts()
    {
        var words = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return PortRange.TryParse(string.Join('-', words), out var range) ? range : new PortRange(32768, 60999);
    }
}
