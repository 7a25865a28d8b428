using System.Text;

namespace Netweir.Maps;

/// <summary>
/// Names as a <c>char[N]</c> takes them. Kubernetes' own fit; what an API server let through beyond that is shown cut off, and works all the same.
/// </summary>
public static class NameText
{
    /// <summary>At most so many bytes of UTF-8, without zeros.</summary>
    public static string Fit(string text, int bytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Replace('\0', '?');
        while (Encoding.UTF8.GetByteCount(text) > bytes)
        {
            text = text[..Math.Min(text.Length - 1, bytes)];
        }

        return text;
    }
}
