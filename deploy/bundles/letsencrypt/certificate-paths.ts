/** What the authority asks for over HTTP: a webroot that whoever serves port 80 serves below /.well-known/acme-challenge/. */
export const challengeFolder = '/var/lib/acme-challenges'

/** Root's alone: web servers read certificates before they give up being root. */
export const certificatesFolder = '/var/lib/certificates'

/**
 * A domain's certificate with its chain, and its key. They lead through a link, `current`, to the self-signed pair beside
 * it or to certbot's folder, so that the change from the one to the other is one rename.
 */
export function certificateOf(domain: string): { readonly chain: string; readonly key: string } {
  const current = `${certificatesFolder}/${domain}/current`
  return { chain: `${current}/fullchain.pem`, key: `${current}/privkey.pem` }
}
