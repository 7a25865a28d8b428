namespace Netweir.LayoutGen;

/// <summary>A C declaration that has no faithful C# counterpart. The message names it and says what to change.</summary>
public sealed class LayoutException : Exception
{
    public LayoutException()
    {
    }

    public LayoutException(string message)
        : base(message)
    {
    }

    public LayoutException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
