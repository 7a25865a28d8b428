namespace Netweir.Datapath.Tests.Harness;

internal static class FlagsOfEntry
{
    public static bool Has(this uint flags, ConntrackFlag flag) => (flags & (uint)flag) != 0;
}
