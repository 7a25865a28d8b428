namespace Netweir.Cni;

/// <summary>CNI_ARGS: <c>KEY=value;KEY=value</c>. Kubernetes runtimes say there whose sandbox it is.</summary>
internal sealed record CniArguments
{
    public string? PodNamespace { get; private init; }

    public string? PodName { get; private init; }

    public string? PodUid { get; private init; }

    /// <exception cref="CniException">A part is not KEY=value.</exception>
    public static CniArguments Parse(string? text)
    {
        var arguments = new CniArguments();
        foreach (string pair in (text ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new CniException(CniErrorCode.InvalidEnvironment, $"{Variable.Arguments}: '{pair}' is not KEY=value");
            }

            string value = pair[(equals + 1)..];
            arguments = pair[..equals] switch
            {
                "K8S_POD_NAMESPACE" => arguments with { PodNamespace = value },
                "K8S_POD_NAME" => arguments with { PodName = value },
                "K8S_POD_UID" => arguments with { PodUid = value },
                _ => arguments,
            };
        }

        return arguments;
    }
}
