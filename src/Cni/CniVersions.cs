namespace Netweir.Cni;

/// <summary>The versions of the CNI specification that the plugin speaks.</summary>
internal static class CniVersions
{
    public const string Latest = "1.1.0";

    /// <summary>Oldest first; the order is the order of versions.</summary>
    public static readonly string[] Supported = ["0.3.1", "0.4.0", "1.0.0", Latest];

    public static bool IsSupported(string version) => Array.IndexOf(Supported, version) >= 0;

    public static bool IsAtLeast(string version, string minimum) => Array.IndexOf(Supported, version) >= Array.IndexOf(Supported, minimum);
}
