import { secretText } from '@left4me/converge'
import { certificateOf, challengeFolder } from '../letsencrypt/certificate-paths.ts'
import type { CheckedVirtualHost } from './metadata.ts'

const header = '# Written by the deployment; changes are lost with the next one.\n'

/** Where what the vhost sends along is: apart from it, because it holds a secret. */
export function upstreamHeadersPath(domain: string): string {
  return `/etc/nginx/upstream-headers/${domain}.conf`
}

/**
 * What the application behind is told. Each replaces what the client may have sent under the same name: an address that
 * it claims for itself must not arrive.
 */
export function upstreamHeaders({ proxySecret }: Pick<CheckedVirtualHost, 'proxySecret'>) {
  return secretText`${header}proxy_set_header Host $http_host;
proxy_set_header Connection "";
proxy_set_header X-Forwarded-For $remote_addr;
proxy_set_header X-Forwarded-Proto $scheme;
proxy_set_header X-Left4me-Proxy "${proxySecret ?? ''}";
`
}

/**
 * A domain's site: HTTP leads to HTTPS, apart from what an ACME authority asks for, and HTTPS to the application. Nothing
 * is gathered on the way: server-sent events arrive at once, and an upload never lies on nginx's disk. The application
 * compresses and says itself how long something may be kept.
 */
export function virtualHost({
  domain,
  upstream,
  checkPath,
  denied,
  largestBody,
}: CheckedVirtualHost): string {
  const certificate = certificateOf(domain)
  return `${header}upstream ${domain} {
    server ${upstream};
    keepalive 32;
}

server {
    listen 80;
    listen [::]:80;
    server_name ${domain};
    server_tokens off;

    location ^~ /.well-known/acme-challenge/ {
        root ${challengeFolder};
        default_type text/plain;
        try_files $uri =404;
    }

    location / {
        return 301 https://${domain}$request_uri;
    }
}

server {
    listen 443 ssl;
    listen [::]:443 ssl;
    http2 on;
    server_name ${domain};
    server_tokens off;

    ssl_certificate ${certificate.chain};
    ssl_certificate_key ${certificate.key};
${tls}
    # A browser takes note of it only where it believes the certificate. RFC 6797, section 8.1.
    add_header Strict-Transport-Security "max-age=31536000" always;

    client_max_body_size ${largestBody};
    proxy_http_version 1.1;
    proxy_buffering off;
    proxy_request_buffering off;
    proxy_max_temp_file_size 0;
    proxy_read_timeout 5m;
    gzip off;
    include ${upstreamHeadersPath(domain)};

    location / {
        proxy_pass http://${domain};
    }

    location = ${checkPath} {
        access_log off;
        proxy_pass http://${domain};
    }
${denied.map(deniedLocations).join('')}
    error_page 502 504 = @unavailable;
    location @unavailable {
        default_type text/plain;
        add_header Strict-Transport-Security "max-age=31536000" always;
        add_header Retry-After 5 always;
        add_header Cache-Control no-store always;
        return 503 "${domain} is being restarted or has failed. Try again in a moment.\\n";
    }
}
`
}

/** A name that isn't served gets neither an answer nor a certificate, by which it would learn another one. */
export const otherNames = `${header}server {
    listen 80 default_server;
    listen [::]:80 default_server;
    return 444;
}

server {
    listen 443 ssl default_server;
    listen [::]:443 ssl default_server;
    ssl_reject_handshake on;
    # For all names on this port: a connection has its protocol before it says a name.
    ssl_protocols TLSv1.2 TLSv1.3;
}
`

/** https://wiki.mozilla.org/Security/Server_Side_TLS, intermediate. */
const tls = `    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
    ssl_prefer_server_ciphers off;
    ssl_session_timeout 1d;
    ssl_session_cache shared:vhosts:10m;
    ssl_session_tickets off;
`

/** The place and all below it, however its address is spelt: nginx compares what it has decoded. */
function deniedLocations(path: string): string {
  return `
    location = ${path} {
        return 404;
    }

    location ^~ ${path}/ {
        return 404;
    }
`
}
