using System.Globalization;

namespace Netweir.Netlink;

/// <summary>
/// How long a packet of many segments may be that a device is given (GSO) or makes of what it receives (GRO), in bytes; IPv4's are numbers of their
/// own since Linux 6.3. 0: the kernel does not say.
/// </summary>
public readonly record struct OffloadSizes(int Gso, int Gro, int GsoIPv4, int GroIPv4)
{
    /// <summary>GSO_LEGACY_MAX_SIZE: what every device begins with. Above it, IP headers cannot tell the length (BIG TCP).</summary>
    public const int Legacy = 65536;

    public bool IsComplete => Gso > 0 && Gro > 0 && GsoIPv4 > 0 && GroIPv4 > 0;

    public OffloadSizes AtLeast(int size) => new(Math.Max(Gso, size), Math.Max(Gro, size), Math.Max(GsoIPv4, size), Math.Max(GroIPv4, size));

    /// <summary>Whether any of the numbers is smaller than the other's.</summary>
    public bool IsBelow(OffloadSizes other) => Gso < other.Gso || Gro < other.Gro || GsoIPv4 < other.GsoIPv4 || GroIPv4 < other.GroIPv4;

    /// <summary>What was <paramref name="set"/> as it was <paramref name="before"/>, number by number; what somebody else changed since stays: a bond's driver lowers GSO alone.</summary>
    public OffloadSizes Undone(OffloadSizes set, OffloadSizes before) => new(
        Gso == set.Gso ? before.Gso : Gso,
        Gro == set.Gro ? before.Gro : Gro,
        GsoIPv4 == set.GsoIPv4 ? before.GsoIPv4 : GsoIPv4,
        GroIPv4 == set.GroIPv4 ? before.GroIPv4 : GroIPv4);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Gso} {Gro} {GsoIPv4} {GroIPv4}");

    /// <summary>Null when it is not what <see cref="ToString"/> wrote.</summary>
    public static OffloadSizes? TryParse(string? text)
    {
        int[] numbers = [.. from word in (text ?? "").Split(' ')
                            select int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0];
        return numbers.Length == 4 && !numbers.Contains(0) ? new OffloadSizes(numbers[0], numbers[1], numbers[2], numbers[3]) : null;
    }
}
