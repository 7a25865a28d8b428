namespace Netweir.Controller.Services;

/// <summary>
/// What one pass did. <paramref name="Writes"/>: map entries written or deleted. <paramref name="Refused"/>: how many Services are not
/// programmed as the API has them. <paramref name="Drift"/>: entries that another writer had changed and that were put right.
/// </summary>
internal readonly record struct SyncReport(int Services, int Writes, int Refused, int Drift);
