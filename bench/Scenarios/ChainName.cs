using System.Security.Cryptography;
using System.Text;

namespace Netweir.Bench.Scenarios;

/// <summary>Chains' names as long as kube-proxy's, out of a hash of what the chain is for.</summary>
internal static class ChainName
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>KUBE-SVC- or KUBE-SEP- and 16 characters.</summary>
    public static string Iptables(string prefix, string what) => prefix + Hash(what, 16);

    /// <summary>service- or endpoint-, 8 characters and what it is for.</summary>
    public static string Nftables(string prefix, string what) => $"{prefix}-{Hash(what, 8)}-{what}";

    private static string Hash(string what, int length) =>
        string.Concat(SHA256.HashData(Encoding.UTF8.GetBytes(what)).Take(length).Select(b => Alphabet[b % Alphabet.Length]));
}
