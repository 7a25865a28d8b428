namespace Netweir.Bench;

/// <summary>Numbers of new pods, each once, and repeatable chance.</summary>
internal sealed class MoverNumbers
{
    private readonly Random _random = new(42);
    private int _last;

    public int Next() => ++_last;

    public int Random(int below) => _random.Next(below);
}
