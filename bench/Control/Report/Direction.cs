namespace Netweir.Bench;

/// <summary>Which of two values is the better one.</summary>
internal enum Direction
{
    /// <summary>The smaller one: times, memory.</summary>
    Less,

    /// <summary>The larger one: ratios to a rival.</summary>
    More,
}
