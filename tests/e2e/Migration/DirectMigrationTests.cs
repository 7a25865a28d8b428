namespace Netweir.E2e.Tests;

public sealed class DirectMigrationTests(DirectLab lab) : MigrationTests(lab), IClassFixture<DirectLab>;
