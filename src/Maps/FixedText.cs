using System.Text;

namespace Netweir.Maps;

/// <summary>What the <c>char[N]</c> types have in common.</summary>
internal static class FixedText
{
    public static void Write(string text, Span<byte> destination)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        if (length >= destination.Length || text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{text}' does not fit: at most {destination.Length - 1} bytes of text without zeros, and it has {length}.", nameof(text));
        }

        destination.Clear();
        Encoding.UTF8.GetBytes(text, destination);
    }

    public static string Read(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    public static int Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = new HashCode();
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }
}
