using System.Runtime.InteropServices;

namespace Netweir.Loader.Tests;

/// <summary>Bpf/versions.c, and its types as C# has them.</summary>
internal static class Versions
{
    public static BpfObjectFile First { get; } = Compile(1);

    public static BpfObjectFile Second { get; } = Compile(2);

    public static BpfObjectFile Compile(int version, params string[] flags) =>
        BpfCompiler.Compile("Bpf/versions.c", [$"-DVERSION={version}", .. flags, .. flags.Any(f => f.StartsWith("-DCOUNTS", StringComparison.Ordinal)) ? [] : new[] { "-DCOUNTS=4" }]);

    [StructLayout(LayoutKind.Sequential)]
    public record struct Key1(uint Id, uint Zone);

    [StructLayout(LayoutKind.Sequential)]
    public record struct Key2(ulong Zone, ulong Id);

    [StructLayout(LayoutKind.Explicit, Size = 56)]
    public record struct Item1
    {
        [FieldOffset(0)] public ulong Stamp;
        [FieldOffset(8)] public uint Count;
        [FieldOffset(12)] public short Delta;
        [FieldOffset(14)] public ushort Port;
        [FieldOffset(16)] public ulong Wide;
        [FieldOffset(24)] public uint Mac;
        [FieldOffset(30)] public ushort Kind;
        [FieldOffset(32)] public ushort FirstOfList;
        [FieldOffset(38)] public ushort LastOfList;
        [FieldOffset(40)] public uint Name;
        [FieldOffset(48)] public ulong Gone;
    }

    [StructLayout(LayoutKind.Explicit, Size = 80)]
    public record struct Item2
    {
        [FieldOffset(0)] public uint Mac;
        [FieldOffset(6)] public ushort Kind;
        [FieldOffset(8)] public ulong Fresh;
        [FieldOffset(16)] public uint Name;
        [FieldOffset(20)] public ushort Port;
        [FieldOffset(24)] public uint FirstOfList;
        [FieldOffset(36)] public uint FourthOfList;
        [FieldOffset(44)] public uint LastOfList;
        [FieldOffset(48)] public long Delta;
        [FieldOffset(56)] public ulong Count;
        [FieldOffset(64)] public ulong Stamp;
        [FieldOffset(72)] public ushort Wide;
    }
}
