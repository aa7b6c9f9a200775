using RedisFlow.Testing;

// One server for all tests that do not stop it.
[assembly: AssemblyFixture(typeof(RedisFixture))]
