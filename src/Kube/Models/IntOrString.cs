using System.Globalization;
using System.Text.Json.Serialization;

namespace Netweir.Kube;

/// <summary>A port given by number or by name. Exactly one is set: <see cref="Number"/> is 0 when <see cref="Name"/> is not null.</summary>
[JsonConverter(typeof(IntOrStringConverter))]
public readonly record struct IntOrString(int Number, string? Name)
{
    public IntOrString(int number) : this(number, null)
    {
    }

    public override string ToString() => Name ?? Number.ToString(CultureInfo.InvariantCulture);
}
