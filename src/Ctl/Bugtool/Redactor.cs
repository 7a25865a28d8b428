using System.Text.RegularExpressions;

namespace Netweir.Ctl;

/// <summary>Takes out of a text what looks like a secret. Nothing that is meant to hold one is collected in the first place.</summary>
internal static partial class Redactor
{
    private const string Gone = "[redacted]";

    public static string Clean(string text)
    {
        text = Pem().Replace(text, Gone);
        text = EncodedPem().Replace(text, Gone);
        text = WebToken().Replace(text, Gone);
        text = BootstrapToken().Replace(text, Gone);
        text = Bearer().Replace(text, $"$1{Gone}");
        return Field().Replace(text, $"$1{Gone}");
    }

    /// <summary>Also one whose end is cut off, or whose lines are written as \n.</summary>
    [GeneratedRegex(@"-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|\z)")]
    private static partial Regex Pem();

    /// <summary>Base64 of the above, as kubeconfigs have it.</summary>
    [GeneratedRegex("LS0tLS1CRUdJTi[A-Za-z0-9+/=]+")]
    private static partial Regex EncodedPem();

    /// <summary>RFC 7519: service accounts' tokens.</summary>
    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?")]
    private static partial Regex WebToken();

    /// <summary>kubeadm's.</summary>
    [GeneratedRegex(@"\b[a-z0-9]{6}\.[a-z0-9]{16}\b")]
    private static partial Regex BootstrapToken();

    [GeneratedRegex(@"(?i)(\bbearer\s+)[A-Za-z0-9._~+/=-]{8,}")]
    private static partial Regex Bearer();

    [GeneratedRegex(@"(?i)([\w-]*(?:token|password|passwd|secret|key-data|certificate-data|authority-data|authorization|api[_-]?key)""?\s*[:=]\s*""?)[^\s"",}\]]+")]
    private static partial Regex Field();
}
