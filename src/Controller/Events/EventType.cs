namespace Netweir.Controller;

internal enum EventType
{
    Normal,
    Warning,
}
