namespace Netweir.Controller;

/// <summary>Exactly one of: options, help wanted, or at least one error.</summary>
internal sealed record OptionsResult
{
    public AgentOptions? Options { get; init; }

    public bool Help { get; init; }

    /// <summary>One line per problem.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];
}
