using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Netweir.Support.ApiServer;

internal static class KubeConfigWriter
{
    /// <summary>Writes <paramref name="path"/>, and beside it what the authentication needs: <c>PATH.token</c> or <c>PATH.pem</c>.</summary>
    public static void Write(string path, Uri server, string? authority, KubeConfigAuth auth, string token, Func<X509Certificate2> issue)
    {
        var text = new StringBuilder();
        text.Append("apiVersion: v1\nkind: Config\ncurrent-context: test\ncontexts:\n- name: test\n  context:\n    cluster: test\n    user: test\n");
        text.Append("clusters:\n- name: test\n  cluster:\n    server: ").Append(server.AbsoluteUri.TrimEnd('/')).Append('\n');
        if (authority is not null)
        {
            text.Append("    certificate-authority-data: ").Append(Base64(authority)).Append('\n');
        }

        text.Append("users:\n- name: test\n  user:\n");
        text.Append(auth switch
        {
            KubeConfigAuth.Token => $"    token: \"{token}\"\n",
            KubeConfigAuth.TokenFile => $"    tokenFile: {Beside(path, ".token", token)}\n",
            KubeConfigAuth.ClientCertificate => Embedded(issue),
            _ => ReferTo(Beside(path, ".pem", PemOf(issue))),
        });
        WriteFile(path, text.ToString());
    }

    /// <summary>Certificate, then key.</summary>
    public static string PemOf(Func<X509Certificate2> issue)
    {
        using var certificate = issue();
        return certificate.ExportCertificatePem() + "\n" + certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n";
    }

    /// <summary>Replaces atomically, as Kubernetes does.</summary>
    public static void WriteFile(string path, string text)
    {
        var fresh = path + ".new";
        File.WriteAllText(fresh, text);
        File.Move(fresh, path, overwrite: true);
    }

    private static string Embedded(Func<X509Certificate2> issue)
    {
        var pem = Base64(PemOf(issue));
        return $"    client-certificate-data: {pem}\n    client-key-data: {pem}\n";
    }

    private static string ReferTo(string file) => $"    client-certificate: {file}\n    client-key: {file}\n";

    private static string Beside(string path, string suffix, string text)
    {
        WriteFile(path + suffix, text);
        return Path.GetFileName(path) + suffix;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
