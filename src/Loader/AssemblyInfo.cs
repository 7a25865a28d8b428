using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Netweir.Loader.Tests")]
