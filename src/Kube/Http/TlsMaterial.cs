using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Netweir.Kube;

/// <summary>The bytes of one generation of trust anchors and client certificate; what a set of connections was made with.</summary>
internal sealed record TlsMaterial(byte[]? Authority, byte[]? Certificate, byte[]? Key)
{
    public bool SameAs(TlsMaterial other) =>
        Same(Authority, other.Authority) && Same(Certificate, other.Certificate) && Same(Key, other.Key);

    /// <exception cref="System.Security.Cryptography.CryptographicException">A PEM file is malformed, or certificate and key do not fit.</exception>
    public SslClientAuthenticationOptions CreateOptions(KubeConfig config)
    {
        var options = new SslClientAuthenticationOptions();
        if (config.InsecureSkipTlsVerify)
        {
#pragma warning disable CA5359 // The operator asked for it: insecure-skip-tls-verify.
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (Authority is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPem(Encoding.UTF8.GetString(Authority));
            options.CertificateChainPolicy = policy;
        }

        if (Certificate is not null && Key is not null)
        {
            options.ClientCertificateContext = CreateClientCertificate(Encoding.UTF8.GetString(Certificate), Encoding.UTF8.GetString(Key));
        }

        return options;
    }

    private static SslStreamCertificateContext CreateClientCertificate(string certificate, string key)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificate);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(certificate, key), chain, offline: true);
    }

    private static bool Same(byte[]? a, byte[]? b) => a is null || b is null ? a is null && b is null : a.AsSpan().SequenceEqual(b);
}
