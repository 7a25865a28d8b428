namespace Netweir.Support.ApiServer;

internal enum WriteMode
{
    Create,
    Replace,
    Upsert,
}
