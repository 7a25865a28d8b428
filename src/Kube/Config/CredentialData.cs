namespace Netweir.Kube;

/// <summary>A credential held in memory, or in a file that is read again for every request so that rotation needs no restart.</summary>
public sealed record CredentialData
{
    private CredentialData(string? path, byte[]? data)
    {
        Path = path;
        Data = data;
    }

    /// <summary>Null when the credential is in memory.</summary>
    public string? Path { get; }

    internal byte[]? Data { get; }

    public static CredentialData InFile(string path) => new(path, null);

    public static CredentialData InMemory(ReadOnlySpan<byte> data) => new(null, data.ToArray());

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    internal byte[] Read() => Data ?? File.ReadAllBytes(Path!);

    public override string ToString() => Path ?? "(in memory)";
}
