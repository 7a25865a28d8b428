using System.Text;

namespace Netweir.Loader;

/// <summary>Strings as C has them.</summary>
internal static unsafe class Utf8
{
    public static byte[] Zero(string text) => Encoding.UTF8.GetBytes(text + '\0');

    public static string Read(byte* text) => text == null ? "" : Encoding.UTF8.GetString(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    public static string Read(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }
}
