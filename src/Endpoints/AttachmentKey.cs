using System.Buffers;

namespace Netweir.Endpoints;

/// <summary>One interface of one container: what the CNI spec calls an attachment.</summary>
public readonly record struct AttachmentKey(string ContainerId, string InterfaceName)
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private static readonly SearchValues<char> AlphabetSet = SearchValues.Create(Alphabet);

    /// <summary>
    /// Name of the host side of the veth: <c>nw</c> and 13 base32 characters of a 64-bit FNV-1a hash. It depends on nothing but the key, so
    /// that what a crashed ADD left behind can be found.
    /// </summary>
    public string HostInterfaceName
    {
        get
        {
            return string.Create(15, Hash, static (name, value) =>
            {
                name[0] = 'n';
                name[1] = 'w';
                for (int i = 2; i < name.Length; i++)
                {
                    name[i] = Alphabet[(int)(value & 31)];
                    value >>= 5;
                }
            });
        }
    }

    /// <summary>FNV-1a.</summary>
    internal ulong Hash
    {
        get
        {
            ulong hash = 0xcbf29ce484222325;
            foreach (char c in ToString())
            {
                hash = (hash ^ c) * 0x100000001b3;
            }

            return hash;
        }
    }

    /// <summary>Whether a device name has the form of <see cref="HostInterfaceName"/>.</summary>
    public static bool IsHostInterfaceName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length == 15 && name.StartsWith("nw", StringComparison.Ordinal) && !name.AsSpan(2).ContainsAnyExcept(AlphabetSet);
    }

    /// <summary>Parses <see cref="ToString"/>; null when the text has another form.</summary>
    public static AttachmentKey? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon < text.Length - 1 ? new AttachmentKey(text[..colon], text[(colon + 1)..]) : null;
    }

    /// <summary><c>containerID:ifname</c>; neither part can hold a colon.</summary>
    public override string ToString() => $"{ContainerId}:{InterfaceName}";
}
