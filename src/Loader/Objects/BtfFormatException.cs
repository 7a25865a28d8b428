namespace Netweir.Loader;

/// <summary>The bytes are not the ELF object or the BTF that they should be: the file was cut off, or is another one.</summary>
public sealed class BtfFormatException : BpfException
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
