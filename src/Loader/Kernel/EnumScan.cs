using System.Text;

namespace Netweir.Loader;

/// <summary>Finds enum constants in BTF as large as the kernel's (megabytes) without building its types.</summary>
internal static class EnumScan
{
    public static HashSet<string> Find(ReadOnlySpan<byte> rawBtf, params ReadOnlySpan<string> wanted)
    {
        byte[][] names = new byte[wanted.Length][];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = Encoding.UTF8.GetBytes(wanted[i]);
        }

        HashSet<string> found = [];
        var cursor = new BtfCursor(rawBtf);
        while (!cursor.AtEnd)
        {
            cursor.Next();
            uint info = cursor.Next();
            cursor.Next();
            int count = (int)(info & 0xffff);
            var kind = (BtfKind)((info >> 24) & 0x1f);
            if (kind is BtfKind.Enum or BtfKind.Enum64)
            {
                ScanEnum(ref cursor, count, kind == BtfKind.Enum64 ? 8 : 4, names, found);
            }
            else
            {
                cursor.Skip(Tail(kind, count));
            }
        }

        return found;
    }

    private static void ScanEnum(ref BtfCursor cursor, int count, int valueSize, byte[][] names, HashSet<string> found)
    {
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> name = cursor.Utf8(cursor.Next());
            cursor.Skip(valueSize);
            foreach (byte[] candidate in names)
            {
                if (name.SequenceEqual(candidate))
                {
                    found.Add(Encoding.UTF8.GetString(candidate));
                }
            }
        }
    }

    private static int Tail(BtfKind kind, int count) => kind switch
    {
        BtfKind.Int or BtfKind.Var or BtfKind.DeclTag => 4,
        BtfKind.Array => 12,
        BtfKind.Struct or BtfKind.Union or BtfKind.Datasec => 12 * count,
        BtfKind.FuncProto => 8 * count,
        _ => 0,
    };
}
