namespace Netweir.Loader;

/// <summary>How far a take-over has come, as its pins tell.</summary>
public enum PreviousState
{
    None,

    /// <summary>The programs before deal with every packet, some of them run by their successors. It can go on as well as back.</summary>
    Prepared,

    /// <summary>New programs everywhere; flows in both tables until all are copied. It only goes on.</summary>
    TakenOver,
}
