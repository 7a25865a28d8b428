namespace Netweir.Bench;

/// <summary>Something that connects pods.</summary>
internal interface ICniSubject
{
    string Name { get; }

    /// <summary>Where its calls are to be made.</summary>
    Netlink.NetworkNamespace Node { get; }

    /// <summary>Called on a thread in <see cref="Node"/>. Returns milliseconds.</summary>
    double Add(PodCall pod);

    /// <inheritdoc cref="Add"/>
    double Delete(PodCall pod);
}
