using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Netweir.Controller.Tests")]
