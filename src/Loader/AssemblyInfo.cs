using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Netweir.Loader.Tests")]
[assembly: InternalsVisibleTo("Netweir.Datapath.Tests")]
