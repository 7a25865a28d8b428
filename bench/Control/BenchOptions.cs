namespace Netweir.Bench;

/// <summary>What the command line says.</summary>
internal sealed record BenchOptions(string Verb)
{
    /// <summary>Fewer and smaller cases: to see that everything works, not for figures.</summary>
    public bool Short { get; init; }

    /// <summary>The tables as documents have them.</summary>
    public bool Markdown { get; init; }

    /// <summary>Of control: only these cases; empty: all.</summary>
    public string Only { get; init; } = "";

    public bool Wants(string part) => Only.Length == 0 || Only.Split(',').Contains(part);

    /// <summary>Null when an argument is unknown, which is named in <paramref name="unknown"/>.</summary>
    public static BenchOptions? Parse(IReadOnlyList<string> arguments, out string unknown)
    {
        var options = new BenchOptions(arguments.Count > 0 ? arguments[0] : "") { Short = Environment.GetEnvironmentVariable("SHORT") is { Length: > 0 } and not "0" };
        unknown = "";
        foreach (var argument in arguments.Skip(1))
        {
            switch (argument)
            {
                case "--short":
                    options = options with { Short = true };
                    break;
                case "--markdown":
                    options = options with { Markdown = true };
                    break;
                case { } only when only.StartsWith("--only=", StringComparison.Ordinal):
                    options = options with { Only = only["--only=".Length..] };
                    break;
                default:
                    unknown = argument;
                    return null;
            }
        }

        return options;
    }
}
