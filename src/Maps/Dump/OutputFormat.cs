namespace Netweir.Maps;

public enum OutputFormat
{
    Table,
    Json,
    Yaml,
}
