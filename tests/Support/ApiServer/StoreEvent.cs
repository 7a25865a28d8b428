namespace Netweir.Support.ApiServer;

/// <summary>A change: <paramref name="Before"/> is null for a creation, <paramref name="After"/> for a deletion, whose last state with the deletion's version is <paramref name="Last"/>.</summary>
internal sealed record StoreEvent(long Version, ApiKind Kind, StoredObject? Before, StoredObject? After, StoredObject Last);
