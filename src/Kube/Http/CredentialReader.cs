using System.Security.Cryptography;
using System.Text;

namespace Netweir.Kube;

/// <summary>
/// Reads the credential files again for every request: requests are few (a watch lasts minutes), the files are small, and there is no
/// expiry to guess. A reading that fails half-way through a rotation keeps the last good one.
/// </summary>
internal sealed class CredentialReader(KubeConfig config, Action<KubeIncident> report)
{
    private readonly Lock _lock = new();
    private KubeConfig _config = config;
    private byte[]? _source;
    private Credentials? _last;
    private string? _lastError;

    /// <summary>The same <see cref="TlsMaterial"/> object as before as long as its bytes are the same.</summary>
    /// <exception cref="KubeException">The credentials cannot be read and never could.</exception>
    public Credentials Read()
    {
        lock (_lock)
        {
            try
            {
                ReloadSource();
                var fresh = new Credentials(ReadToken(), ReadTls());
                _lastError = null;
                return _last = fresh;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or KubeConfigException or InvalidDataException)
            {
                return KeepLast(e);
            }
        }
    }

    private Credentials KeepLast(Exception e)
    {
        if (_last is null)
        {
            throw new KubeException(
                KubeErrorReason.Credentials, $"credentials cannot be read: {e.Message}; check the files that the configuration names", e);
        }

        if (_lastError != e.Message)
        {
            _lastError = e.Message;
            report(new KubeIncident("credentials", nameof(KubeErrorReason.Credentials), $"credentials cannot be read again, the last ones stay in use: {e.Message}", e));
        }

        return _last;
    }

    /// <summary>A kubeconfig with credentials inside is rewritten when they rotate.</summary>
    private void ReloadSource()
    {
        if (_config.SourceFile is not { } path)
        {
            return;
        }

        var bytes = File.ReadAllBytes(path);
        if (_source is not null && !_source.AsSpan().SequenceEqual(bytes))
        {
            var fresh = KubeConfigFile.Parse(Encoding.UTF8.GetString(bytes), path, Path.GetDirectoryName(path)!, _config.SourceContext);
            _config = _config with
            {
                CertificateAuthority = fresh.CertificateAuthority,
                ClientCertificate = fresh.ClientCertificate,
                ClientKey = fresh.ClientKey,
                Token = fresh.Token,
            };
        }

        _source = bytes;
    }

    private string? ReadToken()
    {
        if (_config.Token is not { } source)
        {
            return null;
        }

        var token = Encoding.UTF8.GetString(source.Read()).Trim();
        if (token.Length == 0)
        {
            throw new InvalidDataException($"token {source} is empty");
        }

        // RFC 6750, 2.1: visible characters. Anything else would be refused as a header, or be one of its own.
        return token.All(c => c is > ' ' and < '\x7f') ? token : throw new InvalidDataException($"token {source} has characters that no token has");
    }

    private TlsMaterial ReadTls()
    {
        var fresh = new TlsMaterial(_config.CertificateAuthority?.Read(), _config.ClientCertificate?.Read(), _config.ClientKey?.Read());
        if (_last is not null && _last.Tls.SameAs(fresh))
        {
            return _last.Tls;
        }

        // Refuses a certificate whose key has not been written yet before it replaces a good one.
        fresh.CreateOptions(_config);
        return fresh;
    }
}
