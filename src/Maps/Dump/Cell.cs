using System.Globalization;

namespace Netweir.Maps;

/// <summary>One value of a row: text, a number, yes or no, or nothing.</summary>
public readonly record struct Cell
{
    private readonly string? _text;
    private readonly long? _number;

    public Cell(string? text) => _text = text;

    public Cell(long number) => _number = number;

    public bool IsEmpty => _number is null && string.IsNullOrEmpty(_text);

    /// <summary>The number, when it is one.</summary>
    public long? Number => _number;

    public static implicit operator Cell(string? text) => new(text);

    public static implicit operator Cell(long number) => new(number);

    public static implicit operator Cell(Address address) => new(address.ToString());

    public static Cell FromString(string? text) => new(text);

    public static Cell FromInt64(long number) => new(number);

    public static Cell FromAddress(Address address) => new(address.ToString());

    public override string ToString() => _number?.ToString(CultureInfo.InvariantCulture) ?? _text ?? "";
}
