namespace Netweir.Controller;

/// <summary>The agent cannot start here; the message names the thing, the cause and the remedy.</summary>
internal sealed class StartupException : Exception
{
    public StartupException()
    {
    }

    public StartupException(string message) : base(message)
    {
    }

    public StartupException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
