namespace Netweir.Ctl;

/// <summary>Told to the user as it is: names the thing, the cause and the remedy.</summary>
internal sealed class CtlException : Exception
{
    public CtlException()
    {
    }

    public CtlException(string message)
        : base(message)
    {
    }

    public CtlException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
