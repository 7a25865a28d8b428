using System.Globalization;
using System.Security.Cryptography;

namespace Netweir.Support.Lab;

/// <summary>
/// Names of what a lab makes outside of itself. Each carries the owner's process id, so that a later run can tell what a killed one left.
/// </summary>
internal static class LabName
{
    public const string Prefix = "nwlab-";
    public const string BpfDirectory = "/sys/fs/bpf";
    private const string BpfPrefix = "netweir-";

    public static string New() => $"{Prefix}{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";

    public static string Namespace(string lab, string part) => $"{lab}-{part}";

    public static string BpfRoot(string lab, string node) => Path.Combine(BpfDirectory, $"{BpfPrefix}{lab}-{node}");

    public static string Directory(string lab) => Path.Combine(Path.GetTempPath(), lab);

    /// <summary>The lab's name out of any name made here (a file name, not a path); null for other people's things.</summary>
    public static string? LabOf(string name)
    {
        var own = name.StartsWith(BpfPrefix + Prefix, StringComparison.Ordinal) ? name[BpfPrefix.Length..] : name;
        var words = own.Split('-');
        return words.Length >= 3 && words[0] + "-" == Prefix && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? string.Join('-', words[..3])
            : null;
    }

    public static int OwnerOf(string lab) => int.Parse(lab.Split('-')[1], CultureInfo.InvariantCulture);
}
