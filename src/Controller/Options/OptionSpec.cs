namespace Netweir.Controller;

/// <summary>
/// One option: its flag (<c>--name</c>), what its value looks like, and what it does. <paramref name="Apply"/> returns null, or what is wrong
/// with the value. The environment variable <c>NETWEIR_NAME</c> stands for the flag; a repeatable one takes commas. Only where
/// <see cref="MayBeEmpty"/> says so is an empty value one; an empty variable counts as unset elsewhere.
/// </summary>
internal sealed record OptionSpec(string Name, string Value, string Help, Func<OptionsBuilder, string, string?> Apply, bool Repeatable = false)
{
    public bool MayBeEmpty { get; init; }

    public string Flag => "--" + Name;

    public string Variable => "NETWEIR_" + Name.ToUpperInvariant().Replace('-', '_');
}
