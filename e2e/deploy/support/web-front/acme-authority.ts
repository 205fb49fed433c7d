import type { Container } from '../../../host/support/container.ts'

/** What a node is told to get its certificates from an authority of `startAuthorities`. */
export interface AcmeAuthority {
  readonly unit: string
  /** Resolves when it answers. */
  start(): Promise<void>
  /** For the node's `letsencrypt`. */
  readonly metadata: { readonly directory_url: string; readonly authority_file: string }
}

const folder = '/srv/acme'
const authorityFile = `${folder}/authority.pem`

/**
 * Two pebbles, Let's Encrypt's own test server: real ACME authorities, which look at port 80 of whoever asks, each with
 * roots and accounts of its own. They ask the bed's own name server, to which every name is 127.0.0.1.
 * https://github.com/letsencrypt/pebble
 */
export async function startAuthorities(
  container: Container,
): Promise<readonly [AcmeAuthority, AcmeAuthority]> {
  // Who connects to them has to believe them, as it believes Let's Encrypt's server.
  await container.succeed(`mkdir -p ${folder}
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 30 -subj /CN=localhost \
      -addext subjectAltName=DNS:localhost -addext keyUsage=critical,keyCertSign,digitalSignature \
      -keyout ${folder}/authority.key -out ${authorityFile} 2>/dev/null
    systemd-run --quiet --unit=acme-names pebble-challtestsrv -dns01 :8053 -http01 '' -https01 '' -tlsalpn01 '' \
      -doh '' -management :8055`)
  const open = async (unit: string, port: number): Promise<AcmeAuthority> => {
    await container.write(
      `${folder}/${unit}.json`,
      JSON.stringify({
        pebble: {
          listenAddress: `127.0.0.1:${port}`,
          managementListenAddress: `127.0.0.1:${port + 1}`,
          certificate: authorityFile,
          privateKey: `${folder}/authority.key`,
          httpPort: 80,
          tlsPort: 443,
          ocspResponderURL: '',
          externalAccountBindingRequired: false,
        },
      }),
    )
    await container.write(
      `/etc/systemd/system/${unit}.service`,
      `[Service]
Environment=PEBBLE_VA_NOSLEEP=1
# Unless told it refuses one good request in twenty, now and then certbot's second attempt too.
Environment=PEBBLE_WFE_NONCEREJECT=0
ExecStart=/usr/bin/pebble -config ${folder}/${unit}.json -dnsserver 127.0.0.1:8053 -strict
`,
    )
    await container.succeed('systemctl daemon-reload')
    const authority = {
      unit,
      start: async () => {
        await container.succeed(`systemctl start ${unit}
          until curl --silent --fail --cacert ${authorityFile} https://localhost:${port}/dir; do sleep 0.1; done`)
      },
      metadata: { directory_url: `https://localhost:${port}/dir`, authority_file: authorityFile },
    }
    await authority.start()
    return authority
  }
  return [await open('acme-one', 14_000), await open('acme-other', 14_010)]
}
