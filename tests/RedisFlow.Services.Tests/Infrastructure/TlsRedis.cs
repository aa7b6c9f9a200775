using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Services.Tests;

/// <summary>
/// A Redis server with a password that speaks TLS at a port of its own, with a certificate that no known authority
/// issued.
/// </summary>
public sealed class TlsRedis : IAsyncDisposable
{
    private const string Password = "Correct-Horse-Battery-Staple";

    private readonly DirectoryInfo _folder;
    private readonly int _port;
    private readonly RedisServer _server;

    private TlsRedis(DirectoryInfo folder, int port, RedisServer server)
    {
        _folder = folder;
        _port = port;
        _server = server;
    }

    /// <summary>How services connect to it.</summary>
    public string ConnectionString =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"localhost:{_port},password={Password},ssl=true,abortConnect=false,connectTimeout=5000"
        );

    /// <summary>The file of the certificate, for those who are to trust it.</summary>
    public string Certificate => CertificateIn(_folder);

    public static async Task<TlsRedis> StartAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("redisflow-tls-");
        try
        {
            var key = Path.Combine(folder.FullName, "key.pem");
            Issue(CertificateIn(folder), key);
            var port = FreePort.Find();
            var server = await RedisServer.StartAsync(
                [
                    "--tls-port",
                    port.ToString(CultureInfo.InvariantCulture),
                    "--tls-cert-file",
                    CertificateIn(folder),
                    "--tls-key-file",
                    key,
                    "--tls-ca-cert-file",
                    CertificateIn(folder),
                    "--tls-auth-clients",
                    "no",
                ],
                cancellationToken
            );

            // Set now, since who started the server asked it without one whether it answers.
            using var administrator = await server.ConnectAsync(admin: true);
            await administrator.GetDatabase().ExecuteAsync("CONFIG", "SET", "requirepass", Password);
            return new TlsRedis(folder, port, server);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>
    /// The connections of others that have sent a command: the name that each gave itself, and whether it is at the
    /// port for TLS.
    /// </summary>
    public async Task<IReadOnlyList<(string Name, bool IsTls)>> ConnectionsAsync()
    {
        using var administrator = await ConnectionMultiplexer.ConnectAsync(
            $"{_server.AdminConnectionString},password={Password},name=administrator"
        );
        var list = (string)(await administrator.GetDatabase().ExecuteAsync("CLIENT", "LIST"))!;
        return
        [
            .. list.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line =>
                    line.Split(' ')
                        .Select(field => field.Split('=', 2))
                        .ToDictionary(field => field[0], field => field[1])
                )
                .Where(client => client["name"] != "administrator" && client["cmd"] != "NULL")
                .Select(client =>
                    (
                        client["name"],
                        client["laddr"] == string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}")
                    )
                ),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static string CertificateIn(DirectoryInfo folder) => Path.Combine(folder.FullName, "certificate.pem");

    private static void Issue(string certificateFile, string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddHours(23));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
    }
}
