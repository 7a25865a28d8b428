namespace Netweir.Loader;

/// <summary>The bytes are not the ELF object or the BTF that they should be.</summary>
public sealed class BtfFormatException : Exception
{
    public BtfFormatException()
    {
    }

    public BtfFormatException(string message)
        : base(message)
    {
    }

    public BtfFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
