namespace Netweir.Support.Lab;

/// <summary>The lab could not do what was asked; the message carries what the program involved said.</summary>
public sealed class LabException : Exception
{
    public LabException()
    {
    }

    public LabException(string message)
        : base(message)
    {
    }

    public LabException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
