namespace Netweir.Loader;

/// <summary>The kernel refused a program. Nothing was replaced: what ran before runs on.</summary>
public sealed class VerifierException : BpfException
{
    private const int TailLines = 15;

    public VerifierException()
    {
    }

    public VerifierException(string message)
        : base(message)
    {
    }

    public VerifierException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal VerifierException(string program, int errno, string log)
        : base("load", $"program {program}", errno, $"the verifier refused it; the end of its log:\n{Tail(log)}")
    {
        Program = program;
        Log = log;
    }

    public string Program { get; } = "";

    /// <summary>The whole log; the message has only its end.</summary>
    public string Log { get; } = "";

    private static string Tail(string log)
    {
        string[] lines = log.TrimEnd().Split('\n');
        IEnumerable<string> shown = lines.TakeLast(TailLines);
        return string.Join('\n', lines.Length > TailLines ? shown.Prepend($"... ({lines.Length - TailLines} lines before)") : shown);
    }
}
