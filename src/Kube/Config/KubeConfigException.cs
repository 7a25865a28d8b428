namespace Netweir.Kube;

/// <summary>The configuration cannot be used as it is; the message names the file, the cause and the remedy. Retrying does not help.</summary>
public sealed class KubeConfigException : Exception
{
    public KubeConfigException()
    {
    }

    public KubeConfigException(string message) : base(message)
    {
    }

    public KubeConfigException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
