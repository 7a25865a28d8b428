using System.Globalization;

namespace Netweir.Controller;

/// <summary>Ports in host order, both ends inclusive.</summary>
internal readonly record struct PortRange(ushort Min, ushort Max)
{
    /// <summary>Kubernetes' default range of node ports.</summary>
    public static PortRange NodePorts { get; } = new(30000, 32767);

    /// <summary>Whether any port is in both.</summary>
    public bool Overlaps(PortRange other) => Min <= other.Max && other.Min <= Max;

    /// <summary>Reads <c>20000-29999</c>.</summary>
    public static bool TryParse(string text, out PortRange range)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        range = default;
        if (dash < 0
            || !ushort.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var min)
            || !ushort.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var max)
            || min > max || min == 0)
        {
            return false;
        }
        range = new PortRange(min, max);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Min}-{Max}");
}
