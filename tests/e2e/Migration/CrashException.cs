namespace Netweir.E2e.Tests;

/// <summary>Thrown where an agent is to die: what it held is closed, what it pinned stays.</summary>
public sealed class CrashException : Exception;
