using System.Runtime.InteropServices;
using Netweir.Maps;

namespace Netweir.Loader.Tests;

/// <summary>The types of Bpf/small.c, as the generator would write them.</summary>
[StructLayout(LayoutKind.Explicit, Size = 20)]
internal record struct ItemKey
{
    [FieldOffset(0)] public Address Address;
    [FieldOffset(16)] public Be16 Port;
    [FieldOffset(18)] public byte Protocol;
    [FieldOffset(19)] private byte _pad0;
}

[StructLayout(LayoutKind.Explicit, Size = 40)]
internal record struct Item
{
    [FieldOffset(0)] public ulong Stamp;
    [FieldOffset(8)] public uint Number;
    [FieldOffset(38)] private ushort _pad0;
}

internal record struct SmallConfig(uint Mark, uint Verdict);
