using RedisFlow.Testing;

// One server for all tests of this assembly.
[assembly: AssemblyFixture(typeof(RedisFixture))]
