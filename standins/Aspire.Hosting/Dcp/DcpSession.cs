using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Aspire.Hosting.Dcp;

/// <summary>The folder in which DCP keeps what belongs to one run: how to reach it, and what processes wrote to their consoles.</summary>
internal sealed class DcpSession : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aspire-dcp");

    public string Folder => _folder.FullName;

    public string KubeconfigPath => Path.Combine(Folder, "kubeconfig");

    /// <summary>Waits until DCP has written how to reach it.</summary>
    public async Task<DcpAddress> WaitForAddressAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (File.Exists(KubeconfigPath) && DcpAddress.TryParse(await File.ReadAllLinesAsync(KubeconfigPath, cancellationToken)) is { } address)
            {
                return address;
            }

            await Task.Delay(50, cancellationToken);
        }
    }

    public void Dispose()
    {
        try
        {
            _folder.Delete(recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // DCP deletes the same folder when it ends.
        }
    }
}

/// <param name="Server">The server's address.</param>
/// <param name="Authority">The certificate that signed the server's.</param>
/// <param name="Token">The bearer token.</param>
internal sealed record DcpAddress(Uri Server, X509Certificate2 Authority, string Token)
{
    /// <summary>Reads a kubeconfig as DCP writes it: YAML with one cluster and one user.</summary>
    public static DcpAddress? TryParse(IEnumerable<string> kubeconfig)
    {
        var values = kubeconfig.Select(line => line.Trim().TrimStart('-').Split(": ", 2, StringSplitOptions.TrimEntries))
            .Where(parts => parts.Length == 2)
            .ToLookup(parts => parts[0], parts => parts[1].Trim('"'));
        return values["server"].FirstOrDefault() is { } server
            && values["certificate-authority-data"].FirstOrDefault() is { } authority
            && values["token"].FirstOrDefault() is { } token
            ? new(new(server), X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(authority))), token)
            : null;
    }
}
