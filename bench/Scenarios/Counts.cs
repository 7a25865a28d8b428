using System.Globalization;

namespace Netweir.Bench.Scenarios;

/// <summary>Numbers of services in names and in texts.</summary>
public static class Counts
{
    public static string Short(int count) => count % 1000 == 0 ? string.Create(CultureInfo.InvariantCulture, $"{count / 1000}k") : count.ToString(CultureInfo.InvariantCulture);

    public static string Services(int count) => $"{Long(count)} {(count == 1 ? "service" : "services")}";

    public static string Long(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
